/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-poller.h"

#include <unistd.h>

#define MAX_EVENTS 128

struct _TelaPoller
{
  GSource   *source;
  int        epoll;
  gpointer   tag;
  GPtrArray *again; /* borrowed TelaWatch; NULL: taken back */

  struct epoll_event events[MAX_EVENTS]; /* of this round */
  int                n_events;
};

typedef struct
{
  GSource     parent;
  TelaPoller *poller;
} PollerSource;

/* ---- The source ---- */

static gboolean
poller_prepare (GSource *source,
                int     *timeout)
{
  *timeout = -1;
  return ((PollerSource *) source)->poller->again->len > 0;
}

static gboolean
poller_check (GSource *source)
{
  TelaPoller *self = ((PollerSource *) source)->poller;

  return self->again->len > 0 || g_source_query_unix_fd (source, self->tag) != 0;
}

/* What was put off, in the order in which it was; what they put off meanwhile is for the next round. */
static void
call_again (TelaPoller *self)
{
  const guint n = self->again->len;

  for (guint i = 0; i < n; i++)
    {
      TelaWatch *watch = self->again->pdata[i];

      if (watch == NULL)
        continue;
      self->again->pdata[i] = NULL;
      watch->again = FALSE;
      watch->func (EPOLLIN, watch->user_data);
    }
  if (n > 0)
    g_ptr_array_remove_range (self->again, 0, n);
}

static gboolean
poller_dispatch (GSource    *source,
                 GSourceFunc callback,
                 gpointer    data)
{
  TelaPoller *self = ((PollerSource *) source)->poller;

  call_again (self);
  self->n_events = epoll_wait (self->epoll, self->events, MAX_EVENTS, 0);
  for (int i = 0; i < self->n_events; i++)
    {
      TelaWatch *watch = self->events[i].data.ptr;

      if (watch != NULL)
        watch->func (self->events[i].events, watch->user_data);
    }
  self->n_events = 0;
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poller_funcs = { poller_prepare, poller_check, poller_dispatch, NULL, NULL, NULL };

/* ---- Watches ---- */

void
tela_poller_watch (TelaPoller *self,
                   TelaWatch  *watch,
                   guint32     events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };
  guint              at;

  if (events == watch->events)
    return;
  if (watch->events == 0)
    epoll_ctl (self->epoll, EPOLL_CTL_ADD, watch->fd, &event);
  else
    epoll_ctl (self->epoll, events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD, watch->fd, &event);
  watch->events = events;
  if (events != 0)
    return;
  for (int i = 0; i < self->n_events; i++)
    if (self->events[i].data.ptr == watch)
      self->events[i].data.ptr = NULL;
  if (watch->again && g_ptr_array_find (self->again, watch, &at))
    self->again->pdata[at] = NULL;
  watch->again = FALSE;
}

void
tela_poller_again (TelaPoller *self,
                   TelaWatch  *watch)
{
  if (watch->again || watch->events == 0)
    return;
  watch->again = TRUE;
  g_ptr_array_add (self->again, watch);
}

/* ---- Life ---- */

TelaPoller *
tela_poller_new (GMainContext *context)
{
  TelaPoller *self = g_new0 (TelaPoller, 1);

  self->again = g_ptr_array_new ();
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->source = g_source_new (&poller_funcs, sizeof (PollerSource));
  ((PollerSource *) self->source)->poller = self;
  g_source_set_static_name (self->source, "tela-backend-sockets");
  /* Nobody runs the loop from in here, and to keep the source from it costs two wake-ups a round. */
  g_source_set_can_recurse (self->source, TRUE);
  self->tag = g_source_add_unix_fd (self->source, self->epoll, G_IO_IN);
  g_source_attach (self->source, context);
  return self;
}

void
tela_poller_free (TelaPoller *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->epoll);
  g_ptr_array_unref (self->again);
  g_free (self);
}
