/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-collector.h"

#include <glib/gstdio.h>
#include <string.h>

#include "backend-history.h"
#include "backend-storage.h"

#define NAME_LEN 64 /* of a SHA-256 */
#define DAY_SECONDS (24 * 3600)
#define MAY_GO "(named OR updated_at < ?)"

struct _TelaCollector
{
  TelaCore     *core;
  GCancellable *cancellable;
  GSource      *timer;
  GHashTable   *unwanted; /* while a worker looks: those that nobody has named since. Owned */
  gboolean      again;    /* asked meanwhile */
};

/* What a worker looks at, and finds. */
typedef struct
{
  char       *db_path;
  char       *dir;
  gint64      before;   /* uploaded earlier, if nobody has named it yet */
  GHashTable *unwanted; /* names of assets; what is left was found nowhere */
  GPtrArray  *files;    /* paths of no object */
} Sweep;

static void
sweep_free (Sweep *self)
{
  g_free (self->db_path);
  g_free (self->dir);
  g_hash_table_unref (self->unwanted);
  g_ptr_array_unref (self->files);
  g_free (self);
}

/* ---- Names ---- */

/* They are hashes already, and need not end where a text does. */
static guint
hash_name (gconstpointer name)
{
  guint hash;

  memcpy (&hash, name, sizeof hash);
  return hash ^ ((const guint8 *) name)[NAME_LEN - 1];
}

static gboolean
equal_names (gconstpointer a,
             gconstpointer b)
{
  return memcmp (a, b, NAME_LEN) == 0;
}

static gboolean
is_digit (char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Takes out of @names what stands somewhere in @data, whatever that is otherwise. */
static void
strike (GHashTable *names,
        const char *data,
        gsize       len)
{
  gsize run = 0;

  for (gsize i = 0; i < len; i++)
    {
      run = is_digit (data[i]) ? run + 1 : 0;
      if (run >= NAME_LEN)
        g_hash_table_remove (names, data + i + 1 - NAME_LEN);
    }
}

/* ---- The worker ---- */

static const char *const texts[] = {
  "SELECT body FROM elements",
  "SELECT ops FROM history",
  "SELECT coalesce (asset, '') || ' ' || coalesce (input, '') || ' ' || coalesce (output, '') FROM fal_jobs",
};
static const char *const dumps[] = {
  "SELECT body FROM history_bases",
  "SELECT body FROM versions",
};

static gboolean
strike_row (Sweep        *self,
            sqlite3_stmt *row,
            gboolean      dump,
            GError      **error)
{
  const void      *data = sqlite3_column_blob (row, 0);
  gsize            len = (gsize) sqlite3_column_bytes (row, 0);
  g_autofree char *text = NULL;

  if (dump)
    {
      text = tela_history_unpack (data, len, &len, error);
      if (text == NULL)
        return FALSE;
      data = text;
    }
  strike (self->unwanted, data, len);
  return TRUE;
}

static gboolean
strike_rows (Sweep        *self,
             sqlite3      *handle,
             const char   *sql,
             gboolean      dump,
             GCancellable *cancellable,
             GError      **error)
{
  sqlite3_stmt *row = NULL;
  gboolean      ok = sqlite3_prepare_v2 (handle, sql, -1, &row, NULL) == SQLITE_OK;
  int           rc = SQLITE_ROW;

  while (ok && (rc = sqlite3_step (row)) == SQLITE_ROW)
    ok = !g_cancellable_set_error_if_cancelled (cancellable, error) && strike_row (self, row, dump, error);
  if ((!ok || rc != SQLITE_DONE) && *error == NULL)
    {
      g_set_error_literal (error, TELA_DB_ERROR, sqlite3_errcode (handle), sqlite3_errmsg (handle));
      ok = FALSE;
    }
  sqlite3_finalize (row);
  return ok;
}

/* A file of a hash, or what an upload that was cut off left of one. */
static gboolean
list_file (Sweep        *self,
           sqlite3_stmt *known,
           const char   *dir,
           const char   *name)
{
  if (strspn (name, "0123456789abcdef") != NAME_LEN || (name[NAME_LEN] != '\0' && name[NAME_LEN] != '.'))
    return TRUE;
  sqlite3_reset (known);
  sqlite3_bind_text (known, 1, name, -1, SQLITE_TRANSIENT);
  switch (sqlite3_step (known))
    {
    case SQLITE_DONE:
      g_ptr_array_add (self->files, g_build_filename (dir, name, NULL));
      return TRUE;
    case SQLITE_ROW:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
list_files (Sweep        *self,
            sqlite3      *handle,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GDir) dirs = g_dir_open (self->dir, 0, NULL);
  sqlite3_stmt *known = NULL;
  gboolean      ok = sqlite3_prepare_v2 (handle, "SELECT 1 FROM objects WHERE hash = ?", -1, &known, NULL) == SQLITE_OK;
  const char   *prefix, *name;

  while (ok && dirs != NULL && (prefix = g_dir_read_name (dirs)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->dir, prefix, NULL);
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

      while (ok && dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        ok = !g_cancellable_set_error_if_cancelled (cancellable, error) && list_file (self, known, path, name);
    }
  if (!ok && *error == NULL)
    g_set_error_literal (error, TELA_DB_ERROR, sqlite3_errcode (handle), sqlite3_errmsg (handle));
  sqlite3_finalize (known);
  return ok;
}

static gboolean
look (Sweep        *self,
      sqlite3      *handle,
      GCancellable *cancellable,
      GError      **error)
{
  sqlite3_busy_timeout (handle, 5000);
  for (guint i = 0; i < G_N_ELEMENTS (texts) && g_hash_table_size (self->unwanted) > 0; i++)
    if (!strike_rows (self, handle, texts[i], FALSE, cancellable, error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (dumps) && g_hash_table_size (self->unwanted) > 0; i++)
    if (!strike_rows (self, handle, dumps[i], TRUE, cancellable, error))
      return FALSE;
  return list_files (self, handle, cancellable, error);
}

/* A reader of its own, as boards may be large. */
static void
look_in_worker (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Sweep   *self = data;
  sqlite3 *handle = NULL;
  GError  *error = NULL;

  if (sqlite3_open_v2 (self->db_path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    g_task_return_new_error (task, TELA_DB_ERROR, sqlite3_errcode (handle), "%s", sqlite3_errmsg (handle));
  else if (look (self, handle, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  sqlite3_close (handle);
}

/* ---- What it found ---- */

static void
remove_assets (TelaCollector *self,
               Sweep         *sweep)
{
  GHashTableIter iter;
  gpointer       name;

  if (!tela_db_begin (self->core->db, NULL))
    return;
  g_hash_table_iter_init (&iter, sweep->unwanted);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (self->unwanted, name) ||
        !tela_db_run (self->core->db, NULL,
                      "DELETE FROM objects WHERE bucket_id = '" TELA_STORAGE_ASSETS "' AND name = ? AND " MAY_GO,
                      "si", name, sweep->before))
      g_hash_table_iter_remove (&iter);
  if (!tela_db_commit (self->core->db, NULL))
    return;
  g_hash_table_iter_init (&iter, sweep->unwanted);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    tela_storage_let_go (self->core, name);
}

static void
remove_files (TelaCollector *self,
              Sweep         *sweep)
{
  for (guint i = 0; i < sweep->files->len; i++)
    {
      g_autofree char *name = g_path_get_basename (sweep->files->pdata[i]);

      if (name[NAME_LEN] == '\0')
        tela_storage_let_go (self->core, name);
      else if (self->core->n_uploads == 0)
        g_unlink (sweep->files->pdata[i]);
    }
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  TelaCollector *self = data;
  Sweep         *sweep = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  self->core->n_jobs--;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      remove_assets (self, sweep);
      remove_files (self, sweep);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("What nobody names any more stays on the disk: %s", error->message);
  g_clear_pointer (&self->unwanted, g_hash_table_unref);
  if (self->again)
    tela_collector_ask (self);
}

/* ---- Beginning ---- */

/* Then somebody may still mend the database, which knows what the bytes are. */
static gboolean
is_damaged (TelaCore *core)
{
  g_autoptr (GDir) dir = g_dir_open (core->data_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "backend.db.damaged-"))
      return TRUE;
  return FALSE;
}

static void
list_candidates (TelaCollector *self,
                 Sweep         *sweep)
{
  sqlite3_stmt *row = tela_db_prepare (
      self->core->db, NULL,
      "SELECT name FROM objects WHERE bucket_id = '" TELA_STORAGE_ASSETS "' AND " MAY_GO, "i", sweep->before);

  while (row != NULL && tela_db_step (self->core->db, row, NULL))
    {
      const char *name = (const char *) sqlite3_column_text (row, 0);

      if (strlen (name) != NAME_LEN)
        continue;
      g_hash_table_add (sweep->unwanted, g_strdup (name));
      g_hash_table_add (self->unwanted, g_strdup (name));
    }
}

void
tela_collector_ask (TelaCollector *self)
{
  TelaCore *core = self->core;
  Sweep    *sweep;
  g_autoptr (GTask) task = NULL;
  g_autofree char *dir = g_build_filename (core->data_dir, "assets", NULL);

  self->again = self->unwanted != NULL;
  if (self->again || g_cancellable_is_cancelled (self->cancellable) || !g_file_test (dir, G_FILE_TEST_IS_DIR) ||
      is_damaged (core))
    return;
  sweep = g_new0 (Sweep, 1);
  sweep->db_path = g_strdup (core->db->path);
  sweep->dir = g_steal_pointer (&dir);
  sweep->before = tela_now_ms () - TELA_COLLECTOR_GRACE_MS;
  sweep->unwanted = g_hash_table_new_full (hash_name, equal_names, g_free, NULL);
  sweep->files = g_ptr_array_new_with_free_func (g_free);
  self->unwanted = g_hash_table_new_full (hash_name, equal_names, g_free, NULL);
  list_candidates (self, sweep);
  core->n_jobs++;
  task = g_task_new (NULL, self->cancellable, looked_cb, self);
  g_task_set_task_data (task, sweep, (GDestroyNotify) sweep_free);
  g_task_run_in_thread (task, look_in_worker);
}

void
tela_collector_note (TelaCollector *self,
                     const char    *data,
                     gsize          len)
{
  if (self->unwanted != NULL)
    strike (self->unwanted, data, len);
}

/* ---- Life ---- */

static gboolean
day_cb (gpointer data)
{
  tela_collector_ask (data);
  return G_SOURCE_CONTINUE;
}

TelaCollector *
tela_collector_new (TelaCore *core)
{
  TelaCollector *self = g_new0 (TelaCollector, 1);

  self->core = core;
  self->cancellable = g_cancellable_new ();
  self->timer = g_timeout_source_new_seconds (DAY_SECONDS);
  g_source_set_static_name (self->timer, "tela-backend-collector");
  g_source_set_callback (self->timer, day_cb, self, NULL);
  g_source_attach (self->timer, core->context);
  tela_collector_ask (self);
  return self;
}

void
tela_collector_stop (TelaCollector *self)
{
  g_cancellable_cancel (self->cancellable);
}

void
tela_collector_free (TelaCollector *self)
{
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_object_unref (self->cancellable);
  g_free (self);
}
