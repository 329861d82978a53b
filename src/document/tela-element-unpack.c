/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-pack-private.h"
#include "tela-string.h"

#include <glib/gi18n-lib.h>

#define MAX_MS ((G_GINT64_CONSTANT (1) << 48) - 1)
#define N_SMALL 16

static const double powers[TELA_PACK_MAX_PLACES + 1] = { 1, 10, 100 };

gboolean
tela_pack_take_key (TelaPackCursor *cursor,
                    TelaKey        *key)
{
  TelaJsonSpan name;
  guint64      known;

  if (!tela_pack_take_varint (cursor, &known) || known >= TELA_KEY_N_KNOWN)
    return FALSE;

  *key = (TelaKey) known;
  if (known == 0 && tela_pack_take_text (cursor, &name))
    *key = tela_key_intern (name.data, name.len);
  return *key != TELA_KEY_NONE;
}

gboolean
tela_pack_take_string (TelaPackCursor *cursor,
                       TelaValue      *value)
{
  TelaJsonSpan text;

  if (!tela_pack_take_text (cursor, &text))
    return FALSE;
  *value = tela_value_string (text.data, (gssize) text.len);
  return TRUE;
}

gboolean
tela_pack_take_json (TelaPackCursor *cursor,
                     TelaValue      *value)
{
  TelaJsonSpan text;

  if (!tela_pack_take_text (cursor, &text) || !tela_json_check (text.data, (gssize) text.len, NULL))
    return FALSE;
  *value = tela_value_json (text.data, (gssize) text.len);
  return TRUE;
}

gboolean
tela_pack_take_double (TelaPackCursor *cursor,
                       double         *value)
{
  guint64 bits;

  if (!tela_pack_take_u64 (cursor, &bits))
    return FALSE;
  memcpy (value, &bits, sizeof bits);
  return TRUE;
}

/* Zeros to fill in, if each takes @size bytes or more. */
static TelaNumbers *
take_count (TelaPackCursor *cursor,
            gsize           size)
{
  guint64 head, n;
  guint   stride;

  if (!tela_pack_take_varint (cursor, &head))
    return NULL;
  n = head >> 1;
  stride = 1 + (head & 1);

  return n == 0 || n > cursor->left / (size * stride) ? NULL : tela_numbers_new ((guint) n, stride, NULL);
}

gboolean
tela_pack_take_doubles (TelaPackCursor *cursor,
                        TelaValue      *value)
{
  TelaNumbers *numbers = take_count (cursor, sizeof (double));

  if (numbers == NULL)
    return FALSE;
  for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
    tela_pack_take_double (cursor, &numbers->v[i]);
  *value = tela_value_numbers (numbers);
  return TRUE;
}

static gboolean
take_folded (TelaPackCursor *cursor,
             gint64         *value)
{
  guint64 folded;

  if (!tela_pack_take_varint (cursor, &folded))
    return FALSE;
  *value = tela_pack_unfold (folded);
  return TRUE;
}

static gboolean
take_decimals (TelaPackCursor *cursor,
               TelaValue      *value)
{
  g_autoptr (TelaNumbers) numbers = NULL;
  gint64 last[2] = { 0 };
  guint8 places;

  /* The byte of the places comes after the count. */
  numbers = take_count (cursor, 1);
  if (numbers == NULL || cursor->left == 0)
    return FALSE;
  places = *cursor->at++;
  cursor->left--;
  if (places > TELA_PACK_MAX_PLACES)
    return FALSE;

  for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
    {
      gint64 *whole = &last[i % numbers->stride];
      gint64  step;

      if (!take_folded (cursor, &step) || step > 2 * TELA_PACK_MAX_WHOLE || step < -2 * TELA_PACK_MAX_WHOLE)
        return FALSE;
      *whole += step;
      if (*whole > TELA_PACK_MAX_WHOLE || *whole < -TELA_PACK_MAX_WHOLE)
        return FALSE;
      numbers->v[i] = (double) *whole / powers[places];
    }
  *value = tela_value_numbers (g_steal_pointer (&numbers));
  return TRUE;
}

static gboolean
take_decimal (TelaPackCursor *cursor,
              guint           places,
              TelaValue      *value)
{
  gint64 whole;

  if (!take_folded (cursor, &whole))
    return FALSE;
  *value = tela_value_number ((double) whole / powers[places]);
  return TRUE;
}

/* The text is not counted. */
static gboolean
take_nth (TelaPackCursor *cursor,
          TelaValueKind   kind,
          TelaValue      *value)
{
  guint64     nth;
  GRefString *text;

  if (!tela_pack_take_varint (cursor, &nth))
    return FALSE;
  text = tela_string_nth (nth);
  if (text == NULL)
    return FALSE;
  /* As a value of JSON only what is an array or an object. */
  if (kind == TELA_VALUE_JSON && text[0] != '[' && text[0] != '{')
    return FALSE;
  *value = (TelaValue){ .kind = kind, .as.string = text };
  return TRUE;
}

static gboolean
take_value (TelaPackCursor *cursor,
            TelaPackKind    kind,
            TelaValue      *value)
{
  double number;

  switch (kind)
    {
    case TELA_PACK_UNSET:
    case TELA_PACK_NULL:
    case TELA_PACK_FALSE:
    case TELA_PACK_TRUE:
      *value = (TelaValue){ .kind = (TelaValueKind) kind };
      return TRUE;
    case TELA_PACK_WHOLE:
    case TELA_PACK_TENTHS:
    case TELA_PACK_HUNDREDTHS:
      return take_decimal (cursor, kind - TELA_PACK_WHOLE, value);
    case TELA_PACK_DOUBLE:
      if (!tela_pack_take_double (cursor, &number))
        return FALSE;
      *value = tela_value_number (number);
      return TRUE;
    case TELA_PACK_STRING:
      return tela_pack_take_string (cursor, value);
    case TELA_PACK_STRING_NTH:
      return take_nth (cursor, TELA_VALUE_STRING, value);
    case TELA_PACK_JSON:
      return tela_pack_take_json (cursor, value);
    case TELA_PACK_JSON_NTH:
      return take_nth (cursor, TELA_VALUE_JSON, value);
    case TELA_PACK_NUMBERS:
      return tela_pack_take_doubles (cursor, value);
    case TELA_PACK_DECIMALS:
      return take_decimals (cursor, value);
    default:
      return FALSE;
    }
}

/* A property as it is packed. */
typedef struct
{
  TelaKey   key;
  guint     place; /* of its stamp */
  TelaValue value;
  gboolean  uncounted; /* its text is one that is never freed, and no reference was taken */
} Property;

/* @property has the one before, whose key is no longer needed otherwise. */
static gboolean
take_property (TelaPackCursor *cursor,
               guint           n_stamps,
               Property       *property)
{
  guint   gap, kind;
  guint64 place = 0;
  guint8  head;

  if (cursor->left == 0)
    return FALSE;
  head = *cursor->at++;
  cursor->left--;
  gap = head >> TELA_PACK_KEY_SHIFT;
  kind = head & 15;

  if (gap == 0 && !tela_pack_take_key (cursor, &property->key))
    return FALSE;
  if (gap > 0 && property->key + gap >= TELA_KEY_N_KNOWN)
    return FALSE;
  if ((head & TELA_PACK_HAS_STAMP) != 0 && !tela_pack_take_varint (cursor, &place))
    return FALSE;
  if (place >= n_stamps || !take_value (cursor, (TelaPackKind) kind, &property->value))
    return FALSE;

  property->key = (TelaKey) (property->key + gap);
  property->place = (guint) place;
  property->uncounted = kind == TELA_PACK_STRING_NTH || kind == TELA_PACK_JSON_NTH;
  return TRUE;
}

static gboolean
take_stamps (TelaPackCursor *cursor,
             TelaStamp      *stamps,
             guint64         n,
             const guint8   *actors,
             guint64         n_actors)
{
  gint64 ms = 0;

  for (guint64 i = 0; i < n; i++)
    {
      TelaPackCursor actor = { .left = sizeof (guint64) };
      guint64        head;
      gint64         step;

      if (!take_folded (cursor, &step) || step < -MAX_MS || step > MAX_MS || ms + step < 0 || ms + step > MAX_MS ||
          !tela_pack_take_varint (cursor, &head) || head / n_actors > 0xffff)
        return FALSE;
      ms += step;
      stamps[i].time = (guint64) ms << 16 | head / n_actors;
      actor.at = actors + head % n_actors * sizeof (guint64);
      tela_pack_take_u64 (&actor, &stamps[i].actor);
    }
  return TRUE;
}

/* The stamps, and where the properties are packed. */
typedef struct
{
  TelaStamp *stamps;
  guint      n_stamps;
  guint      n; /* properties */
  TelaStamp  small[N_SMALL];
} Head;

/* FALSE: damaged. head_clear() in any case. */
static gboolean
take_head (TelaPackCursor *cursor,
           Head           *head)
{
  const guint8 *actors;
  guint64       n_actors, n_stamps, n;

  head->stamps = head->small;
  if (!tela_pack_take_varint (cursor, &n_actors) || n_actors > cursor->left / sizeof (guint64))
    return FALSE;
  actors = cursor->at;
  cursor->at += n_actors * sizeof (guint64);
  cursor->left -= (gsize) n_actors * sizeof (guint64);

  if (!tela_pack_take_varint (cursor, &n_stamps) || n_stamps > TELA_MAX_PROPERTIES || (n_stamps > 0 && n_actors == 0))
    return FALSE;
  head->n_stamps = (guint) n_stamps;
  if (n_stamps > N_SMALL)
    head->stamps = g_new (TelaStamp, n_stamps);
  if (!take_stamps (cursor, head->stamps, n_stamps, actors, n_actors) || !tela_pack_take_varint (cursor, &n) ||
      n > TELA_MAX_PROPERTIES || n > cursor->left)
    return FALSE;
  head->n = (guint) n;
  return TRUE;
}

static void
head_clear (Head *head)
{
  if (head->stamps != head->small)
    g_free (head->stamps);
}

static gboolean
are_distinct (const TelaStamp *stamps,
              guint            n)
{
  for (guint i = 1; i < n; i++)
    for (guint j = 0; j < i; j++)
      if (tela_stamp_compare (stamps[i], stamps[j]) == 0)
        return FALSE;
  return TRUE;
}

/* Whatever the order of the keys, and whether or not all stamps are borne. */
static TelaElement *
unpack_slowly (const char    *id,
               TelaPackCursor cursor,
               const Head    *head)
{
  g_autoptr (TelaOpBuilder) builder = tela_op_builder_new (id);
  Property     property = { 0 };
  TelaElement *self;

  for (guint i = 0; i < head->n; i++)
    {
      if (!take_property (&cursor, head->n_stamps, &property))
        return NULL;
      if (property.uncounted)
        g_ref_string_acquire (property.value.as.string);
      tela_op_builder_set_at (builder, property.key, property.value, head->stamps[property.place]);
    }
  if (cursor.left > 0)
    return NULL;

  self = tela_op_builder_end (g_steal_pointer (&builder), (TelaStamp){ 0 });
  if (self->n != head->n)
    g_clear_pointer (&self, tela_element_unref);
  return self;
}

/* As it was packed: keys that ascend, and stamps that are all borne. NULL: it is otherwise, or damaged. */
static TelaElement *
unpack_quickly (const char    *id,
                TelaPackCursor cursor,
                const Head    *head)
{
  gsize        id_len = strlen (id);
  TelaElement *self = tela_element_alloc (id, id_len, tela_element_hash_id (id, id_len), head->n, head->n_stamps);
  TelaMeta    *metas = tela_element_metas (self);
  Property     property = { 0 };
  guint64      unborne = (G_GUINT64_CONSTANT (1) << head->n_stamps) - 1;

  memcpy (tela_element_stamps (self), head->stamps, head->n_stamps * sizeof (TelaStamp));
  memset (metas, 0, head->n * sizeof (TelaMeta)); /* so that it can be freed half done */
  for (guint i = 0; i < head->n; i++)
    {
      TelaKey before = property.key;

      if (!take_property (&cursor, head->n_stamps, &property))
        break;
      memcpy (&tela_element_cells (self)[i], &property.value.as, sizeof (TelaCell));
      metas[i] = tela_meta_make (property.key, property.value.kind, property.uncounted, property.place);
      unborne &= ~(G_GUINT64_CONSTANT (1) << property.place);
      if (property.key <= before)
        break;
      if (i + 1 == head->n && unborne == 0 && cursor.left == 0)
        return self;
    }

  tela_element_unref (self);
  return NULL;
}

static TelaElement *
unpack (const char    *id,
        TelaPackCursor cursor)
{
  TelaElement *self = NULL;
  Head         head;

  if (take_head (&cursor, &head))
    {
      if (head.n_stamps <= N_SMALL && are_distinct (head.stamps, head.n_stamps))
        self = unpack_quickly (id, cursor, &head);
      if (self == NULL)
        self = unpack_slowly (id, cursor, &head);
    }
  head_clear (&head);
  return self;
}

/**
 * tela_element_unpack:
 * @id: the element's id, which the packed form leaves out
 * @data: (array length=len): what tela_element_pack() made
 * @len: its length
 * @error: return location
 *
 * Reads a packed element, of the older form too; every length in it is checked before use, and the values as everywhere.
 *
 * Returns: (transfer full): the element, or NULL if @data is damaged or of a newer version
 */
TelaElement *
tela_element_unpack (const char *id,
                     const void *data,
                     gsize       len,
                     GError    **error)
{
  TelaPackCursor cursor = { .at = data, .left = len };
  g_autoptr (TelaElement) self = NULL;
  guint8 form = 0;

  if (cursor.left > 0 && tela_element_id_is_valid (id, strlen (id)))
    {
      form = *cursor.at++;
      cursor.left--;
    }
  if (form == TELA_PACK_FORM)
    self = unpack (id, cursor);
  else if (form == TELA_PACK_OLD_FORM)
    self = tela_element_unpack_old (id, cursor);
  if (self == NULL)
    {
      g_set_error_literal (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID,
                           _ ("the stored element is damaged"));
      return NULL;
    }

  if (!tela_element_validate (self, error))
    return NULL;
  return g_steal_pointer (&self);
}
