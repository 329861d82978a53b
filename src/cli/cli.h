/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli-options.h"
#include "tela-formats.h"
#include "tela-host.h"
#include "tela-workspace.h"

G_BEGIN_DECLS

/* What every command shares: the global options, and the account once it is opened. */
typedef struct
{
  gboolean json;
  char    *data_dir; /* owned */
  char    *url;      /* owned, NULL: the local backend */
  char    *key;      /* owned */
  char    *email;    /* owned, NULL: anonymous */
  char    *password; /* owned */

  TelaHost        *host;
  TelaStore       *store;
  RealtimeManager *realtime; /* borrowed: the process's one */
  TelaWorkspace   *workspace;
} TelaCli;

/* Runs with the arguments after the command's name; argv[0] is that name. Returns the exit code: 0 ok, 1 failed, 2 usage. */
typedef int (*TelaCliFunc) (TelaCli *cli, int argc, char **argv);

int cli_serve (TelaCli *cli, int argc, char **argv);
int cli_projects (TelaCli *cli, int argc, char **argv);
int cli_new (TelaCli *cli, int argc, char **argv);
int cli_remove (TelaCli *cli, int argc, char **argv);
int cli_import (TelaCli *cli, int argc, char **argv);
int cli_export (TelaCli *cli, int argc, char **argv);
int cli_generate (TelaCli *cli, int argc, char **argv);
int cli_dump (TelaCli *cli, int argc, char **argv);
int cli_edit (TelaCli *cli, int argc, char **argv);
int cli_listen (TelaCli *cli, int argc, char **argv);
int cli_broadcast (TelaCli *cli, int argc, char **argv);
int cli_presence (TelaCli *cli, int argc, char **argv);
int cli_jobs (TelaCli *cli, int argc, char **argv);
int cli_debug (TelaCli *cli, int argc, char **argv);
int cli_doctor (TelaCli *cli, int argc, char **argv);
int cli_versions (TelaCli *cli, int argc, char **argv);
int cli_share (TelaCli *cli, int argc, char **argv);
int cli_join (TelaCli *cli, int argc, char **argv);
int cli_backup (TelaCli *cli, int argc, char **argv);
int cli_load (TelaCli *cli, int argc, char **argv);
int cli_bench (TelaCli *cli, int argc, char **argv);

/* Store, connection and account; waits for nothing but the disk. */
gboolean cli_open (TelaCli *cli, GError **error);
/* Also waits until the backend has answered. */
gboolean cli_open_online (TelaCli *cli, GError **error);
void     cli_close (TelaCli *cli);
/* (transfer full) The id of the board with that id or that unique name. */
char *cli_find_board (TelaCli *cli, const char *id_or_name, GError **error);
/* (transfer full) The session of the board with that id or that unique name. */
TelaSession *cli_open_board (TelaCli *cli, const char *id_or_name, GError **error);
/* Waits until the outbox is empty and the server's head is reached. */
gboolean cli_drain (TelaSession *session, GError **error);
/* (transfer full) A new board with @ops in it, on disk and confirmed; NULL on failure. */
char *cli_create_board (TelaCli *cli, const char *name, GPtrArray *ops, GHashTable *assets, GError **error);

/* On disk, and queued for the backend: before the operations that name them. @assets: fileId → GBytes, nullable. */
/* What an import could not carry over, on stderr. */
void     cli_print_report (const char *path, GPtrArray *report);
gboolean cli_put_assets (TelaCli *cli, GHashTable *assets, GError **error);

/* Waiting in main (), where no callback is running: the loop runs until the result is there. */
typedef struct
{
  GAsyncResult *result;
} CliAwait;
void          cli_await_cb (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *cli_await_take (CliAwait *await); /* (transfer full) */

G_END_DECLS
