/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#define MERGE_BUDGET_US 4000 /* of a frame; what is left waits for the next one */
#define MERGE_BATCH 128
#define HEAD_EVERY_S 20
/* A head that is further than we are: its broadcast may still be on its way. */
#define GAP_PATIENCE_MS 700
#define HEAD_AGAIN_MS 1000 /* while somebody waits for it */
#define MAX_BUFFER 10000

static void
update_joined (TelaSession *self)
{
  if (self->feed.subscription != NULL && realtime_subscription_is_subscribed (self->feed.subscription))
    return;
  if (self->feed.caught_up)
    {
      self->feed.caught_up = FALSE;
      tela_session_notify_live (self);
    }
}

void
tela_session_feed_take (TelaSession    *self,
                        TelaFeedChange *change)
{
  TelaFeed *feed = &self->feed;

  if (g_strcmp0 (change->epoch, feed->epoch) != 0)
    {
      tela_session_catch_up (self);
      return;
    }
  if (change->rev <= feed->pruned_rev)
    return; /* a late one: what is left of it was fetched, and the rest is gone */
  for (guint i = 0; i < change->ops->len; i++)
    {
      TelaElement *op = g_ptr_array_index (change->ops, i);

      tela_clock_observe (&self->clock, tela_element_get_stamp (op));
      g_ptr_array_add (self->incoming, tela_element_ref (op));
    }
  feed->head_rev = MAX (feed->head_rev, change->rev);
  if (change->rev > feed->last + 1)
    tela_session_catch_up (self);
  if (change->rev == feed->last + 1)
    {
      g_hash_table_add (feed->parts, GINT_TO_POINTER ((int) change->part));
      if (g_hash_table_size (feed->parts) >= change->of)
        {
          g_hash_table_remove_all (feed->parts);
          feed->last = change->rev;
          feed->unsaved = TRUE;
        }
    }
  tela_session_want_flush (self);
}

static void
message_cb (TelaSession     *self,
            RealtimeMessage *message)
{
  TelaFeed *feed = &self->feed;
  g_autoptr (TelaFeedChange) change = NULL;

  if (g_str_equal (message->event, "UPDATE"))
    {
      tela_session_project_changed (self);
      return;
    }
  if (!g_str_equal (message->event, "CANVAS_CHANGE") || !message->is_json)
    return;
  change = tela_feed_change_parse (message->payload, message->payload_len, NULL);
  if (change == NULL)
    {
      /* What it said is in the rows. */
      tela_session_catch_up (self);
      return;
    }
  if (!feed->fetching)
    {
      tela_session_feed_take (self, change);
      return;
    }
  if (feed->buffer->len < MAX_BUFFER)
    g_ptr_array_add (feed->buffer, g_steal_pointer (&change));
  else
    feed->again = TRUE;
}

static void
joined_cb (TelaSession *self)
{
  self->feed.attempt = 0;
  tela_session_catch_up (self);
}

static gboolean
gap_cb (gpointer user_data)
{
  TelaSession *self = user_data;

  self->feed.gap_source = 0;
  if (self->feed.head_rev > self->feed.last)
    tela_session_catch_up (self);
  return G_SOURCE_REMOVE;
}

void
tela_session_feed_watch_gap (TelaSession *self)
{
  TelaFeed *feed = &self->feed;

  if (feed->head_rev <= feed->last || feed->gap_source != 0)
    return;
  feed->gap_source = g_timeout_add (GAP_PATIENCE_MS, gap_cb, self);
  g_source_set_name_by_id (feed->gap_source, "[tela] lost broadcast?");
}

/* Another server, an older state of it, or one that has let go of tombstones which we still have. */
static gboolean
is_unlike (const TelaFeed *feed,
           const TelaHead *head)
{
  return g_strcmp0 (head->epoch, feed->epoch) != 0 || head->rev < feed->last || head->pruned_rev > feed->pruned_rev;
}

void
tela_session_feed_head (TelaSession    *self,
                        const TelaHead *head)
{
  TelaFeed *feed = &self->feed;
  gboolean  unlike = *feed->epoch != '\0' && is_unlike (feed, head);

  if (feed->fetching)
    {
      feed->later_rev = MAX (feed->later_rev, head->rev);
      feed->again |= unlike;
      return;
    }
  if (*feed->epoch == '\0')
    return;
  /* It may just be late; the fetch asks again and decides. */
  if (unlike)
    {
      tela_session_catch_up (self);
      return;
    }
  feed->head_rev = MAX (feed->head_rev, head->rev);
  tela_session_feed_watch_gap (self);
}

typedef struct
{
  TelaSession *session; /* owned */
  guint        serial;
} HeadAsk;

static gboolean
ask_again_cb (gpointer user_data)
{
  TelaSession *self = user_data;

  self->feed.head_source = 0;
  tela_session_feed_ask_head (self);
  return G_SOURCE_REMOVE;
}

static void
head_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autofree HeadAsk *ask = user_data;
  g_autoptr (TelaSession) self = ask->session;
  g_autoptr (TelaHead) head = tela_remote_head_finish (TELA_REMOTE (source), result, NULL);
  TelaFeed *feed = &self->feed;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (head != NULL)
    {
      feed->head_told = MAX (feed->head_told, ask->serial);
      tela_session_feed_head (self, head);
    }
  else if (feed->head_told < feed->head_due && feed->head_source == 0)
    {
      feed->head_source = g_timeout_add (HEAD_AGAIN_MS, ask_again_cb, self);
      g_source_set_name_by_id (feed->head_source, "[tela] ask for the head again");
    }
  tela_session_update_state (self);
}

void
tela_session_feed_ask_head (TelaSession *self)
{
  HeadAsk *ask;

  if (!self->online)
    return;
  ask = g_new0 (HeadAsk, 1);
  ask->session = g_object_ref (self);
  ask->serial = ++self->feed.head_asked;
  tela_remote_head_async (self->remote, self->project_id, self->cancellable, head_cb, ask);
}

void
tela_session_feed_drain (TelaSession *self)
{
  /* One that is under way may have been answered before whatever the caller has in mind. */
  self->feed.head_due = self->feed.head_asked + 1;
  tela_session_feed_ask_head (self);
}

gboolean
tela_session_feed_is_drained (TelaSession *self)
{
  const TelaFeed *feed = &self->feed;

  return feed->caught_up && !feed->fetching && feed->head_told >= feed->head_due && feed->last >= feed->head_rev &&
         self->incoming->len == 0 && self->unmerged->len == 0;
}

static gboolean
check_cb (gpointer user_data)
{
  tela_session_feed_ask_head (user_data);
  return G_SOURCE_CONTINUE;
}

/* So many of what waits, and all of an edit together, so that no frame shows half of it. (transfer full) */
static GPtrArray *
take_batch (TelaSession *self)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  while (self->n_merged < self->unmerged->len)
    {
      TelaElement *op = self->unmerged->pdata[self->n_merged];

      if (batch->len >= MERGE_BATCH &&
          tela_stamp_compare (tela_element_get_stamp (op),
                              tela_element_get_stamp (batch->pdata[batch->len - 1])) != 0)
        break;
      g_ptr_array_add (batch, tela_element_ref (op));
      self->n_merged++;
    }

  return batch;
}

static void
merge_unmerged (TelaSession *self,
                gboolean     all)
{
  const gint64 end = g_get_monotonic_time () + MERGE_BUDGET_US;

  while (self->n_merged < self->unmerged->len)
    {
      g_autoptr (GPtrArray) batch = take_batch (self);

      tela_session_edits_check (self, batch);
      tela_session_veils_merge (self, batch);
      if (!all && g_get_monotonic_time () > end)
        break;
    }
  if (self->n_merged < self->unmerged->len)
    {
      tela_session_want_flush (self);
      return;
    }
  g_ptr_array_set_size (self->unmerged, 0);
  self->n_merged = 0;
}

void
tela_session_feed_flush (TelaSession *self,
                         gboolean     all)
{
  TelaFeed *feed = &self->feed;
  g_autoptr (GPtrArray) ops = g_steal_pointer (&self->incoming);

  self->incoming = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  /* The store first: what it answers is in the order of the calls. */
  if (ops->len > 0 || feed->unsaved)
    tela_store_apply_async (self->store, self->project_id, ops, *feed->epoch != '\0' ? feed->epoch : NULL, feed->last,
                            FALSE, NULL, NULL, NULL);
  feed->unsaved = FALSE;
  for (guint i = 0; i < ops->len; i++)
    g_ptr_array_add (self->unmerged, tela_element_ref (ops->pdata[i]));
  merge_unmerged (self, all);
}

void
tela_session_feed_start (TelaSession *self)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  TelaFeed                    *feed = &self->feed;
  g_autofree char             *topic = g_strconcat ("project:", self->project_id, NULL);

  if (feed->subscription != NULL)
    return;
  if (feed->parts == NULL)
    {
      feed->parts = g_hash_table_new (NULL, NULL);
      feed->buffer = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_feed_change_free);
    }
  feed->subscription = realtime_manager_subscribe (self->realtime, topic, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect_object (feed->subscription, "message", G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (feed->subscription, "joined", G_CALLBACK (joined_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (feed->subscription, "notify::is-subscribed", G_CALLBACK (update_joined), self,
                           G_CONNECT_SWAPPED);
  if (feed->head_told < feed->head_due)
    tela_session_feed_ask_head (self);
  feed->check_source = g_timeout_add_seconds (HEAD_EVERY_S, check_cb, self);
  g_source_set_name_by_id (feed->check_source, "[tela] ask for the head");
}

void
tela_session_feed_stop (TelaSession *self)
{
  TelaFeed *feed = &self->feed;

  g_clear_handle_id (&feed->check_source, g_source_remove);
  g_clear_handle_id (&feed->gap_source, g_source_remove);
  g_clear_handle_id (&feed->head_source, g_source_remove);
  g_clear_handle_id (&feed->retry_source, g_source_remove);
  if (feed->subscription != NULL)
    {
      g_signal_handlers_disconnect_by_data (feed->subscription, self);
      realtime_subscription_cancel (feed->subscription);
      g_clear_object (&feed->subscription);
    }
  update_joined (self);
}

void
tela_session_feed_clear (TelaSession *self)
{
  TelaFeed *feed = &self->feed;

  g_clear_pointer (&feed->parts, g_hash_table_unref);
  g_clear_pointer (&feed->buffer, g_ptr_array_unref);
  g_clear_pointer (&feed->fetched, g_ptr_array_unref);
  g_clear_pointer (&feed->head, tela_head_free);
  g_clear_pointer (&feed->cursor_id, g_free);
  g_clear_pointer (&feed->epoch, g_free);
}
