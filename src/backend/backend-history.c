/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-history.h"

#include <string.h>

#include "tela-board.h"

/* No dump of a board is larger. */
#define MAX_DUMP (1024u * 1024 * 1024)

/* ---- Compressed dumps ---- */

static GBytes *
convert (GConverter *converter,
         const void *data,
         gsize       len,
         GError    **error)
{
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, converter);

  if (!g_output_stream_write_all (stream, data, len, NULL, NULL, error) ||
      !g_output_stream_close (stream, NULL, error))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static GBytes *
pack (TelaBoard *board,
      GError   **error)
{
  g_autofree char *dump = tela_board_dump (board, TRUE);
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 3);

  return convert (G_CONVERTER (compressor), dump, strlen (dump), error);
}

char *
tela_history_unpack (const void *data,
                     gsize       len,
                     gsize      *text_len,
                     GError    **error)
{
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autoptr (GBytes) bytes = convert (G_CONVERTER (decompressor), data, len, error);

  if (bytes == NULL)
    return NULL;
  *text_len = g_bytes_get_size (bytes);
  if (*text_len <= MAX_DUMP)
    return g_strndup (g_bytes_get_data (bytes, NULL), *text_len);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A board that is too large");
  return NULL;
}

static gboolean
merge_dump (TelaBoard  *board,
            const void *data,
            gsize       len,
            GError    **error)
{
  gsize            text_len;
  g_autofree char *text = tela_history_unpack (data, len, &text_len, error);
  g_autoptr (GPtrArray) elements = text != NULL ? tela_board_read_dump (text, text_len, error) : NULL;

  if (elements == NULL)
    return FALSE;
  tela_board_merge (board, (TelaElement *const *) elements->pdata, elements->len);
  return TRUE;
}

/* ---- Writing ---- */

static TelaBoard *
board_now (TelaDb     *db,
           const char *project_id,
           GError    **error)
{
  g_autoptr (TelaBoard) board = tela_board_new (project_id);
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  GError       *local = NULL;
  sqlite3_stmt *row = tela_db_prepare (db, error, "SELECT id, body FROM elements WHERE project_id = ?", "s", project_id);

  if (row == NULL)
    return NULL;
  while (tela_db_step (db, row, &local))
    {
      TelaElement *element = tela_element_unpack ((const char *) sqlite3_column_text (row, 0), sqlite3_column_blob (row, 1),
                                                  (gsize) sqlite3_column_bytes (row, 1), &local);

      if (element == NULL)
        {
          sqlite3_reset (row);
          break;
        }
      g_ptr_array_add (elements, element);
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return NULL;
    }
  tela_board_merge (board, (TelaElement *const *) elements->pdata, elements->len);
  return g_steal_pointer (&board);
}

static gboolean
put_base (TelaDb     *db,
          const char *project_id,
          gint64      rev,
          TelaBoard  *board,
          GError    **error)
{
  g_autoptr (GBytes) body = pack (board, error);

  return body != NULL &&
         tela_db_run (db, error,
                      "INSERT INTO history_bases (project_id, rev, body) VALUES (?, ?, ?)"
                      " ON CONFLICT (project_id) DO UPDATE SET rev = excluded.rev, body = excluded.body",
                      "sib", project_id, rev, body);
}

/* A board that is older than its history needs a base to follow on. */
gboolean
tela_history_begin (TelaDb     *db,
                    const char *project_id,
                    gint64      rev,
                    GError    **error)
{
  g_autoptr (TelaBoard) board = NULL;
  GError       *local = NULL;
  sqlite3_stmt *row;

  if (rev == 0)
    return TRUE;
  row = tela_db_prepare (db, error,
                         "SELECT 1 FROM history WHERE project_id = ?1 AND rev = ?2"
                         " UNION ALL SELECT 1 FROM history_bases WHERE project_id = ?1 AND rev = ?2",
                         "si", project_id, rev);
  if (row == NULL)
    return FALSE;
  if (tela_db_step (db, row, &local))
    {
      sqlite3_reset (row);
      return TRUE;
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  board = board_now (db, project_id, error);
  return board != NULL && tela_db_run (db, error, "DELETE FROM history WHERE project_id = ?", "s", project_id) &&
         put_base (db, project_id, rev, board, error);
}

gboolean
tela_history_add (TelaDb      *db,
                  const char  *project_id,
                  gint64       rev,
                  gint64       now_ms,
                  const char  *user_id,
                  char *const *ops,
                  guint        n,
                  GError     **error)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      g_string_append (json, ops[i]);
    }
  g_string_append_c (json, ']');
  return tela_db_run (db, error,
                      "INSERT INTO history (project_id, rev, at, user_id, n, ops)"
                      " VALUES (?, ?, ?, (SELECT id FROM users WHERE id = ?), ?, ?)",
                      "siisis", project_id, rev, now_ms, user_id, (gint64) n, json->str);
}

/* ---- Going back ---- */

gboolean
tela_history_read_ops (const char *json,
                       gsize       len,
                       GPtrArray  *ops,
                       GError    **error)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, json, (gssize) len);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader))
    {
      TelaElement *op = tela_op_read (&reader, NULL, error);

      if (op == NULL)
        return FALSE;
      g_ptr_array_add (ops, op);
    }
  return tela_json_reader_finish (&reader, error);
}

static gboolean
merge_base (TelaDb    *db,
            TelaBoard *board,
            gint64    *rev,
            GError   **error)
{
  GError       *local = NULL;
  gboolean      good = TRUE;
  sqlite3_stmt *row = tela_db_prepare (db, error, "SELECT rev, body FROM history_bases WHERE project_id = ?", "s",
                                       tela_board_get_project_id (board));

  if (row == NULL)
    return FALSE;
  if (tela_db_step (db, row, &local))
    {
      *rev = sqlite3_column_int64 (row, 0);
      good = merge_dump (board, sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1), &local);
      sqlite3_reset (row);
    }
  if (local != NULL)
    g_propagate_error (error, local);
  return good && local == NULL;
}

static gboolean
merge_rows (TelaDb    *db,
            TelaBoard *board,
            gint64     rev,
            gint64    *last,
            GError   **error)
{
  GError       *local = NULL;
  sqlite3_stmt *row = tela_db_prepare (db, error, "SELECT rev, ops FROM history WHERE project_id = ? AND rev <= ? ORDER BY rev",
                                       "si", tela_board_get_project_id (board), rev);

  if (row == NULL)
    return FALSE;
  while (tela_db_step (db, row, &local))
    {
      g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

      if (!tela_history_read_ops ((const char *) sqlite3_column_text (row, 1), (gsize) sqlite3_column_bytes (row, 1), ops,
                                  &local))
        {
          sqlite3_reset (row);
          break;
        }
      tela_board_merge (board, (TelaElement *const *) ops->pdata, ops->len);
      *last = sqlite3_column_int64 (row, 0);
    }
  if (local != NULL)
    g_propagate_error (error, local);
  return local == NULL;
}

static TelaBoard *
board_at (TelaDb     *db,
          const char *project_id,
          gint64      rev,
          GError    **error)
{
  g_autoptr (TelaBoard) board = tela_board_new (project_id);
  gint64 last = 0;

  if (!merge_base (db, board, &last, error) || !merge_rows (db, board, rev, &last, error))
    return NULL;
  if (last == rev && rev > 0)
    return g_steal_pointer (&board);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "That state of the board is not kept");
  return NULL;
}

char *
tela_history_dump_at (TelaDb     *db,
                      const char *project_id,
                      gint64      rev,
                      GError    **error)
{
  g_autoptr (TelaBoard) board = board_at (db, project_id, rev, error);

  return board != NULL ? tela_board_dump (board, TRUE) : NULL;
}

GBytes *
tela_history_pack_now (TelaDb     *db,
                       const char *project_id,
                       GError    **error)
{
  g_autoptr (TelaBoard) board = board_now (db, project_id, error);

  return board != NULL ? pack (board, error) : NULL;
}

gboolean
tela_history_move_base (TelaDb     *db,
                        const char *project_id,
                        gint64      rev,
                        GError    **error)
{
  g_autoptr (TelaBoard) board = board_at (db, project_id, rev, error);

  return board != NULL && put_base (db, project_id, rev, board, error) &&
         tela_db_run (db, error, "DELETE FROM history WHERE project_id = ? AND rev <= ?", "si", project_id, rev);
}
