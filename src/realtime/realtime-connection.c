/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-connection-private.h"

typedef enum
{
  COMMAND_OPEN,
  COMMAND_CLOSE,
  COMMAND_PROBE,
  COMMAND_SEND,
  COMMAND_STOP,
  COMMAND_ABORT,
} CommandKind;

typedef struct
{
  RealtimeConnection *self; /* borrowed */
  CommandKind         kind;
  guint               generation;
  RealtimeEndpoint   *endpoint; /* owned */
  GBytes             *frame;    /* owned */
  gboolean            is_text;
  guint64             confirm;
  guint               deadline;
} Command;

void
realtime_connection_push (RealtimeConnection *self,
                          RealtimeEventKind   kind,
                          guint64             ref)
{
  RealtimeEvent *event = realtime_event_new (kind, self->generation);

  event->ref = ref;
  realtime_batcher_push (self->batcher, event);
}

void
realtime_connection_check_stopped (RealtimeConnection *self)
{
  if (self->is_stopping && self->n_attempts == 0 && self->retired == NULL)
    g_main_loop_quit (self->loop);
}

static void
send_in_thread (RealtimeConnection *self,
                const Command      *command)
{
  if (self->socket != NULL && command->generation == self->generation)
    {
      realtime_socket_send (self->socket, command->frame, command->is_text, command->confirm);
      return;
    }

  g_mutex_lock (&self->lock);
  self->waiting -= g_bytes_get_size (command->frame);
  g_mutex_unlock (&self->lock);
}

static gboolean
command_cb (gpointer user_data)
{
  Command            *command = user_data;
  RealtimeConnection *self = command->self;

  switch (command->kind)
    {
    case COMMAND_OPEN:
      realtime_connection_open_in_thread (self, command->generation, command->endpoint);
      break;
    case COMMAND_CLOSE:
      realtime_connection_close_in_thread (self);
      break;
    case COMMAND_STOP:
      self->is_stopping = TRUE;
      realtime_connection_close_in_thread (self);
      realtime_connection_check_stopped (self);
      break;
    case COMMAND_ABORT:
      self->is_stopping = TRUE;
      realtime_connection_abort_in_thread (self);
      realtime_connection_check_stopped (self);
      break;
    case COMMAND_PROBE:
      if (self->socket != NULL && command->generation == self->generation)
        realtime_socket_probe (self->socket, command->deadline);
      break;
    case COMMAND_SEND:
      send_in_thread (self, command);
      break;
    default:
      g_assert_not_reached ();
    }

  return G_SOURCE_REMOVE;
}

static void
command_free (gpointer data)
{
  Command *command = data;

  g_clear_pointer (&command->endpoint, realtime_endpoint_unref);
  g_clear_pointer (&command->frame, g_bytes_unref);
  g_free (command);
}

static void
post (RealtimeConnection *self,
      Command             values)
{
  Command *command = g_new (Command, 1);
  GSource *source = g_idle_source_new ();

  *command = values;
  command->self = self;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, command_cb, command, command_free);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static void
drop_log_cb (const char    *domain,
             GLogLevelFlags level,
             const char    *text,
             gpointer       user_data)
{
}

/* libsoup says two things of each frame, and to find out each time that nobody wants to read them is a tenth of what a
 * frame costs. */
static void
silence_libsoup (void)
{
  static gsize is_done;

  if (!g_once_init_enter (&is_done))
    return;
  if (g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, "libsoup"))
    g_log_set_handler ("libsoup", G_LOG_LEVEL_DEBUG, drop_log_cb, NULL);
  g_once_init_leave (&is_done, 1);
}

static gpointer
thread_main (gpointer data)
{
  RealtimeConnection *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);

  g_clear_object (&self->session);
  /* What the session and the sockets left to be closed. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  realtime_connection_push (self, REALTIME_EVENT_STOPPED, 0);

  return NULL;
}

RealtimeConnection *
realtime_connection_new (RealtimeBatcher       *batcher,
                         const RealtimeTimings *timings)
{
  RealtimeConnection *self = g_new0 (RealtimeConnection, 1);

  self->batcher = batcher;
  self->timings = *timings;
  g_mutex_init (&self->lock);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  silence_libsoup ();
  self->thread = g_thread_new ("realtime", thread_main, self);

  return self;
}

void
realtime_connection_open (RealtimeConnection *self,
                          guint               generation,
                          RealtimeEndpoint   *endpoint)
{
  post (self,
        (Command){ .kind = COMMAND_OPEN, .generation = generation, .endpoint = realtime_endpoint_ref (endpoint) });
}

void
realtime_connection_close (RealtimeConnection *self)
{
  post (self, (Command){ .kind = COMMAND_CLOSE });
}

void
realtime_connection_probe (RealtimeConnection *self,
                           guint               generation,
                           guint               deadline)
{
  post (self, (Command){ .kind = COMMAND_PROBE, .generation = generation, .deadline = deadline });
}

void
realtime_connection_send (RealtimeConnection *self,
                          guint               generation,
                          GBytes             *frame,
                          gboolean            is_text,
                          guint64             confirm)
{
  g_mutex_lock (&self->lock);
  self->waiting += g_bytes_get_size (frame);
  g_mutex_unlock (&self->lock);

  post (self,
        (Command){
            .kind = COMMAND_SEND, .generation = generation, .frame = frame, .is_text = is_text, .confirm = confirm });
}

gsize
realtime_connection_get_waiting (RealtimeConnection *self)
{
  gsize waiting;

  g_mutex_lock (&self->lock);
  waiting = self->waiting;
  g_mutex_unlock (&self->lock);

  return waiting;
}

void
realtime_connection_add_latency (RealtimeConnection *self,
                                 gint64              latency_us)
{
  g_mutex_lock (&self->lock);
  self->counters.latencies[self->counters.n_replies++ % REALTIME_LATENCIES] = (guint32) MIN (latency_us, G_MAXUINT32);
  self->counters.latency_us += (guint64) latency_us;
  g_mutex_unlock (&self->lock);
}

void
realtime_connection_get_counters (RealtimeConnection *self,
                                  RealtimeCounters   *counters)
{
  g_mutex_lock (&self->lock);
  *counters = self->counters;
  g_mutex_unlock (&self->lock);
}

void
realtime_connection_set_recorder (RealtimeConnection *self,
                                  RealtimeRecorder   *recorder)
{
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->recorder, realtime_recorder_unref);
  self->recorder = recorder != NULL ? realtime_recorder_ref (recorder) : NULL;
  g_mutex_unlock (&self->lock);
}

void
realtime_connection_stop (RealtimeConnection *self)
{
  post (self, (Command){ .kind = COMMAND_STOP });
}

/* After realtime_connection_stop() the command finds no loop any more and is dropped with the context. */
void
realtime_connection_free (RealtimeConnection *self)
{
  post (self, (Command){ .kind = COMMAND_ABORT });
  g_thread_join (self->thread);
  realtime_arena_clear (&self->arena);

  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_clear_pointer (&self->recorder, realtime_recorder_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}
