/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

/* The sockets of many clients as one source of the loop. As a source each, all of them would be prepared, polled and
 * checked in every round: a thousand for one message. */
typedef struct _TelaPoller TelaPoller;

/* Part of what it tells about; all members are the owner's but for the last two. */
typedef struct
{
  int fd;
  void (*func) (guint32 events, gpointer user_data);
  gpointer user_data;

  guint32  events; /* that are watched; 0: not at all */
  gboolean again;
} TelaWatch;

TelaPoller *tela_poller_new (GMainContext *context);
void        tela_poller_free (TelaPoller *self);
/* EPOLLIN, EPOLLOUT or both; 0: it is never called again, not even in this round. */
void tela_poller_watch (TelaPoller *self, TelaWatch *watch, guint32 events);
/* Calls it in the next round with EPOLLIN, whatever its socket has. */
void tela_poller_again (TelaPoller *self, TelaWatch *watch);

G_END_DECLS
