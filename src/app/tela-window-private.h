/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-export.h"
#include "tela-json.h"
#include "tela-list-page.h"
#include "tela-window.h"

G_BEGIN_DECLS

typedef struct _TelaTask TelaTask; /* tela-window-document-private.h */

struct _TelaWindow
{
  AdwApplicationWindow parent_instance;

  GCancellable         *opening;         /* owned; of the board being opened */
  GCancellable         *cancellable;     /* owned; ends with the window */
  TelaSession          *session;         /* owned; nullable */
  TelaOneself          *oneself;         /* owned; outlives the application's hold on the window */
  TelaThumbnailer      *thumbnailer;     /* the same; nullable */
  GSignalGroup         *session_signals; /* owned */
  GSignalGroup         *project_signals; /* owned */
  GSignalGroup         *board_signals;   /* owned */
  char                 *project_id;      /* owned; NULL: the list is shown */
  gboolean              is_named;        /* the list has told how that board is called */
  guint                 n_lost;          /* changes that somebody wrote over, of which the window has told */
  GtkFileChooserNative *chooser;         /* owned; while it is open */

  TelaJob *job_to_show; /* owned; whose picture is shown once the board is there; nullable */

  struct
  {
    double x, y, zoom;
    char  *tool; /* owned */
  } camera;      /* where to begin on the board being opened; zoom 0: where it fits */

  GCancellable *exporting;    /* owned; while it is */
  guint         slow_export;  /* it is about to be told */
  AdwToast     *export_toast; /* owned; what tells it */

  GSignalGroup *link_signals; /* owned */
  char         *content;      /* owned; digest of the board when last looked at; NULL: not yet */
  guint         check_source; /* the board has changed: look again */
  gboolean      is_checking;
  gint64        changed_at; /* all three by the monotonic clock */
  gint64        check_begun;
  gint64        check_took;
  gboolean      is_saving;
  TelaTask     *filling; /* borrowed: it holds the window; NULL: no file is on its way into the board */

  AdwToastOverlay *toasts; /* template children */
  GtkStack        *stack;
  TelaListPage    *list_page;
  TelaBoardPage   *board_page;
};

TelaApplication *tela_window_get_app (TelaWindow *self);
TelaWorkspace   *tela_window_get_workspace (TelaWindow *self);                       /* NULL: not started */
void             tela_window_open_beside (TelaWindow *self, const char *project_id); /* in a window of its own */

/* tela-window-state.c */
void tela_window_init_state (TelaWindow *self); /* the size of the last window; from now on changes are remembered */
void tela_window_write_state (TelaWindow *self, TelaJsonWriter *writer);
void tela_window_read_state (TelaWindow *self, TelaJsonSpan state); /* what cannot be read is left as it is */
void tela_window_place_camera (TelaWindow *self);

/* tela-window-jobs.c */
void tela_window_init_jobs (TelaWindow *self);       /* once it has its application */
void tela_window_show_wanted_job (TelaWindow *self); /* the board is there */

/* tela-window-keys.c */
void tela_window_bind_keys (GtkWidgetClass *widget_class);

/* tela-window-boards.c */
char *tela_window_dup_name (TelaWindow *self); /* of the board that is shown */
void  tela_window_rename_board (TelaWindow *self, const char *project_id);
void  tela_window_delete_board (TelaWindow *self, const char *project_id); /* to the trash */
void  tela_window_show_trash (TelaWindow *self);

gboolean tela_window_is_in_trash (TelaWindow *self, const char *project_id);
void     tela_window_take_from_trash (TelaWindow *self, const char *project_id); /* if it is there; and tells it */

/* tela-window-changes.c */
void tela_window_install_changes (GtkWidgetClass *widget_class);
void tela_window_tell_refused (TelaWindow *self, const char *message);
void tela_window_edits_changed (TelaWindow *self);

/* tela-window-copy.c */
/* Makes a board of @elements, whole ones in any order, and opens it in a window of its own. @told: they are a change that could not
 * be made, and this is what a toast says instead, from which the board can be opened; else NULL. */
void tela_window_copy (TelaWindow *self, const char *name, GPtrArray *elements, const char *told);

void tela_window_install_copy (GtkWidgetClass *widget_class);

/* tela-window-versions.c */
void tela_window_install_versions (GtkWidgetClass *widget_class);

/* tela-window-document.c */
void tela_window_init_document (TelaWindow *self);
void tela_window_dispose_document (TelaWindow *self);
void tela_window_board_changed (TelaWindow *self); /* another board, or another content */
void tela_window_save (TelaWindow *self);
void tela_window_save_to (TelaWindow *self, GFile *file);

/* tela-window-drop.c */
void tela_window_init_drop (TelaWindow *self);
/* What is dropped or chosen: the first in this window if it shows no board, the others in windows of their own. */
void tela_window_open_files (TelaWindow *self, GListModel *files);

/* tela-window-library.c */
void tela_window_init_library (TelaWindow *self);

/* tela-window-recent.c */
void tela_window_init_recent (TelaWindow *self);
void tela_window_open_recent_action (GtkWidget *widget, const char *name, GVariant *uri);

/* tela-window-files.c */
void tela_window_choose_open (TelaWindow *self);
void tela_window_choose_save (TelaWindow *self);

/* tela-window-export.c */
/* A toast: @format has one %s, for @detail, which is text and no markup. */
void tela_window_tell (TelaWindow *self, const char *format, const char *detail);
void tela_window_tell_text (TelaWindow *self, const char *text); /* the same without a format */
void tela_window_export_to (TelaWindow *self, GFile *file, const TelaExportOptions *options);
void tela_window_dispose_export (TelaWindow *self); /* ends what is under way */
void tela_window_install_export (GtkWidgetClass *widget_class);

/* tela-window-print.c */
GtkPrintOperation *tela_window_new_print (TelaWindow *self); /* of the board that is shown; (transfer full) */
void               tela_window_install_print (GtkWidgetClass *widget_class);

/* tela-window-tour.c */
void tela_window_install_tour (GtkWidgetClass *widget_class);

/* tela-window-share.c */
void tela_window_install_share (GtkWidgetClass *widget_class);

/* tela-window-join.c */
void tela_window_install_join (GtkWidgetClass *widget_class);

/* tela-window-images.c */
void tela_window_install_images (GtkWidgetClass *widget_class);

G_END_DECLS
