/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json-private.h"

/* A member of an object that is being written: where its text stands in the output, and its decoded name. */
typedef struct
{
  const char *name;
  char       *decoded; /* owned, NULL if @name is borrowed from the source */
  gsize       name_len;
  gsize       start, len; /* within the output */
} Member;

typedef struct
{
  TelaJsonReader reader;
  GString       *out;
  GArray        *members; /* Member; a stack of the objects that are open */
  GString       *sorted;  /* scratch */
} Canonical;

static void value_to (Canonical *self);

static int
compare_names (const Member *a,
               const Member *b)
{
  int order = memcmp (a->name, b->name, MIN (a->name_len, b->name_len));

  return order != 0 ? order : (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

/* By name, then by place, so that the last of equal names is last. */
static int
compare_members (gconstpointer a,
                 gconstpointer b)
{
  const Member *ma = a, *mb = b;
  int           order = compare_names (ma, mb);

  return order != 0 ? order : (ma->start > mb->start) - (ma->start < mb->start);
}

static void
string_to (Canonical   *self,
           TelaJsonSpan raw)
{
  g_autofree char *decoded = NULL;
  gsize            len;

  if (tela_json_is_escaped (raw))
    {
      decoded = tela_json_unescape (raw, &len, NULL);
      tela_json_append_string (self->out, decoded, len);
    }
  else
    g_string_append_len (self->out, raw.data - 1, (gssize) raw.len + 2);
}

/* Puts the members from @base on, which stand in the output as they came, in order. */
static void
sort_members (Canonical *self,
              guint      base,
              gsize      start)
{
  Member  *members = &g_array_index (self->members, Member, base);
  guint    n = self->members->len - base;
  gboolean in_order = TRUE;

  for (guint i = 1; i < n && in_order; i++)
    in_order = compare_names (&members[i - 1], &members[i]) < 0;
  if (in_order)
    return;

  qsort (members, n, sizeof *members, compare_members);
  g_string_set_size (self->sorted, 0);
  for (guint i = 0; i < n; i++)
    {
      if (i + 1 < n && compare_names (&members[i], &members[i + 1]) == 0)
        continue;
      if (self->sorted->len > 0)
        g_string_append_c (self->sorted, ',');
      g_string_append_len (self->sorted, self->out->str + members[i].start, (gssize) members[i].len);
    }
  g_string_truncate (self->out, start);
  g_string_append_len (self->out, self->sorted->str, (gssize) self->sorted->len);
}

static void
drop_members (Canonical *self,
              guint      base)
{
  for (guint i = base; i < self->members->len; i++)
    g_free (g_array_index (self->members, Member, i).decoded);
  g_array_set_size (self->members, base);
}

static void
object_to (Canonical *self)
{
  guint        base = self->members->len;
  gsize        start;
  TelaJsonSpan name;

  tela_json_reader_enter_object (&self->reader);
  g_string_append_c (self->out, '{');
  start = self->out->len;
  while (tela_json_reader_next_member (&self->reader, &name))
    {
      Member member = { .name = name.data, .name_len = name.len };

      if (self->members->len > base)
        g_string_append_c (self->out, ',');
      member.start = self->out->len;
      if (tela_json_is_escaped (name))
        member.name = member.decoded = tela_json_unescape (name, &member.name_len, NULL);
      g_array_append_val (self->members, member);
      string_to (self, name);
      g_string_append_c (self->out, ':');
      value_to (self);
      g_array_index (self->members, Member, self->members->len - 1).len = self->out->len - member.start;
    }
  if (!tela_json_reader_failed (&self->reader) && self->members->len > base)
    sort_members (self, base, start);
  drop_members (self, base);
  g_string_append_c (self->out, '}');
}

static void
array_to (Canonical *self)
{
  gboolean first = TRUE;

  tela_json_reader_enter_array (&self->reader);
  g_string_append_c (self->out, '[');
  while (tela_json_reader_next_item (&self->reader))
    {
      if (!first)
        g_string_append_c (self->out, ',');
      first = FALSE;
      value_to (self);
    }
  g_string_append_c (self->out, ']');
}

/* Calls itself, but never deeper than the reader allows: TELA_JSON_MAX_DEPTH. */
static void
value_to (Canonical *self)
{
  TelaJsonSpan span;

  switch (tela_json_reader_peek (&self->reader))
    {
    case TELA_JSON_OBJECT:
      object_to (self);
      break;
    case TELA_JSON_ARRAY:
      array_to (self);
      break;
    case TELA_JSON_STRING:
      if (tela_json_reader_span (&self->reader, &span))
        string_to (self, (TelaJsonSpan){ span.data + 1, span.len - 2 });
      break;
    case TELA_JSON_NUMBER:
      if (tela_json_reader_span (&self->reader, &span))
        tela_json_canonical_number (span, self->out);
      break;
    case TELA_JSON_NULL:
    case TELA_JSON_TRUE:
    case TELA_JSON_FALSE:
      if (tela_json_reader_span (&self->reader, &span))
        g_string_append_len (self->out, span.data, (gssize) span.len);
      break;
    case TELA_JSON_INVALID:
    default:
      break;
    }
}

gboolean
tela_json_canonical (TelaJsonSpan value,
                     GString     *out)
{
  g_autoptr (GString) sorted = g_string_new (NULL);
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (Member));
  Canonical self = { .out = out, .members = members, .sorted = sorted };
  gsize     start = out->len;

  tela_json_reader_init (&self.reader, value.data, (gssize) value.len);
  value_to (&self);
  if (tela_json_reader_finish (&self.reader, NULL))
    return TRUE;
  g_string_truncate (out, start);
  return FALSE;
}

gboolean
tela_json_equal (TelaJsonSpan a,
                 TelaJsonSpan b)
{
  g_autoptr (GString) first = g_string_sized_new (a.len);
  g_autoptr (GString) second = g_string_sized_new (b.len);

  return tela_json_canonical (a, first) && tela_json_canonical (b, second) && g_string_equal (first, second);
}
