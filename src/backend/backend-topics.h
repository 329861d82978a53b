/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"

G_BEGIN_DECLS

/* All channels of one sub-topic; public and private ones of a name never meet. */
struct _TelaTopic
{
  TelaCore  *core;
  char      *name;
  gboolean   is_private;
  GPtrArray *channels; /* borrowed TelaChannel */
};

/* Adds the channel to its topic, which is made at need; and the reverse. */
TelaTopic *tela_topics_join (TelaCore *core, const char *name, gboolean is_private, TelaChannel *channel);
void       tela_topics_leave (TelaTopic *topic, TelaChannel *channel);
/* One frame to all but @except (may be NULL). */
void tela_topics_relay (TelaTopic *topic, GBytes *frame, TelaChannel *except);
/* From the database: kind 4 on the private topic, if anybody listens. */
void tela_topics_send (TelaCore *core, const char *name, const char *event, const char *metadata, const char *payload, gsize len);

G_END_DECLS
