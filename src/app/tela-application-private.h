/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-application.h"
#include "tela-benchmark.h"
#include "tela-host.h"
#include "tela-links.h"
#include "tela-oneself.h"

G_BEGIN_DECLS

struct _TelaApplication
{
  AdwApplication parent_instance;

  char               *data_dir;       /* owned; NULL until started */
  TelaHost           *host;           /* owned; NULL until started, and at the end */
  TelaStore          *store;          /* owned */
  RealtimeManager    *realtime;       /* borrowed: it is the process's own */
  TelaWorkspace      *workspace;      /* owned */
  TelaThumbnailer    *thumbnailer;    /* owned */
  TelaLinks          *links;          /* owned */
  TelaShelf          *shelf;          /* owned */
  TelaJobs           *jobs;           /* owned */
  int                 teller;         /* locked file: this process tells what became of jobs; -1: not so far */
  GtkWindow          *jobs_window;    /* borrowed: the toolkit's; nullable */
  GtkFilterListModel *boards;         /* owned */
  GSocketService     *debug_socket;   /* owned; nullable */
  GtkWidget          *debug_window;   /* owned by GTK; NULL: it is not open */
  char               *notice;         /* owned; nullable */
  GSettings          *settings;       /* owned; nullable */
  char               *windows;        /* owned; as last saved; nullable */
  TelaOneself        *oneself;        /* owned */
  char               *email;          /* owned; of the account on a backend elsewhere; nullable */
  char               *password;       /* owned; until the start; nullable */
  GtkWidget          *password_asked; /* borrowed: the question that is open; nullable */
  guint               save_source;
  GCancellable       *draining; /* owned; while quitting */
  guint               drain_timeout;
  guint               signal_ids[2]; /* SIGTERM, SIGINT */
  gboolean            is_held;
  gboolean            is_kept;    /* runs without a window, as guests are there */
  gboolean            is_looking; /* whether they are, as the last window is to close */
  gboolean            may_close;  /* that was asked */
  gboolean            is_quitting;
  gboolean            is_benchmark;
  gboolean            has_failed;
  TelaBenchmark      *benchmark;        /* owned; nullable */
  gboolean            may_ask_password; /* without being asked for it */
  gboolean            has_tried_password;
};

/* tela-application.c */
gboolean tela_application_start_or_tell (TelaApplication *self); /* FALSE: it has told why it cannot */

/* tela-application-actions.c */
void tela_application_add_actions (TelaApplication *self);

/* tela-application-start.c */
void tela_application_set_endpoint (TelaApplication *self);                      /* tells the workspace who serves, which signs in anew */
void tela_application_show_failure (TelaApplication *self, const GError *error); /* a window that says why it cannot start */

/* tela-application-account.c */
void tela_application_add_account_action (TelaApplication *self);
void tela_application_start_account (TelaApplication *self);

/* tela-application-jobs.c */
void tela_application_add_jobs_action (TelaApplication *self);
void tela_application_start_jobs (TelaApplication *self, const char *data_dir);
void tela_application_stop_jobs (TelaApplication *self);

/* tela-application-guests.c */
void tela_application_add_guest_actions (TelaApplication *self);
void tela_application_window_is_back (TelaApplication *self); /* there is one again */
void tela_application_ask_quit (TelaApplication *self);       /* ends, if no guest is there; else asks what to do about them */

/* tela-application-restore.c */
gboolean tela_application_restore_windows (TelaApplication *self); /* FALSE: there are none to restore */

/* tela-application-options.c */
void tela_application_add_options (TelaApplication *self);
int  tela_application_run_command_line (TelaApplication *self, GApplicationCommandLine *command_line);
/* A file, a link or the id of a board, in @window. FALSE: it is none of them. */
GApplicationFlags tela_application_flags_of (const char *const *arguments);
gboolean          tela_application_is_benchmark (const char *const *arguments);
/* The id of the board that a tela:// link or a bare id names; NULL: none. (transfer full) */
char *tela_application_parse_target (const char *target);

G_END_DECLS
