/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-binding.h"
#include "fuzz.h"

/* A row of projects, with values of every kind in its place. */
static gboolean
match (const TelaBinding *binding,
       TelaRowOperation   operation)
{
  TelaCell cells[] = { { .type = SQLITE_TEXT, .text = (char *) "00000000-0000-4000-8000-000000000000" },
                       { .type = SQLITE_TEXT, .text = (char *) "A plan (new)" },
                       { .type = SQLITE_NULL },
                       { .type = SQLITE_INTEGER, .integer = 7 },
                       { .type = SQLITE_INTEGER },
                       { .type = SQLITE_TEXT, .text = (char *) "0123456789abcdef" },
                       { .type = SQLITE_INTEGER, .integer = G_GINT64_CONSTANT (1704067200000) },
                       { .type = SQLITE_NULL } };
  TelaRow  row = { &tela_table_projects, operation, G_N_ELEMENTS (cells), cells, cells, 1 };
  g_autoptr (GString) data = g_string_new (NULL);
  gboolean good = tela_binding_match (binding, &row);

  tela_row_append_data (&row, binding->table == row.table ? binding->chosen : NULL, data);
  g_assert_true (tela_json_check (data->str, (gssize) data->len, NULL));
  return good;
}

/* What is echoed is JSON, and whoever is refused matches nothing that he must not. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GPtrArray) bindings = NULL;

  if (!tela_json_check ((const char *) data, (gssize) size, NULL))
    return 0;
  bindings = tela_bindings_parse ((TelaJsonSpan){ (const char *) data, size });
  for (guint i = 0; i < bindings->len; i++)
    {
      const TelaBinding *binding = bindings->pdata[i];

      g_assert_true (tela_json_check (binding->text, -1, NULL));
      g_assert_cmpuint (binding->id, <, 1u << 27);
      if (binding->problem != NULL)
        g_assert_true (g_utf8_validate (binding->problem, -1, NULL));
      else
        for (TelaRowOperation operation = TELA_ROW_INSERT; operation <= TELA_ROW_DELETE; operation++)
          if (match (binding, operation))
            g_assert_true (binding->table == NULL || binding->table == &tela_table_projects);
    }
  return 0;
}
