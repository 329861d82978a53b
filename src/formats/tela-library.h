/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-formats.h"

G_BEGIN_DECLS

/* Real ones have some hundred. */
#define TELA_LIBRARY_MAX_ITEMS 5000

/* A drawing that can be put on a board again and again. Immutable. */
typedef struct
{
  char *id;       /* NULL: the file gives none */
  char *name;     /* NULL: none */
  char *elements; /* JSON array of Excalidraw's elements; the old type `draw` is `line` here */
  char *source;   /* the item as it stands in the file */
} TelaLibraryItem;

/* An .excalidrawlib file. Items are kept as they came; so is the version, until an item is added. */
typedef struct
{
  guint      version; /* 1 or 2 */
  GPtrArray *items;   /* TelaLibraryItem */
  char      *root;    /* other members of the root, as JSON text without the braces */
} TelaLibrary;

TelaLibrary *tela_library_new (void); /* of version 2 */
void         tela_library_free (TelaLibrary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaLibrary, tela_library_free)

/* The message of an error names place and reason. */
TelaLibrary *tela_library_read (const char *data, gsize len, GError **error);
char        *tela_library_write (TelaLibrary *self, gsize *len); /* (transfer full) */
/* Adds the elements of a drawing (.excalidraw text) at the end. FALSE if it is none. @created is in milliseconds. */
gboolean tela_library_add (TelaLibrary *self, const char *id, const char *name, gint64 created, const char *drawing, gsize len, GError **error);
/* Adds an item of another library at the end, with all that it says of itself. FALSE: one of that id, or the same one, is here
 * already. @id and @created: for an item of version 1, which has none. */
gboolean tela_library_take (TelaLibrary *self, const TelaLibraryItem *item, const char *id, gint64 created);
/* The item's elements as they go onto @board (nullable), where they were drawn. */
TelaImport *tela_library_item_read (const TelaLibraryItem *item, TelaStamp stamp, TelaBoard *board, GError **error);
/* All items, laid out in rows. */
TelaImport *tela_library_read_as_board (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);

G_END_DECLS
