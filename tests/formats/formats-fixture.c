/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "formats-fixture.h"

const TelaStamp fixture_stamp = { G_GUINT64_CONSTANT (1700000000000) << 16, 5 };

char *
fixture_path (const char *name)
{
  return g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", name, NULL);
}

TelaImport *
fixture_read (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelaImport *import = tela_excalidraw_read (text, strlen (text), fixture_stamp, NULL, NULL, &error);

  g_assert_no_error (error);
  return import;
}

TelaBoard *
fixture_board (TelaImport *import)
{
  TelaBoard *board = tela_board_new ("00000000-0000-4000-8000-000000000001");

  tela_board_merge (board, (TelaElement *const *) import->elements->pdata, import->elements->len);
  return board;
}

GBytes *
fixture_get_file (const char *file_id,
                  gpointer    user_data)
{
  TelaImport *import = user_data;
  GBytes     *bytes = g_hash_table_lookup (import->assets, file_id);

  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

char *
fixture_write (TelaBoard  *board,
               TelaImport *import)
{
  gsize len;
  guint n_missing;
  char *text = tela_excalidraw_write (board, fixture_get_file, import, &n_missing, &len);

  g_assert_cmpuint (n_missing, ==, 0);
  g_assert_cmpuint (len, ==, strlen (text));
  g_assert_true (tela_json_check (text, (gssize) len, NULL));
  return text;
}

static TelaJsonSpan
span_of (const char *text)
{
  if (g_str_has_prefix (text, "\357\273\277"))
    text += 3;
  return (TelaJsonSpan){ text, strlen (text) };
}

static GArray *
list_items (TelaJsonSpan array)
{
  GArray        *items = g_array_new (FALSE, FALSE, sizeof (TelaJsonSpan));
  TelaJsonReader reader;
  TelaJsonSpan   item;

  tela_json_reader_init (&reader, array.data, (gssize) array.len);
  g_assert_true (tela_json_reader_enter_array (&reader));
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
    g_array_append_val (items, item);
  return items;
}

/* Each member of @a but `elements` is one of @b. */
static void
assert_members (TelaJsonSpan a,
                TelaJsonSpan b,
                const char  *what)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value, other;

  tela_json_reader_init (&reader, a.data, (gssize) a.len);
  g_assert_true (tela_json_reader_enter_object (&reader));
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      if (strcmp (decoded, "elements") == 0)
        continue;
      if (!tela_json_find (b, decoded, &other))
        g_error ("%s: %s is lost or new", what, decoded);
      tela_json_find (a, decoded, &value); /* the last of several */
      if (!tela_json_equal (value, other))
        g_error ("%s: %s: %.*s is not %.*s", what, decoded, (int) MIN (value.len, 200), value.data,
                 (int) MIN (other.len, 200), other.data);
    }
}

void
fixture_assert_same (const char *before,
                     const char *after)
{
  TelaJsonSpan a = span_of (before), b = span_of (after), elements_a, elements_b;
  g_autoptr (GArray) items_a = NULL;
  g_autoptr (GArray) items_b = NULL;

  assert_members (a, b, "root");
  assert_members (b, a, "root");
  g_assert_true (tela_json_find (a, "elements", &elements_a));
  g_assert_true (tela_json_find (b, "elements", &elements_b));
  items_a = list_items (elements_a);
  items_b = list_items (elements_b);
  g_assert_cmpuint (items_a->len, ==, items_b->len);
  for (guint i = 0; i < items_a->len; i++)
    {
      g_autofree char *what = g_strdup_printf ("element %u", i);

      assert_members (g_array_index (items_a, TelaJsonSpan, i), g_array_index (items_b, TelaJsonSpan, i), what);
      assert_members (g_array_index (items_b, TelaJsonSpan, i), g_array_index (items_a, TelaJsonSpan, i), what);
    }
}

char *
fixture_field (const char *text,
               guint       i,
               const char *name)
{
  TelaJsonSpan elements, value;
  g_autoptr (GArray) items = NULL;

  g_assert_true (tela_json_find (span_of (text), "elements", &elements));
  items = list_items (elements);
  g_assert_cmpuint (i, <, items->len);
  if (!tela_json_find (g_array_index (items, TelaJsonSpan, i), name, &value))
    return NULL;
  return g_strndup (value.data, value.len);
}
