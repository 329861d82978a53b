/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-stamp.h"
#include "tela-value.h"

G_BEGIN_DECLS

/* An element: an id and properties, each with the stamp of its last write. Immutable and counted atomically, so any
 * thread may read it. An *operation* is the same thing: an element that sets some properties, all at one stamp; so is a
 * row of the server. Merging any two keeps, per property, the value with the greater stamp: a join, so the order,
 * repetition and grouping of merges make no difference. */
typedef struct _TelaElement TelaElement;

#define TELA_DOCUMENT_ERROR (tela_document_error_quark ())
GQuark tela_document_error_quark (void);

typedef enum
{
  TELA_DOCUMENT_ERROR_INVALID, /* the message names the property */
  TELA_DOCUMENT_ERROR_TOO_LARGE,
  TELA_DOCUMENT_ERROR_CONFLICT, /* undo: somebody wrote since */
} TelaDocumentError;

#define TELA_BOARD_ELEMENT_ID "board" /* the board's own properties are those of this element */
#define TELA_BOARD_ELEMENT_TYPE "tela:board"
#define TELA_MAX_COORDINATE 1e7
#define TELA_MAX_TEXT_BYTES (1024 * 1024)
#define TELA_MAX_POINTS 20000
#define TELA_MAX_PROPERTIES 4095

TelaElement *tela_element_ref (const TelaElement *self); /* (transfer full) */
void         tela_element_unref (TelaElement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaElement, tela_element_unref)

const char *tela_element_get_id (const TelaElement *self);
gboolean    tela_element_id_is_valid (const char *id, gsize len); /* 1 to 64 printable ASCII bytes */
TelaStamp   tela_element_get_stamp (const TelaElement *self);     /* the greatest */
TelaStamp   tela_element_get_base (const TelaElement *self);      /* of its creation: the stamp of `type`, else the smallest */
guint       tela_element_get_n (const TelaElement *self);
/* The i-th property in order of key; *value is borrowed from the element. Either out may be NULL. */
TelaKey tela_element_get_nth (const TelaElement *self, guint i, TelaValue *value, TelaStamp *stamp);
/* FALSE if it was never written; a removed one is there as TELA_VALUE_UNSET. */
gboolean           tela_element_get (const TelaElement *self, TelaKey key, TelaValue *value, TelaStamp *stamp);
gboolean           tela_element_has (const TelaElement *self, TelaKey key); /* written and not removed */
double             tela_element_get_number (const TelaElement *self, TelaKey key, double fallback);
gboolean           tela_element_get_boolean (const TelaElement *self, TelaKey key, gboolean fallback);
const char        *tela_element_get_string (const TelaElement *self, TelaKey key);  /* NULL if absent or no string */
const TelaNumbers *tela_element_get_numbers (const TelaElement *self, TelaKey key); /* NULL if absent or other kind */
gboolean           tela_element_is_visible (const TelaElement *self);               /* a type, not deleted, and not the board's own */

/* (transfer full) Returns @a with another reference if @b changes nothing; *changed says so. Both have the same id. */
TelaElement *tela_element_merge (const TelaElement *a, const TelaElement *b, gboolean *changed);
/* Those properties of @b whose stamp or value wins over @a (NULL: all); NULL if none. (transfer full) */
TelaElement *tela_element_difference (const TelaElement *a, const TelaElement *b);
/* The same properties, all at @stamp. (transfer full) */
TelaElement *tela_element_restamp (const TelaElement *self, TelaStamp stamp);
/* The same of one that the caller gives away: nothing is copied if nobody else has it. (transfer full) */
TelaElement *tela_element_take_restamped (TelaElement *self, TelaStamp stamp);
TelaElement *tela_element_with_id (const TelaElement *self, const char *id);
/* The properties of @self that bear @stamp; NULL if none. */
TelaElement *tela_element_at_stamp (const TelaElement *self, TelaStamp stamp);
gboolean     tela_element_equal (const TelaElement *a, const TelaElement *b); /* id, values and stamps */

/* Refuses what sync.md 2 forbids; the message names the property. */
gboolean tela_element_validate (const TelaElement *self, GError **error);

/* Building. The last write of a key wins. tela_op_builder_end() frees the builder. */
typedef struct _TelaOpBuilder TelaOpBuilder;
TelaOpBuilder                *tela_op_builder_new (const char *id);
void                          tela_op_builder_free (TelaOpBuilder *self);
void                          tela_op_builder_set (TelaOpBuilder *self, TelaKey key, TelaValue value);                     /* takes the value */
void                          tela_op_builder_set_at (TelaOpBuilder *self, TelaKey key, TelaValue value, TelaStamp stamp); /* with a stamp of its own */
void                          tela_op_builder_set_number (TelaOpBuilder *self, TelaKey key, double value);
void                          tela_op_builder_set_string (TelaOpBuilder *self, TelaKey key, const char *value);
void                          tela_op_builder_set_boolean (TelaOpBuilder *self, TelaKey key, gboolean value);
void                          tela_op_builder_set_json (TelaOpBuilder *self, TelaKey key, const char *json);
TelaElement                  *tela_op_builder_end (TelaOpBuilder *self, TelaStamp stamp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaOpBuilder, tela_op_builder_free)

/* {"id":…,"at":…,"set":{…}}. Without `at` (when @fallback is given) that stamp is used. {"id":…,"delete":true} is read
 * as setting isDeleted. A missing id is an error. Validated. NULL: @error is set; if the reader has not failed, it stands
 * after the refused operation. The same holds for tela_element_read_plain(). */
TelaElement *tela_op_read (TelaJsonReader *reader, const TelaStamp *fallback, GError **error);
/* One object an operation: an element of several stamps is written as several, oldest first, comma between. */
void tela_op_write (const TelaElement *self, TelaJsonWriter *writer);
/* A row: props {"name":value,…} and stamps {"base":…,"name":…,…}. `base` is tela_element_get_base(); every property that
 * has no stamp of its own bears it. A property that is itself called `base` has its stamp under `=base`, one called
 * `=base` under `==base`, and so on. */
void         tela_element_write_props (const TelaElement *self, TelaJsonWriter *writer); /* sorted by name; UNSET left in as {"$unset":true} */
void         tela_element_write_stamps (const TelaElement *self, TelaJsonWriter *writer);
TelaElement *tela_element_from_row (const char *id, TelaJsonSpan props, TelaJsonSpan stamps, GError **error);
/* Visible form: the properties as an Excalidraw element would have them, `id` among them, keys sorted; UNSET left out. */
void tela_element_write_plain (const TelaElement *self, TelaJsonWriter *writer);
/* From such an object, all properties at @stamp; @id overrides (NULL: its own). `id` itself is no property. */
TelaElement *tela_element_read_plain (TelaJsonReader *reader, const char *id, TelaStamp stamp, guint *replaced, GError **error);

/* Compact binary form for the store: self-describing, versioned; reading checks every length. Equal elements may have
 * different forms. */
GBytes      *tela_element_pack (const TelaElement *self);
TelaElement *tela_element_unpack (const char *id, const void *data, gsize len, GError **error);

/* Fractional index (Greenspan's scheme, base 62, as Excalidraw uses it). */
gboolean tela_index_is_valid (const char *index);
/* A key strictly between; NULL means the end on that side. (transfer full); NULL if a >= b or either is not valid. */
char *tela_index_between (const char *a, const char *b);
/* The n-th key of scene order 0, 1, 2…: a0, a1, … (transfer full) */
char *tela_index_nth (guint n);

G_END_DECLS
