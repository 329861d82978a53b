/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-dialogs.h"
#include "tela-document.h"
#include "tela-window-private.h"

G_BEGIN_DECLS

/* A file and a board on their way to each other. */
struct _TelaTask
{
  TelaWindow       *window;   /* owned */
  TelaDocument     *document; /* owned; what was read or written; nullable */
  TelaSession      *session;  /* owned; nullable */
  TelaHold         *hold;     /* owned; while the board of a file is looked for or made; nullable */
  TelaLinks        *links;    /* owned; while the board is filled; nullable */
  GFile            *file;     /* owned; to be read; nullable */
  char             *project_id;
  char             *path;        /* to be written, or where the copies of files are; nullable */
  TelaExportOptions options;     /* how */
  gboolean          saves_after; /* a merge on the way to saving, or somebody wanted to save before there was a link */
  gboolean          is_refused;  /* the board does not keep what the file says */
  guint             n_parts;     /* of filling the board: what is still to be done */
  gint64            until;       /* monotonic: how long a board that others made is waited for */
};

TelaTask *tela_task_new (TelaWindow *window, const char *project_id, TelaSession *session); /* session: nullable */
void      tela_task_free (TelaTask *self);                                                  /* one reference of a g_rc_box */
void      tela_task_free_closure (gpointer data, GClosure *closure);                        /* of a question that may go unanswered */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaTask, tela_task_free)

TelaLinks      *tela_window_get_links (TelaWindow *self); /* NULL: the program is ending */
const TelaLink *tela_window_get_link (TelaWindow *self);  /* of the board that is shown; NULL: it has no file */
/* What was read or written is what the board stands for from now on. */
void tela_window_link_file (TelaLinks *links, const char *project_id, const TelaDocument *document);
void tela_window_note_recent (const char *path); /* it has been used just now */

/* tela-window-merge.c */
/* Takes @task. @format has one %s, for the name of the file at @path; @answered_cb is for "response". */
void tela_window_ask (TelaTask           *task,
                      const char         *path,
                      const char         *format,
                      const TelaResponse *responses,
                      guint               n_responses,
                      GCallback           answered_cb);
/* Takes @task, whose document says what the file has become. */
void tela_window_merge_file (TelaTask *task);

G_END_DECLS
