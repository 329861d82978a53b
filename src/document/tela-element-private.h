/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"

#include <string.h>

G_BEGIN_DECLS

/* One allocation: this header, then n cells, n metas sorted by key, the id, and n_stamps distinct stamps in no special
 * order. A property takes 12 bytes and a stamp 16, whatever number of properties bears it. */
struct _TelaElement
{
  int     refs; /* atomic */
  guint32 hash; /* of the id */
  guint16 n;
  guint16 n_stamps;
  guint8  id_len;
  guint8  spare; /* so many stamps more have room */
};

typedef union
{
  double       number;
  GRefString  *string;
  TelaNumbers *numbers;
} TelaCell;

typedef struct
{
  guint16 key;
  guint16 bits; /* uncounted << 15 | kind << 12 | number of the stamp */
} TelaMeta;

G_STATIC_ASSERT (sizeof (TelaCell) == 8 && sizeof (TelaMeta) == 4 && sizeof (struct _TelaElement) % 8 == 0);
G_STATIC_ASSERT (TELA_MAX_PROPERTIES < 1 << 12);
G_STATIC_ASSERT (TELA_VALUE_JSON < 1 << 3);

static inline TelaCell *
tela_element_cells (const TelaElement *self)
{
  return (TelaCell *) (self + 1);
}

static inline TelaMeta *
tela_element_metas (const TelaElement *self)
{
  return (TelaMeta *) (tela_element_cells (self) + self->n);
}

static inline char *
tela_element_id (const TelaElement *self)
{
  return (char *) (tela_element_metas (self) + self->n);
}

/* Where the stamps begin. */
static inline gsize
tela_element_head_size (guint n,
                        guint id_len)
{
  return (sizeof (TelaElement) + n * (sizeof (TelaCell) + sizeof (TelaMeta)) + id_len + 1 + 7) & ~(gsize) 7;
}

static inline TelaStamp *
tela_element_stamps (const TelaElement *self)
{
  return (TelaStamp *) (gpointer) ((char *) self + tela_element_head_size (self->n, self->id_len));
}

static inline TelaValueKind
tela_meta_kind (TelaMeta meta)
{
  return (TelaValueKind) (meta.bits >> 12 & 7);
}

static inline guint
tela_meta_slot (TelaMeta meta)
{
  return meta.bits & 0xfff;
}

/* Its cell holds a reference. */
static inline gboolean
tela_meta_is_counted (TelaMeta meta)
{
  return meta.bits < 0x8000 && meta.bits >= TELA_VALUE_STRING << 12;
}

static inline TelaMeta
tela_meta_make (TelaKey       key,
                TelaValueKind kind,
                gboolean      uncounted,
                guint         slot)
{
  return (TelaMeta){ .key = key, .bits = (guint16) ((uncounted ? 0x8000u : 0u) | (guint) kind << 12 | slot) };
}

static inline TelaMeta
tela_meta_with_slot (TelaMeta meta,
                     guint    slot)
{
  return (TelaMeta){ .key = meta.key, .bits = (guint16) ((meta.bits & 0xf000u) | slot) };
}

static inline gboolean
tela_element_same_id (const TelaElement *a,
                      const TelaElement *b)
{
  return a->hash == b->hash && a->id_len == b->id_len &&
         memcmp (tela_element_id (a), tela_element_id (b), a->id_len) == 0;
}

static inline TelaValue
tela_element_value (TelaMeta meta,
                    TelaCell cell)
{
  TelaValue value = { .kind = tela_meta_kind (meta) };

  memcpy (&value.as, &cell, sizeof cell);
  return value;
}

/* The place of @key, or FALSE and the place where it would be. */
static inline gboolean
tela_element_find (const TelaElement *self,
                   TelaKey            key,
                   guint             *i)
{
  const TelaMeta *metas = tela_element_metas (self);
  guint           low = 0;
  guint           high = MIN (self->n, key); /* keys begin at 1, so none lies further on than its number says */

  /* The commonest keys are numbered first: an element that has them all has each at its own number. */
  if (key - 1u < self->n && metas[key - 1u].key == key)
    {
      *i = key - 1u;
      return TRUE;
    }

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (metas[middle].key < key)
        low = middle + 1;
      else
        high = middle;
    }

  *i = low;
  return low < self->n && metas[low].key == key;
}

static inline void
tela_cell_ref (TelaMeta meta,
               TelaCell cell)
{
  if (tela_meta_is_counted (meta))
    tela_value_copy (tela_element_value (meta, cell));
}

static inline void
tela_cell_unref (TelaMeta meta,
                 TelaCell cell)
{
  if (tela_meta_is_counted (meta))
    {
      TelaValue value = tela_element_value (meta, cell);

      tela_value_clear (&value);
    }
}

guint32 tela_element_hash_id (const char *id, gsize len);
/* Uninitialized but for header and id; the caller fills stamps, cells and metas before anyone else sees it. */
TelaElement *tela_element_alloc (const char *id, gsize id_len, guint32 hash, guint n, guint n_stamps);
/* The same, with room for more stamps. */
TelaElement *tela_element_alloc_roomy (const char *id, gsize id_len, guint32 hash, guint n, guint n_stamps, guint spare);
/* The stamps may differ. */
gboolean tela_element_same_values (const TelaElement *a, const TelaElement *b);
/* Merges @b into *a, in place if nobody else holds it; FALSE: that changed nothing. */
gboolean tela_element_merge_into (TelaElement **a, const TelaElement *b);
/* Greater canonical text wins between equal stamps. */
gboolean tela_element_wins (TelaStamp a_stamp, TelaValue a, TelaStamp b_stamp, TelaValue b);
/* Numbers of the properties in order of name; free it. */
guint *tela_element_order_by_name (const TelaElement *self);

/* Reading, shared by operations, rows and files. Those that return a gboolean set the error when FALSE. */
TelaKey  tela_read_name (TelaJsonSpan name);                      /* 0: not fit */
gboolean tela_read_bad_name (TelaJsonSpan name, GError **error);  /* always FALSE */
gboolean tela_read_invalid (GError **error, const char *message); /* always FALSE */
/* What the reader found wrong, else @message. Always FALSE. */
gboolean tela_read_failed (TelaJsonReader *reader, GError **error, const char *message);
gboolean tela_read_too_many (guint n, GError **error); /* TRUE with the error set */
gboolean tela_read_property (TelaJsonReader *reader, TelaJsonSpan name, TelaKey *key, TelaValue *value, guint *replaced, GError **error);
gboolean tela_read_id (TelaJsonReader *reader, char **id, GError **error);
gboolean tela_read_stamp (TelaJsonReader *reader, TelaStamp *stamp, GError **error);
void     tela_element_write_member (const TelaElement *self, guint i, TelaJsonWriter *writer);

G_END_DECLS
