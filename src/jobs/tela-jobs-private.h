/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-job-worker.h"
#include "tela-jobs.h"

G_BEGIN_DECLS

struct _TelaJobs
{
  GObject parent_instance;

  TelaWorkspace  *workspace; /* owned */
  TelaJobMonitor *monitor;   /* owned */
  TelaJobWorker  *worker;    /* owned */
  GSettings      *settings;  /* owned; nullable */
  char           *dir;       /* owned */
  char           *machine;   /* owned */
  GCancellable   *cancellable;

  TelaGenerator  *command;      /* owned; nullable */
  TelaGenerator  *service;      /* owned; nullable */
  char           *command_line; /* owned: of @command; nullable */
  char           *problem;      /* owned; nullable */
  char           *key;          /* owned; nullable */
  TelaJobKeyPlace key_place;
  gboolean        is_settled; /* the key has been looked for */
  gboolean        is_idle;

  char *locked; /* owned: the user whose jobs are carried out here; nullable */
  int   lock;   /* -1: none */
  guint lock_source;
};

G_END_DECLS
