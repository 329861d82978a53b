/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"

G_BEGIN_DECLS

/* What goes over live: (sync.md 5). Pure. */

#define TELA_LIVE_MAX_BYTES (96 * 1024) /* a gesture that does not fit stays silent until it is durable */
#define TELA_LIVE_MAX_ELEMENTS 5000

/* The one stroke of a gesture that is sent as it grows. */
typedef struct
{
  const TelaElement *stroke; /* NULL: none; else not among @ops */
  guint              from;   /* points before this one were sent */
} TelaLiveInk;

/* NULL if it does not fit. @at: the durable operations' stamp, with the last message only. @cursor: of tela_cursor_write(),
 * nullable. (transfer full) */
char *tela_live_message_write (const char *gesture, guint n, TelaElement *const *ops, gsize n_ops, TelaLiveInk ink, const TelaStamp *at, gboolean end, const char *cursor);

typedef struct
{
  char        *gesture;
  gint64       n;
  GPtrArray   *ops;    /* TelaElement */
  char        *ink_id; /* NULL: no ink */
  gint64       ink_from;
  TelaElement *ink_style;     /* what else the stroke has; may be NULL */
  TelaNumbers *ink_points;    /* pairs; may be NULL */
  TelaNumbers *ink_pressures; /* may be NULL */
  TelaStamp    at;            /* time 0: not said */
  gboolean     end;
} TelaLiveMessage;

TelaLiveMessage *tela_live_message_read (const char *data, gsize len, GError **error);
void             tela_live_message_free (TelaLiveMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaLiveMessage, tela_live_message_free)

/* The event name of an actor's messages, "l." and 16 hex digits; FALSE: not one. */
#define TELA_LIVE_EVENT_LENGTH 18
void     tela_live_event_format (guint64 actor, char out[TELA_LIVE_EVENT_LENGTH + 1]);
gboolean tela_live_event_parse (const char *event, guint64 *actor);

G_END_DECLS
