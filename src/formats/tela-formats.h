/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"

G_BEGIN_DECLS

#define TELA_FORMAT_ERROR (tela_format_error_quark ())
GQuark tela_format_error_quark (void);
typedef enum
{
  TELA_FORMAT_ERROR_INVALID,   /* the message says place and reason */
  TELA_FORMAT_ERROR_TOO_LARGE, /* over 256 MB */
  TELA_FORMAT_ERROR_UNKNOWN,   /* no format that we know */
} TelaFormatError;

/* A file read: nothing of a board has changed yet. */
typedef struct
{
  GPtrArray  *elements;  /* TelaElement, all at one stamp; the element `board` with the root keys among them */
  GHashTable *assets;    /* fileId → GBytes (decoded); may be empty */
  guint       n_replaced; /* bad characters replaced */
  guint       n_skipped;  /* entries that are no elements */
} TelaImport;
void        tela_import_free (TelaImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaImport, tela_import_free)

/* .excalidraw text. Elements get @stamp; those without `index` get keys in array order; an id that @board (nullable) has already,
 * or that comes twice, gets a fresh one, references following. Every field of every element, and every root key, is kept. @name: the board's
 * name (nullable: leave it). */
TelaImport *tela_excalidraw_read  (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);
/* The board as a .excalidraw file: visible elements in z-order, root keys as imported, `index` left out where it came without and the
 * order is unchanged, version, versionNonce and updated as sync.md 1. (transfer full) */
char       *tela_excalidraw_write (TelaBoard *board, gsize *len);
/* Reads a file with the checks of design.md 8 (size before content). The message names the file. */
TelaImport *tela_format_read_file (const char *path, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);

/* The seeded scene of the benchmarks; the same elements and numbers everywhere. */
GPtrArray  *tela_scene_generate   (guint n, guint32 seed, TelaStamp stamp);

G_END_DECLS
