/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app-fixture.h"

#include "tela-document.h"
#include "tela-window-private.h"

G_BEGIN_DECLS

#define HEAD "{\"type\":\"excalidraw\",\"version\":2,\"source\":\"elsewhere\",\"elements\":["
#define BOX(id, x)                                     \
  "{\"id\":\"" id "\",\"type\":\"rectangle\",\"x\":" x \
  ",\"y\":2,\"width\":30,\"height\":40,\"angle\":0,\"strange\":[1]}"
#define TAIL "],\"appState\":{\"gridSize\":20},\"files\":{}}"

/* A window and a drawing in a file, which it has not opened yet. */
typedef struct
{
  AppFixture  base;
  char       *path;
  GFile      *file;
  TelaWindow *window;
} DocumentFixture;

void            document_write_text (DocumentFixture *self, const char *text);
char           *document_read_text (DocumentFixture *self);
void            document_use_file (DocumentFixture *self, const char *name); /* another one, in the same directory */
void            document_set_up (DocumentFixture *self, gconstpointer data);
void            document_tear_down (DocumentFixture *self, gconstpointer data);
TelaCanvas     *document_canvas_of (DocumentFixture *self);
TelaBoard      *document_open_file (DocumentFixture *self);
const TelaLink *document_get_link (DocumentFixture *self);
void            document_wait_saved (DocumentFixture *self, gboolean is_saved);
void            document_move (DocumentFixture *self, const char *id, double x);
double          document_x_of (DocumentFixture *self, const char *id);
/* The question over the window, whichever widget it is with this libadwaita; nullable. */
GtkWidget *document_find_question (DocumentFixture *self);
void       document_answer (DocumentFixture *self, const char *response);

G_END_DECLS
