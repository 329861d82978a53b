/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fault-proxy.h"

#define CHUNK (32 * 1024)

typedef struct _Link Link;

/* One direction of a connection. */
typedef struct
{
  Link              *link;      /* borrowed */
  GSocketConnection *from, *to; /* borrowed from the link */
  char               data[CHUNK];
  gsize              len;
  gboolean           waits; /* for the end of a stall */
} Pipe;

struct _Link
{
  gatomicrefcount    refs;
  FaultProxy        *proxy;
  GSocketConnection *client, *server;
  GCancellable      *cancellable;
  Pipe               up, down;
};

struct _FaultProxy
{
  GThread        *thread;
  GMainContext   *context;
  GMainLoop      *loop;
  GSocketService *service;
  guint16         port, target;
  GPtrArray      *links; /* borrowed Link, each there until it is closed */
  gboolean        is_cut, is_stalled;
  guint           delay_ms;
  gsize           chunk; /* read and written at a time */
};

static void read_more (Pipe *pipe);

static Link *
link_ref (Link *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
link_unref (Link *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
link_close (Link *self)
{
  if (!g_ptr_array_remove_fast (self->proxy->links, self))
    return;
  g_cancellable_cancel (self->cancellable);
  g_socket_close (g_socket_connection_get_socket (self->client), NULL);
  if (self->server != NULL)
    g_socket_close (g_socket_connection_get_socket (self->server), NULL);
  link_unref (self);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Pipe *pipe = user_data;
  Link *link = pipe->link;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    read_more (pipe);
  else
    link_close (link);
  link_unref (link);
}

static void
write_out (Pipe *pipe)
{
  if (g_cancellable_is_cancelled (pipe->link->cancellable))
    return;
  pipe->waits = pipe->link->proxy->is_stalled;
  if (pipe->waits)
    return;
  link_ref (pipe->link);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (pipe->to)), pipe->data, pipe->len,
                                   G_PRIORITY_DEFAULT, pipe->link->cancellable, written_cb, pipe);
}

static gboolean
delayed_cb (gpointer user_data)
{
  Pipe *pipe = user_data;
  Link *link = pipe->link;

  write_out (pipe);
  link_unref (link);
  return G_SOURCE_REMOVE;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Pipe  *pipe = user_data;
  Link  *link = pipe->link;
  gssize len = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (len <= 0)
    {
      link_close (link);
    }
  else
    {
      pipe->len = (gsize) len;
      if (link->proxy->delay_ms > 0)
        {
          GSource *timer = g_timeout_source_new (link->proxy->delay_ms);

          link_ref (link);
          g_source_set_callback (timer, delayed_cb, pipe, NULL);
          g_source_attach (timer, link->proxy->context);
          g_source_unref (timer);
        }
      else
        {
          write_out (pipe);
        }
    }
  link_unref (link);
}

static void
read_more (Pipe *pipe)
{
  link_ref (pipe->link);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (pipe->from)), pipe->data,
                             pipe->link->proxy->chunk,
                             G_PRIORITY_DEFAULT, pipe->link->cancellable, read_cb, pipe);
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Link *link = user_data;

  link->server = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, NULL);
  if (link->server == NULL || g_cancellable_is_cancelled (link->cancellable))
    {
      link_close (link);
    }
  else
    {
      link->up = (Pipe){ .link = link, .from = link->client, .to = link->server };
      link->down = (Pipe){ .link = link, .from = link->server, .to = link->client };
      read_more (&link->up);
      read_more (&link->down);
    }
  link_unref (link);
}

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             gpointer           user_data)
{
  FaultProxy *self = user_data;
  g_autoptr (GSocketClient) client = NULL;
  Link *link;

  if (self->is_cut)
    {
      g_socket_close (g_socket_connection_get_socket (connection), NULL);
      return TRUE;
    }
  link = g_new0 (Link, 1);
  g_atomic_ref_count_init (&link->refs);
  link->proxy = self;
  link->client = g_object_ref (connection);
  link->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->links, link);
  client = g_socket_client_new ();
  g_socket_client_connect_to_host_async (client, "127.0.0.1", self->target, link->cancellable, connected_cb,
                                         link_ref (link));
  return TRUE;
}

static gpointer
run (gpointer user_data)
{
  FaultProxy *self = user_data;

  g_main_context_push_thread_default (self->context);
  self->service = g_socket_service_new ();
  self->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, NULL);
  g_assert_cmpint (self->port, !=, 0);
  g_signal_connect (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  g_socket_service_start (self->service);
  g_main_loop_run (self->loop);

  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  while (self->links->len > 0)
    link_close (g_ptr_array_index (self->links, 0));
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_clear_object (&self->service);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* Runs a function on the proxy's thread and waits for it. */
typedef struct
{
  void (*func) (FaultProxy *self, guint argument);
  FaultProxy *self;
  guint       argument;
  GMutex      mutex;
  GCond       cond;
  gboolean    done;
} Order;

static gboolean
order_cb (gpointer user_data)
{
  Order *order = user_data;

  order->func (order->self, order->argument);
  g_mutex_lock (&order->mutex);
  order->done = TRUE;
  g_cond_signal (&order->cond);
  g_mutex_unlock (&order->mutex);
  return G_SOURCE_REMOVE;
}

static void
call (FaultProxy *self,
      void (*func) (FaultProxy *self, guint argument),
      guint argument)
{
  Order    order = { .func = func, .self = self, .argument = argument };
  GSource *source = g_idle_source_new ();

  g_mutex_init (&order.mutex);
  g_cond_init (&order.cond);
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_set_callback (source, order_cb, &order, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
  g_mutex_lock (&order.mutex);
  while (!order.done)
    g_cond_wait (&order.cond, &order.mutex);
  g_mutex_unlock (&order.mutex);
  g_mutex_clear (&order.mutex);
  g_cond_clear (&order.cond);
}

static void
do_nothing (FaultProxy *self,
            guint       argument)
{
}

static void
do_cut (FaultProxy *self,
        guint       argument)
{
  self->is_cut = TRUE;
  while (self->links->len > 0)
    link_close (g_ptr_array_index (self->links, 0));
}

static void
do_stall (FaultProxy *self,
          guint       argument)
{
  self->is_stalled = TRUE;
}

static void
do_delay (FaultProxy *self,
          guint       ms)
{
  self->delay_ms = ms;
}

static void
do_split (FaultProxy *self,
          guint       size)
{
  self->chunk = size;
}

static void
resume (Pipe *pipe)
{
  if (pipe->waits)
    write_out (pipe);
}

static void
do_restore (FaultProxy *self,
            guint       argument)
{
  self->is_cut = self->is_stalled = FALSE;
  self->delay_ms = 0;
  self->chunk = CHUNK;
  for (guint i = 0; i < self->links->len; i++)
    {
      Link *link = g_ptr_array_index (self->links, i);

      resume (&link->up);
      resume (&link->down);
    }
}

FaultProxy *
fault_proxy_new (guint16 target_port)
{
  FaultProxy *self = g_new0 (FaultProxy, 1);

  self->target = target_port;
  self->chunk = CHUNK;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->links = g_ptr_array_new ();
  self->thread = g_thread_new ("fault-proxy", run, self);
  call (self, do_nothing, 0);
  return self;
}

static void
do_quit (FaultProxy *self,
         guint       argument)
{
  g_main_loop_quit (self->loop);
}

void
fault_proxy_free (FaultProxy *self)
{
  call (self, do_quit, 0);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_ptr_array_unref (self->links);
  g_free (self);
}

guint16
fault_proxy_get_port (FaultProxy *self)
{
  return self->port;
}

char *
fault_proxy_dup_url (FaultProxy *self)
{
  return g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

void
fault_proxy_cut (FaultProxy *self)
{
  call (self, do_cut, 0);
}

void
fault_proxy_stall (FaultProxy *self)
{
  call (self, do_stall, 0);
}

void
fault_proxy_set_delay (FaultProxy *self,
                       guint       ms)
{
  call (self, do_delay, ms);
}

void
fault_proxy_split (FaultProxy *self,
                   guint       size)
{
  g_return_if_fail (size > 0 && size <= CHUNK);
  call (self, do_split, size);
}

void
fault_proxy_restore (FaultProxy *self)
{
  call (self, do_restore, 0);
}
