/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-outbox.h"

#include <glib/gi18n-lib.h>

#define MAX_OPS 500
#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS 30000
/* A correction smaller than this is not worth new stamps. */
#define DRIFT_TOLERANCE_MS 2000

struct _TelaOutbox
{
  GObject parent_instance;

  TelaStore              *store;
  TelaRemote             *remote;
  TelaAssets             *assets;
  char                   *project_id;
  char                   *offset_note; /* a board that stays closed while another one is corrected must not be taken for corrected */
  const TelaOutboxEvents *events;      /* borrowed */
  gpointer                user_data;

  GCancellable *cancellable;
  gboolean      blocked;
  gboolean      busy;
  gboolean      again; /* kicked while busy */
  gboolean      idle;
  guint         attempt;
  guint         retry_source;
  gint64        offset_ms; /* under which what waits was stamped */
  gboolean      corrected; /* the server found stamps in the future, and it is tried once more */

  GPtrArray *rows;     /* TelaOutboxRow: the batch under way */
  GPtrArray *ops;      /* TelaElement, borrowed from the rows */
  GArray    *op_rows;  /* guint: which row each of them is from */
  GPtrArray *refusals; /* TelaOutboxRefusal */
  GPtrArray *put_back; /* TelaElement, borrowed from the rows: refused for nothing but their stamps */
};

G_DEFINE_FINAL_TYPE (TelaOutbox, tela_outbox, G_TYPE_OBJECT)

#define EMIT(self, event, ...)                           \
  G_STMT_START                                           \
  {                                                      \
    if ((self)->events != NULL && (self)->events->event) \
      (self)->events->event (__VA_ARGS__);               \
  }                                                      \
  G_STMT_END

static void start (TelaOutbox *self);
static void correct (TelaOutbox *self);
static void load (TelaOutbox *self);

static void
refusal_free (TelaOutboxRefusal *self)
{
  tela_element_unref (self->op);
  g_free (self->code);
  g_free (self->message);
  g_free (self);
}

static void
clear_batch (TelaOutbox *self)
{
  g_clear_pointer (&self->ops, g_ptr_array_unref);
  g_clear_pointer (&self->op_rows, g_array_unref);
  g_clear_pointer (&self->refusals, g_ptr_array_unref);
  g_clear_pointer (&self->put_back, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
}

static void
changed (TelaOutbox *self)
{
  EMIT (self, changed, self->user_data);
}

static void
stop (TelaOutbox *self)
{
  clear_batch (self);
  self->busy = FALSE;
  changed (self);
}

static gboolean
retry_cb (gpointer user_data)
{
  TelaOutbox *self = user_data;

  self->retry_source = 0;
  start (self);
  return G_SOURCE_REMOVE;
}

/* The server could not be asked, or could not answer. */
static void
retry_later (TelaOutbox *self)
{
  guint delay = RETRY_FIRST_MS << MIN (self->attempt, 5);

  delay = MIN (delay, RETRY_MAX_MS);
  delay = delay * 3 / 4 + (guint) g_random_int_range (0, (gint32) delay / 4 + 1);
  self->attempt++;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  self->retry_source = g_timeout_add (delay, retry_cb, self);
  g_source_set_name_by_id (self->retry_source, "[tela] push again");
  stop (self);
}

/* The store cannot be read or written: nothing here can mend that. */
static void
store_failed (TelaOutbox *self,
              GError     *error)
{
  EMIT (self, failed, error, self->user_data);
  stop (self);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Something of it is pushed again. */
static gboolean
is_put_back (TelaOutbox          *self,
             const TelaOutboxRow *row)
{
  for (guint i = 0; i < self->put_back->len; i++)
    for (guint j = 0; j < row->ops->len; j++)
      if (g_ptr_array_index (row->ops, j) == g_ptr_array_index (self->put_back, i))
        return TRUE;
  return FALSE;
}

static void
settled_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) replaced = tela_store_settle_finish (TELA_STORE (source), result, &error);
  g_autoptr (GArray) gestures = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (replaced == NULL)
    {
      store_failed (self, error);
      return;
    }

  gestures = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < self->rows->len; i++)
    {
      const TelaOutboxRow *row = g_ptr_array_index (self->rows, i);

      if (row->id == row->gesture && !is_put_back (self, row))
        g_array_append_val (gestures, row->gesture);
    }
  EMIT (self, settled, gestures, self->refusals, replaced, self->user_data);
  clear_batch (self);
  self->attempt = 0;
  correct (self);
}

/* The row of an operation: it is found again by the operation, which is shared with it. */
static gint64
row_of (TelaOutbox        *self,
        const TelaElement *op)
{
  for (guint i = 0; i < self->ops->len; i++)
    if (g_ptr_array_index (self->ops, i) == op)
      return ((TelaOutboxRow *) g_ptr_array_index (self->rows, g_array_index (self->op_rows, guint, i)))->id;
  return 0;
}

static void
settle (TelaOutbox *self)
{
  g_autofree TelaRefusal *refused = g_new0 (TelaRefusal, self->refusals->len + self->put_back->len + 1);
  g_autofree gint64      *ids = g_new (gint64, self->rows->len);
  gsize                   n_refused = 0;

  for (guint i = 0; i < self->rows->len; i++)
    ids[i] = ((TelaOutboxRow *) g_ptr_array_index (self->rows, i))->id;
  for (guint i = 0; i < self->refusals->len; i++)
    {
      const TelaOutboxRefusal *one = g_ptr_array_index (self->refusals, i);

      refused[n_refused++] = (TelaRefusal){ row_of (self, one->op), one->op, one->code, one->message };
    }
  for (guint i = 0; i < self->put_back->len; i++)
    {
      TelaElement *op = g_ptr_array_index (self->put_back, i);

      refused[n_refused++] = (TelaRefusal){ row_of (self, op), op, NULL, NULL };
    }
  EMIT (self, settling, self->user_data);
  tela_store_settle_async (self->store, self->project_id, ids, self->rows->len, refused, n_refused, NULL, settled_cb,
                           g_object_ref (self));
}

/* What the server says is in its own language: common reasons get our words. */
static const char *
words_of (const char *code,
          const char *message)
{
  if (g_strcmp0 (code, "future") == 0)
    return _ ("The clock of this computer is ahead of the server’s");
  if (g_strcmp0 (code, "too_large") == 0)
    return _ ("The element is too large");
  return message != NULL ? message : _ ("The server refused the change");
}

static void
refuse (TelaOutbox *self,
        guint       i,
        const char *code,
        const char *message)
{
  TelaOutboxRefusal   *one;
  const TelaOutboxRow *row;

  if (i >= self->ops->len)
    return;
  one = g_new0 (TelaOutboxRefusal, 1);
  row = g_ptr_array_index (self->rows, g_array_index (self->op_rows, guint, i));
  one->gesture = row->gesture;
  one->op = tela_element_ref (g_ptr_array_index (self->ops, i));
  one->code = g_strdup (code != NULL ? code : "refused");
  one->message = g_strdup (words_of (code, message));
  g_ptr_array_add (self->refusals, one);
}

static void
pushed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaHead) head = tela_remote_push_finish (TELA_REMOTE (source), result, &error);

  if (is_cancelled (error) || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (head == NULL && !g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED))
    {
      retry_later (self);
      return;
    }

  if (head != NULL && self->events != NULL && self->events->is_past != NULL &&
      self->events->is_past (head, self->user_data))
    {
      EMIT (self, head, head, self->user_data);
      retry_later (self);
      return;
    }

  if (head != NULL)
    {
      for (guint i = 0; i < head->refused->len; i++)
        {
          const TelaRefused *one = g_ptr_array_index (head->refused, i);

          if (g_strcmp0 (one->code, "future") == 0 && !self->corrected && one->i < self->ops->len)
            g_ptr_array_add (self->put_back, g_ptr_array_index (self->ops, one->i));
          else
            refuse (self, one->i, one->code, one->message);
        }
      self->corrected = self->put_back->len > 0;
      EMIT (self, head, head, self->user_data);
    }
  else
    {
      for (guint i = 0; i < self->ops->len; i++)
        refuse (self, i, "refused", error->message);
    }
  settle (self);
}

static void
send_batch (TelaOutbox *self)
{
  tela_remote_push_async (self->remote, self->project_id, (TelaElement *const *) self->ops->pdata, self->ops->len,
                          self->cancellable, pushed_cb, g_object_ref (self));
}

static void
marked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = tela_store_mark_pushed_finish (TELA_STORE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (ok)
    send_batch (self);
  else
    store_failed (self, error);
}

/* What may have left must not be stamped anew, also by a process that comes after us: first of all that is written down. */
static void
push (TelaOutbox *self)
{
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (gint64));

  self->ops = g_ptr_array_new ();
  self->op_rows = g_array_new (FALSE, FALSE, sizeof (guint));
  self->refusals = g_ptr_array_new_with_free_func ((GDestroyNotify) refusal_free);
  self->put_back = g_ptr_array_new ();
  for (guint i = 0; i < self->rows->len; i++)
    {
      const TelaOutboxRow *row = g_ptr_array_index (self->rows, i);

      if (!row->pushed)
        g_array_append_val (fresh, row->id);
      for (guint j = 0; j < row->ops->len; j++)
        {
          g_ptr_array_add (self->ops, g_ptr_array_index (row->ops, j));
          g_array_append_val (self->op_rows, i);
        }
    }
  if (fresh->len > 0)
    tela_store_mark_pushed_async (self->store, (const gint64 *) (gpointer) fresh->data, fresh->len, self->cancellable,
                                  marked_cb, g_object_ref (self));
  else
    send_batch (self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = tela_store_outbox_finish (TELA_STORE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (rows == NULL)
    {
      store_failed (self, error);
      return;
    }
  if (rows->len > 0)
    {
      self->rows = g_steal_pointer (&rows);
      push (self);
      return;
    }
  if (self->again)
    {
      load (self);
      return;
    }
  self->idle = TRUE;
  stop (self);
}

static gboolean
is_held (TelaOutbox *self)
{
  return self->blocked || !tela_remote_has_endpoint (self->remote) || !tela_assets_is_idle (self->assets);
}

static void
load (TelaOutbox *self)
{
  self->again = FALSE;
  if (is_held (self))
    {
      stop (self);
      return;
    }
  tela_store_outbox_async (self->store, self->project_id, MAX_OPS, self->cancellable, loaded_cb, g_object_ref (self));
}

static void
restamped_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) stamps = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  gboolean ok = tela_store_restamp_finish (TELA_STORE (source), result, &stamps, &elements, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!ok)
    {
      store_failed (self, error);
      return;
    }
  EMIT (self, restamped, stamps, elements, self->user_data);
  load (self);
}

/* Before anything is sent: is our clock what we took it for when we stamped? */
static void
correct (TelaOutbox *self)
{
  gint64           measured = self->offset_ms;
  gint64           shift, limit = 0;
  g_autofree char *text = NULL;

  tela_remote_get_offset (self->remote, &measured);
  shift = measured - self->offset_ms;
  if (ABS (shift) <= DRIFT_TOLERANCE_MS && !self->corrected)
    {
      load (self);
      return;
    }
  self->offset_ms = measured;
  text = g_strdup_printf ("%" G_GINT64_FORMAT, measured);
  EMIT (self, restamping, measured, self->user_data);
  /* What was put back was sent under a correction that was none. */
  if (self->corrected)
    limit = tela_remote_get_wall_ms (self->remote) + measured;
  tela_store_restamp_async (self->store, self->project_id, shift, limit, NULL, restamped_cb, g_object_ref (self));
  tela_store_put_note (self->store, self->offset_note, text);
}

static void
measured_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (TelaOutbox) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaHead) head = tela_remote_head_finish (TELA_REMOTE (source), result, &error);

  if (is_cancelled (error) || g_cancellable_is_cancelled (self->cancellable))
    return;
  if (head != NULL)
    EMIT (self, head, head, self->user_data);
  /* Refused: no right to read, most likely; the push will be told so, operation by operation. */
  if (head != NULL || g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED))
    correct (self);
  else
    retry_later (self);
}

static void
start (TelaOutbox *self)
{
  gint64 offset;

  if (self->busy || is_held (self))
    return;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  self->busy = TRUE;
  self->idle = FALSE;
  changed (self);
  if (tela_remote_get_offset (self->remote, &offset))
    correct (self);
  else
    tela_remote_head_async (self->remote, self->project_id, self->cancellable, measured_cb, g_object_ref (self));
}

static void
offset_cb (TelaOutbox *self)
{
  gint64 measured;

  /* A clock that was set while nothing waits: stamps to come must know. */
  if (!self->busy && tela_remote_get_offset (self->remote, &measured) &&
      ABS (measured - self->offset_ms) > DRIFT_TOLERANCE_MS)
    start (self);
}

static void
assets_cb (TelaOutbox *self)
{
  if (tela_assets_is_idle (self->assets))
    tela_outbox_kick (self);
}

static void
tela_outbox_dispose (GObject *object)
{
  TelaOutbox *self = TELA_OUTBOX (object);

  tela_outbox_close (self);
  g_clear_object (&self->store);
  g_clear_object (&self->remote);
  g_clear_object (&self->assets);
  G_OBJECT_CLASS (tela_outbox_parent_class)->dispose (object);
}

static void
tela_outbox_finalize (GObject *object)
{
  TelaOutbox *self = TELA_OUTBOX (object);

  clear_batch (self);
  g_clear_object (&self->cancellable);
  g_free (self->project_id);
  g_free (self->offset_note);
  G_OBJECT_CLASS (tela_outbox_parent_class)->finalize (object);
}

static void
tela_outbox_class_init (TelaOutboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_outbox_dispose;
  object_class->finalize = tela_outbox_finalize;
}

static void
tela_outbox_init (TelaOutbox *self)
{
  self->cancellable = g_cancellable_new ();
  self->blocked = TRUE;
}

TelaOutbox *
tela_outbox_new (TelaStore  *store,
                 TelaRemote *remote,
                 TelaAssets *assets,
                 const char *project_id)
{
  TelaOutbox      *self = g_object_new (TELA_TYPE_OUTBOX, NULL);
  g_autofree char *note = NULL;

  self->store = g_object_ref (store);
  self->remote = g_object_ref (remote);
  self->assets = g_object_ref (assets);
  self->project_id = g_strdup (project_id);
  self->offset_note = g_strconcat ("clock offset ", project_id, NULL);
  note = tela_store_get_note (store, self->offset_note);
  self->offset_ms = note != NULL ? g_ascii_strtoll (note, NULL, 10) : 0;
  g_signal_connect_object (remote, "offset", G_CALLBACK (offset_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (assets, "notify::idle", G_CALLBACK (assets_cb), self, G_CONNECT_SWAPPED);
  return self;
}

void
tela_outbox_set_events (TelaOutbox             *self,
                        const TelaOutboxEvents *events,
                        gpointer                user_data)
{
  self->events = events;
  self->user_data = user_data;
}

gint64
tela_outbox_get_offset (TelaOutbox *self)
{
  return self->offset_ms;
}

void
tela_outbox_set_blocked (TelaOutbox *self,
                         gboolean    blocked)
{
  if (self->blocked == blocked)
    return;
  self->blocked = blocked;
  if (!blocked)
    tela_outbox_retry (self);
}

void
tela_outbox_kick (TelaOutbox *self)
{
  self->again = TRUE;
  self->idle = FALSE;
  if (self->retry_source == 0)
    start (self);
}

void
tela_outbox_retry (TelaOutbox *self)
{
  self->attempt = 0;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  tela_outbox_kick (self);
}

gboolean
tela_outbox_is_idle (TelaOutbox *self)
{
  return self->idle && !self->busy;
}

gboolean
tela_outbox_is_stuck (TelaOutbox *self)
{
  return self->retry_source != 0;
}

void
tela_outbox_close (TelaOutbox *self)
{
  self->events = NULL;
  self->blocked = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_source, g_source_remove);
}
