/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-library.h"
#include "tela-shelf.h"

G_BEGIN_DECLS

TelaShelfItem *tela_shelf_item_new (const TelaLibraryItem *source); /* any thread: it paints */

typedef enum
{
  TELA_SHELF_LOAD,
  TELA_SHELF_IMPORT,  /* the items of @file */
  TELA_SHELF_ADD,     /* the drawing @text */
  TELA_SHELF_REMOVE,  /* the item whose source is @text */
  TELA_SHELF_RESTORE, /* the same, at @position */
  TELA_SHELF_EXPORT,  /* to @file */
} TelaShelfWorkKind;

/* What a thread does. */
typedef struct
{
  TelaShelfWorkKind kind;
  GFile            *file; /* owned; nullable */
  char             *text; /* nullable */
  guint             position;
} TelaShelfWork;

/* Does it with the library at @path, and says what is in it then; NULL: @error is set. A thread.
 * (transfer full)(element-type TelaShelfItem) */
GPtrArray *tela_shelf_work (const TelaShelfWork *work, const char *path, GError **error);

G_END_DECLS
