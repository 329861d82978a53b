/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A hybrid logical clock (Kulkarni and others, 2014): 48 bits of milliseconds, 16 bits of counter, and who wrote. */
typedef struct
{
  guint64 time;  /* milliseconds << 16 | counter */
  guint64 actor; /* 0: nobody (a record that came with a date alone) */
} TelaStamp;

/* "TTTTTTTTTTTTCCCC-AAAAAAAAAAAAAAAA", lower-case hex, without the terminator. */
#define TELA_STAMP_LENGTH 33

static inline int
tela_stamp_compare (TelaStamp a,
                    TelaStamp b)
{
  if (a.time != b.time)
    return a.time < b.time ? -1 : 1;
  if (a.actor != b.actor)
    return a.actor < b.actor ? -1 : 1;
  return 0;
}

static inline gint64
tela_stamp_get_ms (TelaStamp stamp)
{
  return (gint64) (stamp.time >> 16);
}

gboolean tela_stamp_parse (const char *text, gsize len, TelaStamp *stamp);
void     tela_stamp_format (TelaStamp stamp, char out[TELA_STAMP_LENGTH + 1]);
/* ISO 8601 with milliseconds and Z, to and from (actor 0). */
char    *tela_stamp_to_iso (TelaStamp stamp);
gboolean tela_stamp_from_iso (const char *text, TelaStamp *stamp);

/* The clock of one replica. Plain struct; the caller passes the wall clock in. */
typedef struct
{
  guint64 actor;
  guint64 last;      /* greatest time issued or seen */
  gint64  offset_ms; /* added to the wall clock: what the server measured */
} TelaClock;

TelaStamp tela_clock_next (TelaClock *self, gint64 now_ms); /* greater than every stamp issued or seen */
void      tela_clock_observe (TelaClock *self, TelaStamp seen);

G_END_DECLS
