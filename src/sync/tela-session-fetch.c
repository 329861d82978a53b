/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS 30000

static void next_page (TelaSession *self);

static gboolean
retry_cb (gpointer user_data)
{
  TelaSession *self = user_data;

  self->feed.retry_source = 0;
  tela_session_catch_up (self);
  return G_SOURCE_REMOVE;
}

static void
end_fetch (TelaSession *self)
{
  TelaFeed *feed = &self->feed;

  feed->fetching = FALSE;
  g_clear_pointer (&feed->head, tela_head_free);
  g_clear_pointer (&feed->cursor_id, g_free);
  g_clear_pointer (&feed->fetched, g_ptr_array_unref);
}

static void
fetch_failed (TelaSession *self)
{
  TelaFeed *feed = &self->feed;
  guint     delay = MIN (RETRY_FIRST_MS << MIN (feed->attempt, 5), RETRY_MAX_MS);

  end_fetch (self);
  g_ptr_array_set_size (feed->buffer, 0); /* the next fetch brings it */
  feed->attempt++;
  g_clear_handle_id (&feed->retry_source, g_source_remove);
  feed->retry_source = g_timeout_add (delay, retry_cb, self);
  g_source_set_name_by_id (feed->retry_source, "[tela] fetch again");
}

static char *
pruned_note (TelaSession *self)
{
  return g_strconcat ("pruned ", self->project_id, NULL);
}

void
tela_session_fetch_init (TelaSession *self)
{
  g_autofree char *name = pruned_note (self);
  g_autofree char *note = tela_store_get_note (self->store, name);

  self->feed.pruned_rev = note != NULL ? g_ascii_strtoll (note, NULL, 10) : 0;
}

/* After what it is said of is in the store. */
static void
save_pruned (TelaSession *self)
{
  g_autofree char *name = pruned_note (self);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, self->feed.pruned_rev);

  self->feed.pruned_unsaved = FALSE;
  tela_store_put_note (self->store, name, text);
}

static void
caught_up (TelaSession *self)
{
  TelaFeed *feed = &self->feed;
  g_autoptr (GPtrArray) buffer = g_steal_pointer (&feed->buffer);
  gboolean again = feed->again;

  feed->buffer = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_feed_change_free);
  feed->attempt = 0;
  feed->again = FALSE;
  if (feed->pruned_unsaved)
    save_pruned (self);
  end_fetch (self);
  for (guint i = 0; i < buffer->len; i++)
    tela_session_feed_take (self, g_ptr_array_index (buffer, i));
  if (again)
    tela_session_catch_up (self);
  tela_session_feed_watch_gap (self);
  if (!feed->fetching && !feed->caught_up && feed->subscription != NULL &&
      realtime_subscription_is_subscribed (feed->subscription))
    {
      feed->caught_up = TRUE;
      tela_session_notify_live (self);
    }
  tela_session_update_state (self);
}

/* Epoch and revision of a finished fetch. */
static void
advance (TelaSession *self)
{
  TelaFeed *feed = &self->feed;

  feed->pruned_unsaved |= feed->pruned_rev != feed->head->pruned_rev;
  feed->pruned_rev = feed->head->pruned_rev;
  g_free (feed->epoch);
  feed->epoch = g_strdup (feed->head->epoch);
  feed->last = MAX (feed->head->rev, feed->cursor_rev);
  feed->head_rev = MAX (feed->last, feed->later_rev);
  feed->unsaved = TRUE;
  g_hash_table_remove_all (feed->parts);
}

typedef struct
{
  GHashTable *theirs;  /* borrowed id → borrowed TelaElement */
  GPtrArray  *lacking; /* TelaElement, each of one stamp */
} Lacking;

static void
add_by_stamp (GPtrArray         *ops,
              const TelaElement *element)
{
  for (guint i = 0; i < tela_element_get_n (element); i++)
    {
      TelaStamp stamp, before;
      gboolean  seen = FALSE;

      tela_element_get_nth (element, i, NULL, &stamp);
      for (guint j = 0; j < i && !seen; j++)
        {
          tela_element_get_nth (element, j, NULL, &before);
          seen = tela_stamp_compare (stamp, before) == 0;
        }
      if (!seen)
        g_ptr_array_add (ops, tela_element_at_stamp (element, stamp));
    }
}

static void
find_lacking_cb (const TelaElement *element,
                 gpointer           user_data)
{
  Lacking           *self = user_data;
  const TelaElement *theirs = g_hash_table_lookup (self->theirs, tela_element_get_id (element));
  g_autoptr (TelaElement) lacking = tela_element_difference (theirs, element);

  if (lacking != NULL)
    add_by_stamp (self->lacking, lacking);
}

/* What we have and the server has not (any more), as operations under the stamps that they had. */
static GPtrArray *
not_in (TelaSession *self,
        GPtrArray   *elements)
{
  g_autoptr (GHashTable) theirs = g_hash_table_new (g_str_hash, g_str_equal);
  Lacking lacking = { theirs, g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref) };

  for (guint i = 0; i < elements->len; i++)
    {
      TelaElement *element = g_ptr_array_index (elements, i);

      g_hash_table_insert (theirs, (gpointer) tela_element_get_id (element), element);
    }
  tela_board_foreach (self->board, find_lacking_cb, &lacking);
  return lacking.lacking;
}

static void
resync (TelaSession *self)
{
  g_autoptr (GPtrArray) lacking = not_in (self, self->feed.fetched);

  for (guint i = 0; i < self->feed.fetched->len; i++)
    g_ptr_array_add (self->incoming, tela_element_ref (g_ptr_array_index (self->feed.fetched, i)));
  advance (self);
  tela_session_flush_all (self);
  if (lacking->len > 0)
    tela_session_commit (self, NULL, lacking, TELA_EDIT_NONE, NULL, NULL, NULL);
  caught_up (self);
}

static void
add_missing_cb (const TelaElement *element,
                gpointer           user_data)
{
  Lacking *self = user_data;

  if (!g_hash_table_contains (self->theirs, tela_element_get_id (element)))
    g_ptr_array_add (self->lacking,
                     tela_op_builder_end (tela_op_builder_new (tela_element_get_id (element)), (TelaStamp){ 0 }));
}

static void
reset_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (TelaSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaStoredBoard) stored = tela_store_load_finish (TELA_STORE (source), result, &error);
  g_autoptr (GHashTable) theirs = NULL;
  Lacking gone;

  if (self->closed)
    return;
  if (stored == NULL)
    {
      tela_session_journal_end (self, self->reset_from, NULL);
      tela_session_fail (self, error);
      return;
    }
  theirs = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < stored->elements->len; i++)
    g_hash_table_add (theirs, (gpointer) tela_element_get_id (g_ptr_array_index (stored->elements, i)));
  gone = (Lacking){ theirs, stored->elements };
  tela_board_foreach (self->board, add_missing_cb, &gone);
  tela_session_journal_end (self, self->reset_from, stored->elements);
  caught_up (self);
}

/* The store knows what of the outbox goes on top, so the board is read from there. */
static void
reset (TelaSession *self)
{
  tela_session_flush_all (self);
  advance (self);
  self->feed.unsaved = FALSE;
  /* What others wrote before is no more; what we did waits in the outbox. */
  self->reset_from = tela_session_journal_begin (self);
  tela_store_apply_async (self->store, self->project_id, self->feed.fetched, self->feed.epoch, self->feed.last, TRUE,
                          NULL, NULL, NULL);
  tela_store_load_async (self->store, self->project_id, NULL, reset_loaded_cb, g_object_ref (self));
}

static void
all_fetched (TelaSession *self)
{
  switch (self->feed.mode)
    {
    case TELA_FETCH_CHANGES:
      advance (self);
      tela_session_want_flush (self);
      caught_up (self);
      break;
    case TELA_FETCH_RESET:
      reset (self);
      break;
    case TELA_FETCH_RESYNC:
      resync (self);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
page_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaSession) self = user_data;
  g_autoptr (TelaPage) page = tela_remote_page_finish (TELA_REMOTE (source), result, NULL);
  TelaFeed  *feed = &self->feed;
  GPtrArray *into = feed->mode == TELA_FETCH_CHANGES ? self->incoming : feed->fetched;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (page == NULL)
    {
      fetch_failed (self);
      return;
    }
  for (guint i = 0; i < page->elements->len; i++)
    {
      TelaElement *element = g_ptr_array_index (page->elements, i);

      tela_clock_observe (&self->clock, tela_element_get_stamp (element));
      g_ptr_array_add (into, tela_element_ref (element));
    }
  if (page->n_rows > 0)
    {
      feed->cursor_rev = page->rev;
      g_free (feed->cursor_id);
      feed->cursor_id = g_steal_pointer (&page->id);
    }
  if (page->n_rows < TELA_REMOTE_PAGE_ROWS)
    {
      all_fetched (self);
      return;
    }
  if (feed->mode == TELA_FETCH_CHANGES)
    tela_session_want_flush (self);
  next_page (self);
}

static void
next_page (TelaSession *self)
{
  TelaFeed *feed = &self->feed;

  tela_remote_page_async (self->remote, self->project_id, feed->cursor_rev, feed->cursor_id, self->cancellable, page_cb,
                          g_object_ref (self));
}

static TelaFetchMode
choose_mode (const TelaFeed *feed,
             const TelaHead *head)
{
  if (*feed->epoch == '\0')
    return TELA_FETCH_CHANGES;
  /* First of all: what we have may be what a tombstone was of that is gone. */
  if (feed->last < head->pruned_rev)
    return TELA_FETCH_RESET;
  if (g_strcmp0 (head->epoch, feed->epoch) != 0 || head->rev < feed->asked_at)
    return TELA_FETCH_RESYNC;
  /* Our own tombstones go with the server's, or one of us could bring back by half what the other does not know. */
  if (feed->pruned_rev < head->pruned_rev)
    return TELA_FETCH_RESET;
  return TELA_FETCH_CHANGES;
}

static void
head_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaSession) self = user_data;
  g_autoptr (TelaHead) head = tela_remote_head_finish (TELA_REMOTE (source), result, NULL);
  TelaFeed *feed = &self->feed;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (head == NULL)
    {
      fetch_failed (self);
      return;
    }
  feed->head = g_steal_pointer (&head);
  feed->mode = choose_mode (feed, feed->head);
  feed->cursor_rev = feed->mode == TELA_FETCH_CHANGES ? feed->last : -1;
  if (feed->mode != TELA_FETCH_CHANGES)
    feed->fetched = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  else if (feed->head->rev == feed->last)
    {
      all_fetched (self);
      return;
    }
  next_page (self);
}

gboolean
tela_session_feed_is_past (TelaSession    *self,
                           const TelaHead *head)
{
  const TelaFeed *feed = &self->feed;

  return *feed->epoch != '\0' && (g_strcmp0 (head->epoch, feed->epoch) != 0 || head->pruned_rev < feed->pruned_rev);
}

void
tela_session_catch_up (TelaSession *self)
{
  TelaFeed *feed = &self->feed;

  if (!self->online || self->closed)
    return;
  g_clear_handle_id (&feed->retry_source, g_source_remove);
  if (feed->fetching)
    {
      feed->again = TRUE;
      return;
    }
  feed->fetching = TRUE;
  feed->asked_at = feed->last;
  feed->later_rev = -1;
  tela_remote_head_async (self->remote, self->project_id, self->cancellable, head_cb, g_object_ref (self));
}
