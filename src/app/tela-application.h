/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-jobs.h"
#include "tela-links.h"
#include "tela-oneself.h"
#include "tela-shelf.h"
#include "tela-thumbnailer.h"
#include "tela-workspace.h"

G_BEGIN_DECLS

#define TELA_APPLICATION_ID "io.github.telacanvas.Tela"

/* The program: owns the host, the store, the connection and the workspace, and gives them back in order at the end. */
#define TELA_TYPE_APPLICATION (tela_application_get_type ())
G_DECLARE_FINAL_TYPE (TelaApplication, tela_application, TELA, APPLICATION, AdwApplication)

/* @arguments: of the command line, which decides whether this instance is one of its own. */
TelaApplication *tela_application_new (const char *const *arguments);
/* Before the start: who one is on a backend elsewhere. @password: NULL: it is asked for, unless a session is kept. */
void tela_application_set_account (TelaApplication *self, const char *email, const char *password);
/* (sync) Opens the data; it does nothing the second time. @url and @key: of a remote backend, else NULL; @data_dir: NULL for
 * the user's own. */
gboolean tela_application_start (TelaApplication *self, const char *data_dir, const char *url, const char *key, GError **error);
gboolean tela_application_has_failed (TelaApplication *self); /* it could not start, and has said so */
void     tela_application_set_failed (TelaApplication *self); /* the program ends with an error */
/* Sends what can be sent soon, closes everything in order and ends the program. */
void tela_application_quit (TelaApplication *self);

TelaWorkspace *tela_application_get_workspace (TelaApplication *self); /* NULL: not started, or ending */
TelaLinks     *tela_application_get_links (TelaApplication *self);     /* the files of the boards; NULL: not started, or ending */
TelaShelf     *tela_application_get_shelf (TelaApplication *self);     /* NULL: not started, or ending */
const char    *tela_application_get_data_dir (TelaApplication *self);  /* NULL: not started */
char          *tela_application_dup_base_dir (TelaApplication *self);  /* for the copies of files; see tela-document.h */
const char    *tela_application_get_url (TelaApplication *self);       /* of who serves the boards; NULL: not started, or ending */
gboolean       tela_application_is_local (TelaApplication *self);      /* the boards are kept on this computer alone */
const char    *tela_application_get_notice (TelaApplication *self);    /* what went wrong at the start, yet did not stop it; NULL: nothing */

TelaJobs        *tela_application_get_jobs (TelaApplication *self);               /* NULL: not started, or at the end */
void             tela_application_show_job (TelaApplication *self, TelaJob *job); /* its picture, in a window of its board */
TelaOneself     *tela_application_get_oneself (TelaApplication *self);            /* what others are told of the user */
TelaThumbnailer *tela_application_get_thumbnailer (TelaApplication *self);        /* NULL: not started, or at the end */

/* The last @window wants to close. TRUE: not yet, it closes when it is known that no guest is there, or what to do about them. */
gboolean tela_application_delay_close (TelaApplication *self, GtkWindow *window);

GSettings *tela_application_get_settings (TelaApplication *self);    /* NULL: there are none */
void       tela_application_windows_changed (TelaApplication *self); /* saves them soon */
void       tela_application_save_windows (TelaApplication *self);    /* now: what the next start shows again */

/* The boards that are not in the trash. */
GListModel *tela_application_get_boards (TelaApplication *self);
/* NULL: it is not in the list. (transfer full) */
TelaProject *tela_application_find_board (TelaApplication *self, const char *project_id);
/* What a board is called: its name in the list, else what it says itself, else that it has none. (transfer full) */
char *tela_application_dup_board_name (TelaApplication *self, const char *project_id, TelaBoard *board);
void  tela_application_remove_board (TelaApplication *self, const char *project_id); /* for good */

G_END_DECLS
