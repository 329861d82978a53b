/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-rest.h"

#include <string.h>

/* "Range: 0-9" stands for an offset and a limit. FALSE: no such range. */
static gboolean
take_range (TelaRest  *rest,
            TelaQuery *query)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (rest->msg);
  const char         *range = soup_message_headers_get_one (headers, "Range");
  g_auto (GStrv) ends = NULL;
  gint64 first, last;

  if (range == NULL || g_str_has_prefix (range, "bytes=") || query->offset > 0 || query->limit < TELA_QUERY_MAX_ROWS)
    return TRUE;
  ends = g_strsplit (range, "-", 2);
  if (ends[0] == NULL || ends[1] == NULL || !g_ascii_string_to_signed (ends[0], 10, 0, G_MAXINT32, &first, NULL))
    return FALSE;
  query->offset = first;
  if (*ends[1] == '\0')
    return TRUE;
  if (!g_ascii_string_to_signed (ends[1], 10, first, G_MAXINT32, &last, NULL))
    return FALSE;
  query->limit = MIN (last - first + 1, TELA_QUERY_MAX_ROWS);
  return TRUE;
}

/* SELECT @what, of the rows that may be seen and match. NULL: answered. */
static sqlite3_stmt *
prepare (TelaRest        *rest,
         const TelaQuery *query,
         const char      *what,
         gboolean         paged)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *row;
  int           next;

  g_string_append_printf (sql, "SELECT %s FROM %s AS t WHERE %s AND %s", what, rest->table->name,
                          rest->table->may_select, query->where->str);
  if (paged && query->order->len > 0)
    g_string_append_printf (sql, " ORDER BY %s", query->order->str);
  if (paged)
    g_string_append (sql, " LIMIT ? OFFSET ?");
  row = tela_db_compile (rest->core->db, sql->str, &error);
  if (row == NULL)
    {
      tela_rest_error (rest, error);
      return NULL;
    }
  tela_table_bind_caller (row, rest->claims);
  next = tela_query_bind (query, row, 3);
  if (paged)
    {
      sqlite3_bind_int64 (row, next, query->limit);
      sqlite3_bind_int64 (row, next + 1, query->offset);
    }
  return row;
}

/* FALSE: answered. */
static gboolean
count_rows (TelaRest        *rest,
            const TelaQuery *query,
            gint64          *total)
{
  sqlite3_stmt *row = prepare (rest, query, "count (*)", FALSE);
  g_autoptr (GError) error = NULL;

  if (row == NULL)
    return FALSE;
  if (tela_db_step (rest->core->db, row, &error))
    *total = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  if (error != NULL)
    tela_rest_error (rest, error);
  return error == NULL;
}

/* The rows as an array, or as the first of them alone. NULL: answered. */
static GString *
collect (TelaRest        *rest,
         const TelaQuery *query,
         TelaSelect      *select,
         guint           *n)
{
  g_autoptr (GString) what = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean       array = !tela_rest_wants_object (rest);
  TelaJsonWriter writer;
  sqlite3_stmt  *row;

  tela_select_append_sql (select, what);
  row = prepare (rest, query, what->str, TRUE);
  if (row == NULL)
    return NULL;
  tela_json_writer_init (&writer, out, 0);
  if (array)
    tela_json_writer_begin_array (&writer);
  while (error == NULL && tela_db_step (rest->core->db, row, &error))
    if (!array && *n > 0) /* there is more than the one */
      ++*n;
    else
      *n += tela_select_write (select, rest->core, rest->claims, &writer, row, &error);
  if (array)
    tela_json_writer_end_array (&writer);
  sqlite3_finalize (row);
  if (error == NULL)
    return g_steal_pointer (&out);
  tela_rest_error (rest, error);
  return NULL;
}

/* Takes @rows. @total < 0: not asked for. */
static void
answer (TelaRest        *rest,
        const TelaQuery *query,
        GString         *rows,
        guint            n,
        gint64           total)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (rest->msg);
  g_autofree char    *whole = total < 0 ? g_strdup ("*") : g_strdup_printf ("%" G_GINT64_FORMAT, total);
  g_autofree char    *range = NULL;

  if (n == 0)
    range = g_strdup_printf ("*/%s", whole);
  else
    range =
        g_strdup_printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%s", query->offset, query->offset + n - 1, whole);
  soup_message_headers_replace (headers, "Content-Range", range);
  tela_http_json (rest->msg, total > (gint64) n ? 206 : 200, rows);
  if (tela_rest_wants_object (rest))
    soup_message_headers_set_content_type (headers, "application/vnd.pgrst.object+json", NULL);
}

static void
not_satisfiable (TelaRest        *rest,
                 const TelaQuery *query,
                 gint64           total)
{
  g_autofree char *range = g_strdup_printf ("*/%" G_GINT64_FORMAT, total);
  g_autofree char *details = g_strdup_printf ("An offset of %" G_GINT64_FORMAT
                                              " was requested, but there are only %" G_GINT64_FORMAT " rows.",
                                              query->offset, total);

  soup_message_headers_replace (soup_server_message_get_response_headers (rest->msg), "Content-Range", range);
  tela_rest_fail_details (rest, 416, "PGRST103", "Requested range not satisfiable", details);
}

void
tela_rest_read (TelaRest *rest)
{
  g_autoptr (TelaQuery) query = tela_rest_query (rest);
  g_autoptr (TelaSelect) select = query != NULL ? tela_rest_select (rest, query) : NULL;
  GString *rows;
  gint64   total = -1;
  guint    n = 0;

  if (select == NULL)
    return;
  if (!take_range (rest, query))
    {
      tela_rest_fail (rest, 416, "PGRST103", "Requested range not satisfiable");
      return;
    }
  if (tela_rest_wants_count (rest) && !count_rows (rest, query, &total))
    return;
  if (total >= 0 && query->offset > total)
    {
      not_satisfiable (rest, query, total);
      return;
    }
  rows = collect (rest, query, select, &n);
  if (rows == NULL)
    return;
  if (tela_rest_wants_object (rest) && n != 1)
    {
      g_string_free (rows, TRUE);
      tela_rest_not_single (rest, n);
      return;
    }
  answer (rest, query, rows, n, total);
}
