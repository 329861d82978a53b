/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-history.h"

#define HOUR_MS (G_GINT64_CONSTANT (3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

const TelaHistoryLimits tela_history_limits = { DAY_MS, 90 * DAY_MS, 16 * 1024 * 1024 };

/* Rows of one board that become one, or go into the base. */
typedef struct
{
  char  *project_id; /* owned */
  gint64 first, last;
} Span;

static void
span_free (Span *self)
{
  g_free (self->project_id);
  g_free (self);
}

/* Spans of a query that gives project, first and last revision. */
static GPtrArray *
find_spans (TelaDb     *db,
            const char *sql,
            gint64      value,
            GError    **error)
{
  g_autoptr (GPtrArray) spans = g_ptr_array_new_with_free_func ((GDestroyNotify) span_free);
  g_autoptr (GError) local = NULL;
  sqlite3_stmt *row = tela_db_prepare (db, error, sql, "i", value);

  if (row == NULL)
    return NULL;
  while (tela_db_step (db, row, &local))
    {
      Span *span = g_new0 (Span, 1);

      span->project_id = tela_db_column (row, 0);
      span->first = sqlite3_column_int64 (row, 1);
      span->last = sqlite3_column_int64 (row, 2);
      g_ptr_array_add (spans, span);
    }
  if (local == NULL)
    return g_steal_pointer (&spans);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* By element: the merge of what the rows did to it. */
static GHashTable *
merge_span (TelaDb     *db,
            const Span *span,
            GError    **error)
{
  g_autoptr (GHashTable) merged = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  GError       *local = NULL;
  sqlite3_stmt *row = tela_db_prepare (db, error, "SELECT ops FROM history WHERE project_id = ? AND rev BETWEEN ? AND ?",
                                       "sii", span->project_id, span->first, span->last);

  if (row == NULL)
    return NULL;
  while (tela_db_step (db, row, &local))
    if (!tela_history_read_ops ((const char *) sqlite3_column_text (row, 0), (gsize) sqlite3_column_bytes (row, 0), ops,
                                &local))
      {
        sqlite3_reset (row);
        break;
      }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  for (guint i = 0; i < ops->len; i++)
    {
      TelaElement *op = g_ptr_array_index (ops, i);
      TelaElement *known = g_hash_table_lookup (merged, tela_element_get_id (op));
      gboolean     changed;
      TelaElement *both = known != NULL ? tela_element_merge (known, op, &changed) : tela_element_ref (op);

      g_hash_table_replace (merged, (gpointer) tela_element_get_id (both), both); /* the key is the value's own id */
    }
  return g_steal_pointer (&merged);
}

static gboolean
make_one (TelaDb     *db,
          const Span *span,
          GError    **error)
{
  g_autoptr (GHashTable) merged = merge_span (db, span, error);
  g_autoptr (GString) json = g_string_new (NULL);
  TelaJsonWriter writer;
  GHashTableIter iter;
  gpointer       op;

  if (merged == NULL)
    return FALSE;
  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_array (&writer);
  g_hash_table_iter_init (&iter, merged);
  while (g_hash_table_iter_next (&iter, NULL, &op))
    tela_op_write (op, &writer);
  tela_json_writer_end_array (&writer);
  return tela_db_run (db, error,
                      "UPDATE history SET ops = ?4, n = (SELECT sum (n) FROM history WHERE project_id = ?1 AND rev BETWEEN"
                      " ?2 AND ?3) WHERE project_id = ?1 AND rev = ?3",
                      "siis", span->project_id, span->first, span->last, json->str) &&
         tela_db_run (db, error, "DELETE FROM history WHERE project_id = ?1 AND rev >= ?2 AND rev < ?3", "sii",
                      span->project_id, span->first, span->last);
}

static gboolean
fold (TelaDb     *db,
      const Span *span,
      GError    **error)
{
  return tela_history_move_base (db, span->project_id, span->last, error);
}

/* Each span is a transaction. */
static void
work (TelaDb     *db,
      const char *sql,
      gint64      value,
      gboolean (*step) (TelaDb *db, const Span *span, GError **error))
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) spans = find_spans (db, sql, value, &error);

  for (guint i = 0; spans != NULL && i < spans->len; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (!tela_db_begin (db, &problem))
        {
          g_warning ("History: %s", problem->message);
          return;
        }
      if (step (db, spans->pdata[i], &problem) && tela_db_commit (db, &problem))
        continue;
      tela_db_rollback (db);
      g_warning ("History: %s", problem->message);
    }
  if (error != NULL)
    g_warning ("History: %s", error->message);
}

void
tela_history_compact (TelaDb                  *db,
                      const TelaHistoryLimits *limits,
                      gint64                   now_ms)
{
  work (db,
        "SELECT project_id, min (rev), max (rev) FROM history WHERE at < ?1 GROUP BY project_id, at / 3600000"
        " HAVING count (*) > 1",
        now_ms - limits->single_ms, make_one);
  work (db, "SELECT project_id, min (rev), max (rev) FROM history WHERE at < ?1 GROUP BY project_id",
        now_ms - limits->kept_ms, fold);
  work (db,
        "SELECT project_id, min (rev), max (rev) FROM (SELECT project_id, rev, sum (length (ops)) OVER"
        " (PARTITION BY project_id ORDER BY rev DESC) AS bytes FROM history) WHERE bytes > ?1 GROUP BY project_id",
        limits->bytes, fold);
}
