/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-share-page.h"

#include "tela-share.h"

G_BEGIN_DECLS

struct _TelaSharePage
{
  AdwPreferencesPage parent_instance;

  TelaWorkspace        *workspace;  /* owned */
  char                 *project_id; /* owned */
  GCancellable         *cancellable;
  char                 *link;  /* owned; of the role and the end that are chosen now; NULL: none yet */
  char                 *shown; /* owned; what the rows of people and links say */
  RealtimeSubscription *watch; /* owned; says when members come, go, or get another role; while it is shown */
  guint                 tick;
  gboolean              can_invite;
  gboolean              is_on;
  gboolean              is_inviting;
  gboolean              is_asking;    /* who is there */
  gboolean              wants_people; /* that has changed since */
  gboolean              is_blind;     /* the last answer was none */
  gboolean              wants_qr;
  gboolean              wants_copy;

  GtkWidget *network_group; /* children */
  GtkSwitch *toggle;
  GtkWidget *toggle_row;
  GtkWidget *problem_row;
  GtkWidget *invite_group;
  GtkWidget *role;
  GtkWidget *end;
  GtkWidget *qr_button;
  GtkWidget *qr;
  GtkWidget *links_group;
  GtkWidget *people_group;
  GPtrArray *rows; /* (element-type GtkWidget) borrowed; of both groups */
};

/* tela-share-page-people.c */
void tela_share_page_look_people (TelaSharePage *self); /* again, if it is being asked */
/* Says @text in words that stay until the next success; NULL: nothing. */
void tela_share_page_tell (TelaSharePage *self, const char *text);

G_END_DECLS
