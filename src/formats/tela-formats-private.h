/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-formats.h"

G_BEGIN_DECLS

TelaImport *tela_import_new (void);

/* The file's ids (or file ids) to the board's, or back. NULL if nothing is called otherwise. */
typedef GHashTable TelaIdMap;

/* @value with the ids in it replaced, if @key is one that names elements. (transfer full) */
TelaValue tela_references_map (TelaKey key, TelaValue value, TelaIdMap *ids);

/* The root key `files`: fills @assets, and says in @renamed which file ids the board has for other bytes. NULL if @files is
 * not an object. (transfer full) */
char *tela_files_import (TelaJsonSpan files, TelaBoard *board, GHashTable *assets, TelaIdMap *renamed);
/* Writes the member `files`, if the board has files or there are bytes of @images. */
void tela_files_export (TelaBoard *board, GPtrArray *images, TelaFileFunc file, gpointer user_data, guint *n_missing, TelaJsonWriter *writer);

/* Who names whom on a board, of which @elements go into a file; borrows from these and from @ids (the board's ids to the
 * file's). */
typedef struct _TelaBindings TelaBindings;

TelaBindings *tela_bindings_find (TelaBoard *board, GPtrArray *elements, TelaIdMap *ids);
void          tela_bindings_free (TelaBindings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaBindings, tela_bindings_free)
/* Writes the member `boundElements` as it came, without those who have left since, and with those who have come. FALSE if it
 * is as it came. */
gboolean tela_bindings_write (TelaBindings *self, const TelaElement *element, TelaIdMap *ids, TelaJsonWriter *writer);

/* What is said of every element of one file. */
typedef struct
{
  TelaStamp  stamp;
  TelaKey    mark;        /* of the property `tela:file` */
  TelaIdMap *ids;         /* borrowed */
  TelaIdMap *file_ids;    /* borrowed */
  gboolean   keeps_index; /* the file's own keys are used */
  gboolean   marks_index; /* else: the file's own keys are kept beside */
} TelaEntryContext;

typedef struct
{
  TelaJsonSpan object;
  char        *id;          /* owned: the board's */
  TelaJsonSpan original_id; /* of the file, if the board's is another; else data is NULL */
  char        *index;       /* owned, nullable: a new key */
} TelaEntry;

TelaElement *tela_entry_read (const TelaEntry *self, const TelaEntryContext *context, TelaImport *import, GError **error);

/* JSON of a property of kind JSON or, as JSON never has it bare, an empty span. */
TelaJsonSpan tela_element_get_json (const TelaElement *self, TelaKey key);
TelaKey      tela_format_key (const char *name);
/* The string that @value is; NULL if it is none. (transfer full) */
char    *tela_span_to_string (TelaJsonSpan value);
gboolean tela_format_span_is_object (TelaJsonSpan value);
/* A raw member name, perhaps with escapes. */
gboolean tela_span_is_name (TelaJsonSpan raw, const char *name);

/* What follows is terminated beyond its length. (transfer full) */
char       *tela_zlib_inflate (gconstpointer data, gsize len, gsize *out_len, GError **error); /* zlib or gzip; at most 256 MB */
GByteArray *tela_zlib_deflate (gconstpointer data, gsize len, gboolean gzip);

gboolean    tela_xopp_is (const char *data, gsize len);
TelaImport *tela_xopp_read (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error); /* unpacked */
TelaImport *tela_tldr_read (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);

#define TELA_CARRIER_TYPE "application/vnd.excalidraw+json"
char    *tela_carrier_decode (const char *data, gsize len, gboolean latin1, gsize *scene_len, TelaCarrierVersion *version, GError **error);
GString *tela_carrier_encode (const char *scene, gsize len, TelaCarrierVersion version);

/* FALSE: its head does not say. */
gboolean tela_media_measure (gconstpointer data, gsize n, double *width, double *height);
/* The start tag of the root element, also with a prefix. (nullable) */
const char *tela_svg_find_root (const char *data, gsize len);

G_END_DECLS
