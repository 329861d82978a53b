/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* rpc/tela_push and rpc/tela_head (sync.md 3). */

#include <string.h>

#include "backend-feed.h"
#include "backend-history.h"
#include "backend-rest.h"
#include "backend-text.h"
#include "tela-element.h"

#define MAX_OPS 500
#define MAX_BYTES (1024u * 1024)
#define FUTURE_MS 60000

/* One element that the call touches. */
typedef struct
{
  TelaElement *element; /* merged so far; NULL: not there yet */
  gboolean     changed;
} Touched;

static void
touched_free (Touched *self)
{
  g_clear_pointer (&self->element, tela_element_unref);
  g_free (self);
}

typedef struct
{
  TelaRest      *rest;
  const char    *project_id;
  gint64         now_ms;
  GHashTable    *touched; /* id, of a key of its own → Touched */
  GPtrArray     *ops;     /* JSON of those that changed something */
  GArray        *sizes;   /* gsize of each */
  guint          n;       /* operations so far */
  TelaJsonWriter refused;
} Push;

static void
refuse (Push       *push,
        const char *code,
        const char *message)
{
  push->rest->core->metrics.push_refused++;
  tela_json_writer_begin_object (&push->refused);
  tela_json_writer_put_int (&push->refused, "i", push->n);
  tela_json_writer_put_string (&push->refused, "code", code);
  tela_json_writer_put_string (&push->refused, "message", message);
  tela_json_writer_end_object (&push->refused);
}

/* The element as the call has left it so far, from the table at first. NULL: error. */
static Touched *
look_up (Push       *push,
         const char *id,
         GError    **error)
{
  TelaDb       *db = push->rest->core->db;
  Touched      *touched = g_hash_table_lookup (push->touched, id);
  sqlite3_stmt *row;
  GError       *local = NULL;

  if (touched != NULL)
    return touched;
  row = tela_db_prepare (db, error, "SELECT body FROM elements WHERE project_id = ? AND id = ?", "ss", push->project_id, id);
  if (row == NULL)
    return NULL;
  touched = g_new0 (Touched, 1);
  if (tela_db_step (db, row, &local))
    {
      touched->element =
          tela_element_unpack (id, sqlite3_column_blob (row, 0), (gsize) sqlite3_column_bytes (row, 0), &local);
      sqlite3_reset (row);
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      touched_free (touched);
      return NULL;
    }
  g_hash_table_insert (push->touched, g_strdup (id), touched);
  return touched;
}

static void
keep_op (Push        *push,
         TelaElement *op)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;
  gsize          len;

  tela_json_writer_init (&writer, out, 0);
  tela_op_write (op, &writer);
  len = out->len;
  g_array_append_val (push->sizes, len);
  g_ptr_array_add (push->ops, g_string_free (out, FALSE));
}

/* A merge that would make too much of an element is not made. */
static gboolean
has_room (const TelaElement *element,
          const TelaElement *op)
{
  guint n = tela_element_get_n (element);

  if (n + tela_element_get_n (op) <= TELA_MAX_PROPERTIES)
    return TRUE;
  for (guint i = 0; i < tela_element_get_n (op); i++)
    n += !tela_element_get (element, tela_element_get_nth (op, i, NULL, NULL), NULL, NULL);
  return n <= TELA_MAX_PROPERTIES;
}

/* From now on it may go as soon as nobody names it any more. */
static gboolean
note_asset (Push              *push,
            const TelaElement *op,
            GError           **error)
{
  const char *hash = tela_element_get_string (op, TELA_KEY_FILE_ID);

  return hash == NULL || tela_db_run (push->rest->core->db, error,
                                      "UPDATE objects SET named = 1 WHERE bucket_id = 'assets' AND name = ? AND NOT named",
                                      "s", hash);
}

/* FALSE: the call fails as a whole. */
static gboolean
merge_op (Push        *push,
          TelaElement *op,
          GError     **error)
{
  Touched     *touched;
  TelaElement *merged;
  gboolean     changed = TRUE;

  if (tela_stamp_get_ms (tela_element_get_stamp (op)) > push->now_ms + FUTURE_MS)
    {
      refuse (push, "future", "The stamp is more than 60 s ahead of the server");
      return TRUE;
    }
  touched = look_up (push, tela_element_get_id (op), error);
  if (touched == NULL)
    return FALSE;
  if (touched->element != NULL && !has_room (touched->element, op))
    {
      refuse (push, "too_large", "The element has too many properties");
      return TRUE;
    }
  merged = touched->element == NULL ? tela_element_ref (op) : tela_element_merge (touched->element, op, &changed);
  g_clear_pointer (&touched->element, tela_element_unref);
  touched->element = merged;
  touched->changed |= changed;
  push->rest->core->metrics.push_operations++;
  if (changed)
    keep_op (push, op);
  return !changed || note_asset (push, op, error);
}

static gboolean
take_op (Push        *push,
         TelaJsonSpan span,
         GError     **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (TelaElement) op = NULL;
  TelaJsonReader reader;
  gboolean       good = TRUE;

  tela_json_reader_init (&reader, span.data, (gssize) span.len);
  op = tela_op_read (&reader, NULL, &local);
  if (op != NULL)
    good = merge_op (push, op, error);
  else if (g_error_matches (local, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_TOO_LARGE))
    refuse (push, "too_large", local->message);
  else
    refuse (push, "invalid", local != NULL ? local->message : "The operation cannot be read");
  push->n++;
  return good;
}

static gboolean
keep_history (Push    *push,
              gint64   rev,
              GError **error)
{
  TelaRest *rest = push->rest;

  return tela_history_begin (rest->core->db, push->project_id, rev - 1, error) &&
         tela_history_add (rest->core->db, push->project_id, rev, push->now_ms, rest->claims->sub,
                           (char *const *) push->ops->pdata, push->ops->len, error);
}

static gboolean
write_touched (Push    *push,
               gint64   rev,
               GError **error)
{
  TelaDb        *db = push->rest->core->db;
  GHashTableIter iter;
  gpointer       id, value;

  g_hash_table_iter_init (&iter, push->touched);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const Touched *touched = value;
      g_autoptr (GBytes) body = NULL;
      gboolean dead;

      if (!touched->changed)
        continue;
      body = tela_element_pack (touched->element);
      dead = strcmp (id, TELA_BOARD_ELEMENT_ID) != 0 && !tela_element_is_visible (touched->element);
      if (!tela_db_run (db, error,
                        "INSERT INTO elements (project_id, id, body, rev, updated_at, dead) VALUES (?, ?, ?, ?, ?, ?)"
                        " ON CONFLICT (project_id, id) DO UPDATE SET body = excluded.body, rev = excluded.rev,"
                        " updated_at = excluded.updated_at, dead = excluded.dead",
                        "ssbiii", push->project_id, id, body, rev,
                        tela_stamp_get_ms (tela_element_get_stamp (touched->element)), (gint64) dead))
        return FALSE;
    }
  return tela_db_run (db, error, "UPDATE projects SET rev = ?, updated_at = ? WHERE id = ?", "iis", rev, push->now_ms,
                      push->project_id);
}

static gboolean
read_head (TelaRest   *rest,
           const char *project_id,
           gint64     *rev,
           gint64     *pruned_rev,
           GError    **error)
{
  sqlite3_stmt *row = tela_db_prepare (rest->core->db, error, "SELECT rev, pruned_rev FROM projects WHERE id = ?", "s", project_id);

  if (row == NULL || !tela_db_step (rest->core->db, row, error))
    return FALSE;
  *rev = sqlite3_column_int64 (row, 0);
  *pruned_rev = sqlite3_column_int64 (row, 1);
  sqlite3_reset (row);
  return TRUE;
}

/* {"epoch":…,"rev":…,"pruned_rev":…,"now":…[,"refused":[…]]} */
static void
answer (TelaRest *rest,
        gint64    rev,
        gint64    pruned_rev,
        GString  *refused)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out,
                          "{\"epoch\":\"%s\",\"rev\":%" G_GINT64_FORMAT ",\"pruned_rev\":%" G_GINT64_FORMAT
                          ",\"now\":%" G_GINT64_FORMAT,
                          rest->core->db->epoch, rev, pruned_rev, tela_now_ms ());
  if (refused != NULL)
    g_string_append_printf (out, ",\"refused\":%s", refused->str);
  g_string_append_c (out, '}');
  tela_http_json (rest->msg, 200, out);
}

/* In the transaction. FALSE: error. */
static gboolean
apply (Push    *push,
       GArray  *ops,
       gint64  *rev,
       gint64  *pruned_rev,
       GError **error)
{
  if (!read_head (push->rest, push->project_id, rev, pruned_rev, error))
    return FALSE;
  for (guint i = 0; i < ops->len; i++)
    if (!take_op (push, g_array_index (ops, TelaJsonSpan, i), error))
      return FALSE;
  if (push->ops->len == 0)
    return TRUE;
  ++*rev;
  return keep_history (push, *rev, error) && write_touched (push, *rev, error);
}

static void
push_run (Push   *push,
          GArray *ops)
{
  TelaCore *core = push->rest->core;
  g_autoptr (GString) refused = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 rev = 0, pruned_rev = 0;

  tela_json_writer_init (&push->refused, refused, 0);
  tela_json_writer_begin_array (&push->refused);
  if (!tela_db_begin (core->db, &error))
    {
      tela_rest_error (push->rest, error);
      return;
    }
  if (!apply (push, ops, &rev, &pruned_rev, &error))
    {
      tela_db_rollback (core->db);
      tela_rest_error (push->rest, error);
      return;
    }
  if (push->ops->len > 0)
    tela_feed_change (core, push->project_id, rev, (char *const *) push->ops->pdata, (const gsize *) push->sizes->data,
                      push->ops->len);
  if (push->ops->len == 0)
    tela_db_rollback (core->db); /* nothing was written */
  else if (!tela_db_commit (core->db, &error))
    {
      tela_rest_error (push->rest, error);
      return;
    }
  tela_json_writer_end_array (&push->refused);
  answer (push->rest, rev, pruned_rev, refused);
}

/* The items of an array, no more than one too many; NULL: it is none. (element-type TelaJsonSpan) */
static GArray *
take_items (TelaJsonSpan array)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TelaJsonSpan));
  TelaJsonReader reader;
  TelaJsonSpan   span;

  tela_json_reader_init (&reader, array.data, (gssize) array.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return NULL;
  while (items->len <= MAX_OPS && tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &span))
    g_array_append_val (items, span);
  return g_steal_pointer (&items);
}

void
tela_push_handle (TelaRest *rest)
{
  g_autofree char *project = tela_rest_project (rest, TELA_ROLE_EDITOR);
  g_autoptr (GArray) ops = NULL;
  TelaJsonSpan value;
  Push         push = { rest };

  if (project == NULL)
    return;
  if (tela_json_find (rest->body, "ops", &value))
    ops = take_items (value);
  if (ops == NULL)
    {
      tela_rest_fail (rest, 404, "PGRST202", "The argument \"ops\" is no array");
      return;
    }
  if (ops->len > MAX_OPS || rest->body.len > MAX_BYTES)
    {
      tela_rest_fail (rest, 413, "54000", "A call holds at most 500 operations and 1 MB");
      return;
    }
  push.project_id = project;
  push.now_ms = tela_now_ms ();
  push.touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) touched_free);
  push.ops = g_ptr_array_new_with_free_func (g_free);
  push.sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
  push_run (&push, ops);
  g_hash_table_unref (push.touched);
  g_ptr_array_unref (push.ops);
  g_array_unref (push.sizes);
}

void
tela_head_handle (TelaRest *rest)
{
  g_autofree char *project = tela_rest_project (rest, TELA_ROLE_VIEWER);
  g_autoptr (GError) error = NULL;
  gint64 rev, pruned_rev;

  if (project == NULL)
    return;
  if (read_head (rest, project, &rev, &pruned_rev, &error))
    answer (rest, rev, pruned_rev, NULL);
  else
    tela_rest_error (rest, error);
}
