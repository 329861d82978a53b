/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "backend-frames.h"

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
/* To all that may read it but @except (may be NULL). */
void tela_topics_relay (TelaTopic *topic, const TelaBroadcast *broadcast, TelaChannel *except);
/* NULL: nobody is there. */
TelaTopic *tela_topics_find (TelaCore *core, const char *name, gboolean is_private);
/* That user's channels of the project: tela_channel_drop_rights(). */
void tela_topics_drop_rights (TelaCore *core, const char *project_id, const char *user_id);
/* A broadcast to those on that topic, if any, that no socket sent. */
void tela_topics_send (TelaCore *core, const char *name, gboolean is_private, const TelaBroadcast *broadcast);

G_END_DECLS
