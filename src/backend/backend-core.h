/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "backend-db.h"
#include "backend-jwt.h"
#include "backend-keys.h"
#include "backend-limits.h"
#include "backend-metrics.h"
#include "backend-poller.h"
#include "backend-sign-ins.h"
#include "backend-throttle.h"
#include "tela-backend.h"

G_BEGIN_DECLS

typedef struct _TelaSocket    TelaSocket;
typedef struct _TelaChannel   TelaChannel;
typedef struct _TelaTopic     TelaTopic;
typedef struct _TelaNews      TelaNews;
typedef struct _TelaChanges   TelaChanges;
typedef struct _TelaGate      TelaGate;
typedef struct _TelaSharing   TelaSharing;
typedef struct _TelaCollector TelaCollector;
typedef struct _TelaBodies    TelaBodies;

/* How long things may stay quiet; tests shorten it. */
typedef struct
{
  gint64 idle_us;    /* no bytes from the client: close 1000 */
  gint64 slow_us;    /* bytes wait this long to be taken: the socket goes */
  gsize  queue;      /* bytes that may wait for one socket */
  guint  tick_ms;    /* how often these are looked at */
  gint64 lonely_us;  /* with limits, no channel: the socket goes; 0: never */
  guint  refusal_ms; /* with limits: for so long a socket hears and says nothing after a join that failed */
  gsize  queues;     /* bytes that may wait for all of them; 0: any number */
  gsize  bodies;     /* bytes of requests that are being read; 0: any number */
} TelaPatience;

/* Everything the backend's thread owns. Only that thread touches it. */
typedef struct
{
  char          *data_dir;
  gboolean       limits;
  GMainContext  *context;
  TelaPoller    *poller;
  SoupServer    *server;
  TelaGate      *gate;
  TelaSharing   *sharing;
  TelaKeys      *keys;
  TelaDb        *db;
  TelaNews      *news;
  TelaChanges   *changes;
  TelaCollector *collector;
  char          *url;
  char          *anon_key;
  char          *service_key;
  TelaPatience   patience;
  TelaMetrics    metrics;
  TelaRates      rates;

  TelaSignIns  *sign_ins;
  TelaThrottle *sign_ups;    /* by place */
  guint         n_passwords; /* that a worker hashes */
  guint         n_uploads;   /* that a worker stores */
  GPtrArray    *orphans;     /* hashes of bytes that nobody named while one did */

  GHashTable *topics[2]; /* sub-topic → TelaTopic; [1]: private ones */
  GPtrArray  *sockets;   /* owned TelaSocket */
  GPtrArray  *dirty;     /* borrowed TelaSocket: have bytes to send */
  gsize       queued;    /* bytes that wait, for all of them */
  TelaBodies *bodies;
  GPtrArray  *over; /* borrowed TelaChannel: had more than the limit of events */
  GSource    *ticker;
  GSource    *sweeper;  /* empties the trash, and makes room in the history */
  gboolean    is_swept; /* it has done so at least once */
  guint       n_jobs;   /* of worker threads that still answer a request */
  gboolean    draining;
} TelaCore;

TelaCore *tela_core_new (const char *data_dir, const char *listen, gboolean limits, GMainContext *context, GError **error);
/* Says goodbye to everybody; the loop then runs until tela_core_is_drained(). */
void     tela_core_drain (TelaCore *self);
gboolean tela_core_is_drained (TelaCore *self);
void     tela_core_free (TelaCore *self);

/* Of tela-backend.c, for tests. */
void tela_backend_set_patience (TelaBackend *self, const TelaPatience *patience);

static inline gint64
tela_now_ms (void)
{
  return g_get_real_time () / 1000;
}

G_END_DECLS
