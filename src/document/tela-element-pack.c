/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-pack-private.h"
#include "tela-string.h"

#include <math.h>

static const double powers[TELA_PACK_MAX_PLACES + 1] = { 1, 10, 100 };

static void
put_folded (GByteArray *out,
            gint64      value)
{
  tela_pack_put_varint (out, tela_pack_fold (value));
}

static void
put_byte (GByteArray *out,
          guint       value)
{
  const guint8 byte = (guint8) value;

  g_byte_array_append (out, &byte, 1);
}

static void
put_double (GByteArray *out,
            double      value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  tela_pack_put_u64 (out, bits);
}

/* @number is a whole number divided by that power of ten, and comes out of that division again bit by bit. */
static gboolean
is_decimal (double  number,
            guint   places,
            gint64 *whole)
{
  double scaled = rint (number * powers[places]);

  if (!(fabs (scaled) < (double) TELA_PACK_MAX_WHOLE) || scaled / powers[places] != number ||
      (scaled == 0 && signbit (number)))
    return FALSE;
  *whole = (gint64) scaled;
  return TRUE;
}

static gboolean
are_decimals (const TelaNumbers *numbers,
              guint              places)
{
  gint64 whole;

  for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
    if (!is_decimal (numbers->v[i], places, &whole))
      return FALSE;
  return TRUE;
}

static void
put_decimals (GByteArray        *out,
              const TelaNumbers *numbers,
              guint              places)
{
  gint64 before[2] = { 0 };

  for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
    {
      gint64 *last = &before[i % numbers->stride];
      gint64  whole = 0;

      is_decimal (numbers->v[i], places, &whole);
      put_folded (out, whole - *last);
      *last = whole;
    }
}

static TelaPackKind
put_numbers (GByteArray        *out,
             const TelaNumbers *numbers)
{
  guint places = 0;

  while (places <= TELA_PACK_MAX_PLACES && !are_decimals (numbers, places))
    places++;

  tela_pack_put_varint (out, (guint64) numbers->n << 1 | (numbers->stride - 1));
  if (places <= TELA_PACK_MAX_PLACES)
    {
      put_byte (out, places);
      put_decimals (out, numbers, places);
      return TELA_PACK_DECIMALS;
    }
  for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
    put_double (out, numbers->v[i]);
  return TELA_PACK_NUMBERS;
}

static TelaPackKind
put_number (GByteArray *out,
            double      number)
{
  static const TelaPackKind kinds[] = { TELA_PACK_WHOLE, TELA_PACK_TENTHS, TELA_PACK_HUNDREDTHS };
  gint64                    whole;

  for (guint places = 0; places <= TELA_PACK_MAX_PLACES; places++)
    if (is_decimal (number, places, &whole))
      {
        put_folded (out, whole);
        return kinds[places];
      }
  put_double (out, number);
  return TELA_PACK_DOUBLE;
}

static TelaPackKind
put_text (GByteArray *out,
          GRefString *text,
          gboolean    is_json)
{
  guint nth;

  if (tela_string_get_nth (text, &nth))
    {
      tela_pack_put_varint (out, nth);
      return is_json ? TELA_PACK_JSON_NTH : TELA_PACK_STRING_NTH;
    }
  tela_pack_put_text (out, text, g_ref_string_length (text));
  return is_json ? TELA_PACK_JSON : TELA_PACK_STRING;
}

static TelaPackKind
put_value (GByteArray *out,
           TelaValue   value)
{
  switch (value.kind)
    {
    case TELA_VALUE_NULL:
      return TELA_PACK_NULL;
    case TELA_VALUE_FALSE:
      return TELA_PACK_FALSE;
    case TELA_VALUE_TRUE:
      return TELA_PACK_TRUE;
    case TELA_VALUE_NUMBER:
      return put_number (out, value.as.number);
    case TELA_VALUE_STRING:
      return put_text (out, value.as.string, FALSE);
    case TELA_VALUE_JSON:
      return put_text (out, value.as.string, TRUE);
    case TELA_VALUE_NUMBERS:
      return put_numbers (out, value.as.numbers);
    case TELA_VALUE_UNSET:
    default:
      return TELA_PACK_UNSET;
    }
}

/* @places: by stamp, where it stands in the packed form. */
static void
put_property (GByteArray    *out,
              TelaMeta       meta,
              TelaCell       cell,
              TelaKey        before,
              const guint16 *places)
{
  guint gap = meta.key < TELA_KEY_N_KNOWN && meta.key - before < 8 ? meta.key - before : 0;
  guint place = places[tela_meta_slot (meta)];
  guint at = out->len;
  guint kind;

  put_byte (out, 0);
  if (gap == 0)
    {
      tela_pack_put_varint (out, meta.key < TELA_KEY_N_KNOWN ? meta.key : 0);
      if (meta.key >= TELA_KEY_N_KNOWN)
        tela_pack_put_text (out, tela_key_get_name (meta.key), strlen (tela_key_get_name (meta.key)));
    }
  if (place > 0)
    tela_pack_put_varint (out, place);
  kind = put_value (out, tela_element_value (meta, cell));
  out->data[at] = (guint8) (kind | (place > 0 ? TELA_PACK_HAS_STAMP : 0) | gap << TELA_PACK_KEY_SHIFT);
}

/* The stamps in the order in which they are packed: the most frequent one first. */
static void
order_stamps (const TelaElement *self,
              guint16           *order,
              guint16           *places)
{
  guint most = 0;

  for (guint s = 0; s < self->n_stamps; s++)
    {
      order[s] = (guint16) s;
      places[s] = 0;
    }
  for (guint i = 0; i < self->n; i++)
    places[tela_meta_slot (tela_element_metas (self)[i])]++;
  for (guint s = 1; s < self->n_stamps; s++)
    if (places[s] > places[most])
      most = s;
  if (self->n_stamps > 0)
    {
      order[0] = (guint16) most;
      order[most] = 0;
    }
  for (guint s = 0; s < self->n_stamps; s++)
    places[order[s]] = (guint16) s;
}

static guint
find_actor (const guint64 *actors,
            guint          n,
            guint64        actor)
{
  guint i = 0;

  while (i < n && actors[i] != actor)
    i++;
  return i;
}

static void
put_stamps (GByteArray        *out,
            const TelaElement *self,
            const guint16     *order)
{
  g_autofree guint64 *actors = g_new (guint64, self->n_stamps + 1u);
  const TelaStamp    *stamps = tela_element_stamps (self);
  gint64              before = 0;
  guint               n_actors = 0;

  for (guint s = 0; s < self->n_stamps; s++)
    if (find_actor (actors, n_actors, stamps[order[s]].actor) == n_actors)
      actors[n_actors++] = stamps[order[s]].actor;
  tela_pack_put_varint (out, n_actors);
  for (guint i = 0; i < n_actors; i++)
    tela_pack_put_u64 (out, actors[i]);

  tela_pack_put_varint (out, self->n_stamps);
  for (guint s = 0; s < self->n_stamps; s++)
    {
      TelaStamp stamp = stamps[order[s]];
      gint64    ms = tela_stamp_get_ms (stamp);

      put_folded (out, ms - before);
      tela_pack_put_varint (out, (stamp.time & 0xffff) * n_actors + find_actor (actors, n_actors, stamp.actor));
      before = ms;
    }
}

GBytes *
tela_element_pack (const TelaElement *self)
{
  GByteArray         *out = g_byte_array_sized_new (64 + 6 * self->n);
  g_autofree guint16 *order = g_new (guint16, 2u * self->n_stamps + 1u);
  guint16            *places = order + self->n_stamps;
  TelaKey             before = 0;

  order_stamps (self, order, places);
  put_byte (out, TELA_PACK_FORM);
  put_stamps (out, self, order);
  tela_pack_put_varint (out, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      TelaMeta meta = tela_element_metas (self)[i];

      put_property (out, meta, tela_element_cells (self)[i], before, places);
      before = meta.key;
    }

  return g_byte_array_free_to_bytes (out);
}
