/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-batcher.h"

#include <string.h>

#include "realtime-private.h"

#define ANY_EVENT "*"

/* The listeners of one event of a topic. */
typedef struct
{
  guint n_all;
  guint n_latest;
} Interest;

/* The listeners of one topic. */
typedef struct
{
  const char *topic;  /* interned */
  gsize       len;    /* of it */
  GHashTable *events; /* name to Interest */
  guint       n_listeners;
  guint       n_latest; /* of them */
} Route;

struct _RealtimeBatcher
{
  RealtimeBatchFunc func;
  gpointer          user_data;
  GSource          *source; /* owned; in the owner's context */
  gint64            interval;

  GMutex      lock;     /* guards what follows */
  GQueue      waiting;  /* of RealtimeEvent */
  GHashTable *latest;   /* RealtimeMessage to its link in waiting */
  GHashTable *routes;   /* topic to Route */
  Route      *last;     /* that was looked for; borrowed, nullable */
  gsize       n_bytes;  /* of the frames that wait */
  gboolean    is_armed; /* the source will fire by itself */

  RealtimeBatchCounts counts;
};

typedef struct
{
  GSource          source;
  RealtimeBatcher *batcher;
} BatchSource;

/**
 * realtime_event_new:
 *
 * Returns: (transfer full): an event of this moment
 */
RealtimeEvent *
realtime_event_new (RealtimeEventKind kind,
                    guint             generation)
{
  RealtimeEvent *self = g_new0 (RealtimeEvent, 1);

  self->link.data = self;
  self->kind = kind;
  self->generation = generation;
  self->at = g_get_monotonic_time ();

  return self;
}

/**
 * realtime_event_new_message:
 * @arena: of the calling thread
 * @message: (transfer full): what came
 *
 * Returns: (transfer full): an event of the moment when @message came
 */
RealtimeEvent *
realtime_event_new_message (RealtimeArena   *arena,
                            guint            generation,
                            RealtimeMessage *message)
{
  RealtimeBlock *block;
  RealtimeEvent *self = realtime_arena_take (arena, sizeof *self, &block);

  *self = (RealtimeEvent){
    .link.data = self,
    .kind = REALTIME_EVENT_MESSAGE,
    .generation = generation,
    .at = message->received,
    .message = message,
    .size = message->size,
    .block = block,
  };

  return self;
}

void
realtime_event_free (RealtimeEvent *self)
{
  if (self->block != NULL)
    {
      realtime_message_unref (self->message);
      realtime_block_give_back (self->block);
      return;
    }

  g_clear_pointer (&self->presence, realtime_presence_frame_unref);
  g_clear_pointer (&self->change, realtime_change_unref);
  g_clear_error (&self->error);
  g_free (self->extension);
  g_free (self->topic);
  g_free (self->text);
  g_free (self);
}

static guint
message_hash (gconstpointer data)
{
  const RealtimeMessage *message = data;

  return g_str_hash (message->event) ^ g_direct_hash (message->topic);
}

static gboolean
message_equal (gconstpointer a,
               gconstpointer b)
{
  const RealtimeMessage *left = a, *right = b;

  return left->topic == right->topic && g_str_equal (left->event, right->event);
}

static void
route_free (gpointer data)
{
  Route *route = data;

  g_hash_table_unref (route->events);
  g_free (route);
}

/* Messages come in runs of one topic. */
static const Route *
find_route (RealtimeBatcher *self,
            TelaJsonSpan     topic)
{
  char name[REALTIME_NAME_MAX + 1];

  if (topic.len > REALTIME_NAME_MAX)
    return NULL;
  if (self->last != NULL && topic.len == self->last->len && memcmp (topic.data, self->last->topic, topic.len) == 0)
    return self->last;

  memcpy (name, topic.data, topic.len);
  name[topic.len] = '\0';
  self->last = g_hash_table_lookup (self->routes, name);

  return self->last;
}

/* A listener that wants every message outweighs any that want the latest. */
static gboolean
is_latest_enough (RealtimeBatcher       *self,
                  const RealtimeMessage *message)
{
  const Route    *route = find_route (self, (TelaJsonSpan){ message->topic, strlen (message->topic) });
  const Interest *interests[2];
  guint           n_latest = 0;

  if (route == NULL || route->n_latest == 0)
    return FALSE;

  interests[0] = g_hash_table_lookup (route->events, message->event);
  interests[1] = g_hash_table_lookup (route->events, ANY_EVENT);
  for (guint i = 0; i < G_N_ELEMENTS (interests); i++)
    if (interests[i] != NULL)
      {
        if (interests[i]->n_all > 0)
          return FALSE;
        n_latest += interests[i]->n_latest;
      }

  return n_latest > 0;
}

/* Takes the place at the end: what came between may say something about both, such as a rejoin. */
static void
replace_waiting (RealtimeBatcher *self,
                 RealtimeEvent   *event)
{
  GList *link = g_hash_table_lookup (self->latest, event->message);

  if (link != NULL)
    {
      RealtimeEvent *old = link->data;

      g_hash_table_remove (self->latest, old->message);
      g_queue_unlink (&self->waiting, link);
      self->n_bytes -= old->size;
      realtime_event_free (old);
    }

  g_queue_push_tail_link (&self->waiting, &event->link);
  g_hash_table_insert (self->latest, event->message, self->waiting.tail);
}

/* Messages may come in any number; all else is an answer that somebody waits for, such as the next join. */
static gboolean
is_urgent (const RealtimeEvent *event)
{
  return event->kind != REALTIME_EVENT_MESSAGE && event->kind != REALTIME_EVENT_SENT && event->change == NULL &&
         event->presence == NULL;
}

/**
 * realtime_batcher_push:
 * @event: (transfer full): what happened
 */
gboolean
realtime_batcher_push (RealtimeBatcher *self,
                       RealtimeEvent   *event)
{
  const gboolean hurries = is_urgent (event);
  gboolean       has_room;

  g_mutex_lock (&self->lock);

  self->n_bytes += event->size;
  if (event->kind == REALTIME_EVENT_MESSAGE && is_latest_enough (self, event->message))
    replace_waiting (self, event);
  else
    g_queue_push_tail_link (&self->waiting, &event->link);

  has_room = self->n_bytes <= REALTIME_RECEIVE_MAX;
  if (!self->is_armed || hurries)
    {
      self->is_armed = TRUE;
      g_source_set_ready_time (self->source, 0);
    }

  g_mutex_unlock (&self->lock);

  return has_room;
}

static gboolean
batch_source_dispatch (GSource    *source,
                       GSourceFunc callback,
                       gpointer    user_data)
{
  RealtimeBatcher *self = ((BatchSource *) source)->batcher;
  GList           *link;
  GQueue           batch;

  g_mutex_lock (&self->lock);
  batch = self->waiting;
  g_queue_init (&self->waiting);
  g_hash_table_remove_all (self->latest);
  self->n_bytes = 0;
  if (batch.length > 0)
    {
      self->counts.batches++;
      self->counts.events += batch.length;
      self->counts.largest = MAX (self->counts.largest, batch.length);
    }
  /* An empty interval is quiet: the next event wakes us at once. */
  self->is_armed = batch.length > 0;
  g_source_set_ready_time (source, self->is_armed ? g_get_monotonic_time () + self->interval : -1);
  g_mutex_unlock (&self->lock);

  /* A handler may destroy the source, and the batcher with it. */
  while ((link = g_queue_pop_head_link (&batch)) != NULL)
    {
      RealtimeEvent *event = link->data;

      if (!g_source_is_destroyed (source))
        self->func (event, self->user_data);
      realtime_event_free (event);
    }

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs batch_source_funcs = { NULL, NULL, batch_source_dispatch, NULL, NULL, NULL };

/**
 * realtime_batcher_new:
 *
 * Returns: (transfer full): a queue that is emptied in @context
 */
RealtimeBatcher *
realtime_batcher_new (GMainContext     *context,
                      guint             interval_ms,
                      RealtimeBatchFunc func,
                      gpointer          user_data)
{
  RealtimeBatcher *self = g_new0 (RealtimeBatcher, 1);

  self->func = func;
  self->user_data = user_data;
  self->interval = (gint64) interval_ms * 1000;
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);
  self->latest = g_hash_table_new (message_hash, message_equal);
  self->routes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, route_free);

  self->source = g_source_new (&batch_source_funcs, sizeof (BatchSource));
  ((BatchSource *) self->source)->batcher = self;
  g_source_set_static_name (self->source, "realtime batch");
  g_source_attach (self->source, context);

  return self;
}

void
realtime_batcher_free (RealtimeBatcher *self)
{
  GList *link;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_hash_table_unref (self->latest);
  while ((link = g_queue_pop_head_link (&self->waiting)) != NULL)
    realtime_event_free (link->data);
  g_hash_table_unref (self->routes);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
realtime_batcher_add_listener (RealtimeBatcher *self,
                               const char      *topic,
                               const char      *event,
                               RealtimePolicy   policy)
{
  Route    *route;
  Interest *interest;

  g_mutex_lock (&self->lock);

  route = g_hash_table_lookup (self->routes, topic);
  if (route == NULL)
    {
      route = g_new0 (Route, 1);
      route->topic = g_intern_string (topic);
      route->len = strlen (topic);
      route->events = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_hash_table_insert (self->routes, (gpointer) route->topic, route);
    }
  interest = g_hash_table_lookup (route->events, event);
  if (interest == NULL)
    {
      interest = g_new0 (Interest, 1);
      g_hash_table_insert (route->events, g_strdup (event), interest);
    }

  route->n_listeners++;
  route->n_latest += policy == REALTIME_KEEP_LATEST;
  *(policy == REALTIME_KEEP_ALL ? &interest->n_all : &interest->n_latest) += 1;

  g_mutex_unlock (&self->lock);
}

void
realtime_batcher_remove_listener (RealtimeBatcher *self,
                                  const char      *topic,
                                  const char      *event,
                                  RealtimePolicy   policy)
{
  Route    *route;
  Interest *interest;

  g_mutex_lock (&self->lock);

  route = g_hash_table_lookup (self->routes, topic);
  interest = g_hash_table_lookup (route->events, event);
  *(policy == REALTIME_KEEP_ALL ? &interest->n_all : &interest->n_latest) -= 1;
  if (interest->n_all + interest->n_latest == 0)
    g_hash_table_remove (route->events, event);
  route->n_latest -= policy == REALTIME_KEEP_LATEST;
  if (--route->n_listeners == 0)
    {
      self->last = NULL;
      g_hash_table_remove (self->routes, topic);
    }

  g_mutex_unlock (&self->lock);
}

const char *
realtime_batcher_find_topic (RealtimeBatcher *self,
                             TelaJsonSpan     topic)
{
  const Route *route;
  const char  *found;

  g_mutex_lock (&self->lock);
  route = find_route (self, topic);
  found = route != NULL ? route->topic : NULL;
  g_mutex_unlock (&self->lock);

  return found;
}

void
realtime_batcher_get_counts (RealtimeBatcher     *self,
                             RealtimeBatchCounts *counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}
