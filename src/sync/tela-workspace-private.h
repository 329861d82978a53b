/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-debouncer.h"
#include "tela-session-private.h"
#include "tela-workspace.h"

G_BEGIN_DECLS

typedef enum
{
  TELA_PROJECT_CREATE,
  TELA_PROJECT_RENAME,
  TELA_PROJECT_TRASH,
  TELA_PROJECT_RESTORE,
  TELA_PROJECT_THUMBNAIL,
} TelaProjectChangeKind;

/* Something about a board that the server does not know yet. */
typedef struct
{
  TelaProjectChangeKind kind;
  char                 *id;
  char                 *name; /* of a thumbnail: its SHA-256 */
} TelaProjectChange;

struct _TelaWorkspace
{
  GObject parent_instance;

  TelaStore       *store;
  RealtimeManager *realtime;
  TelaRemote      *remote;
  TelaAssets      *assets;
  char            *email; /* of the account; NULL: none */
  char            *scope; /* names what the store keeps for this backend and account; NULL before the first endpoint */
  gboolean         is_local;
  gboolean         has_list; /* the server has told it since the endpoint was set */
  gboolean         closed;
  GCancellable    *cancellable; /* of what is under way at this endpoint */

  RealtimeSubscription *user;
  RealtimeDebouncer    *news; /* of the list of boards */
  guint                 retry_source;
  guint                 attempt;

  GListStore *projects; /* TelaProject */
  GListStore *trash;    /* the same, of those that are in it */
  GQueue      queue;    /* TelaProjectChange, oldest first */
  gboolean    queue_busy;
  GPtrArray  *refreshes; /* tela_waiters_new() */
  gboolean    refreshing;
  gboolean    refresh_again;
  gboolean    refresh_is_old; /* the server was told of a change since: what comes may be of before */
  GPtrArray  *rows;           /* of the refresh under way */

  GHashTable *sessions;    /* id → borrowed TelaSession, gone when it goes */
  GHashTable *opening;     /* id → GPtrArray of GTask */
  GHashTable *outboxes;    /* id → TelaOutbox, of boards that are not open */
  GPtrArray  *replicas;    /* of other processes that are gone */
  GPtrArray  *drains;      /* tela_waiters_new() */
  guint       idle_source; /* replicas to close */
  guint       n_holds;     /* of tela_workspace_hold() */

  GThreadPool *thumbnailer; /* one thread; NULL until there is one to keep or to read */
};

/* tela-workspace.c */
void tela_workspace_retry_later (TelaWorkspace *self);

/* tela-workspace-lists.c */
void         tela_workspace_load_projects (TelaWorkspace *self);                                  /* from the store */
TelaProject *tela_workspace_find (TelaWorkspace *self, const char *id, guint *position);          /* (transfer full) or NULL */
TelaProject *tela_workspace_find_trashed (TelaWorkspace *self, const char *id);                   /* the same, in the trash */
void         tela_workspace_place (TelaWorkspace *self, TelaProject *project, gint64 deleted_ms); /* in the list that it belongs to */
void         tela_workspace_take_out (TelaWorkspace *self, const char *id);                       /* of either */
void         tela_workspace_save_projects (TelaWorkspace *self);
char        *tela_workspace_note (TelaWorkspace *self, const char *what);
GPtrArray   *tela_workspace_parse_rows (const char *text); /* (element-type TelaProjectRow); NULL: there are none */

/* tela-workspace-projects.c */
void tela_workspace_refresh (TelaWorkspace *self);

/* tela-workspace-changes.c */
void tela_workspace_queue_change (TelaWorkspace *self, TelaProjectChangeKind kind, const char *id, const char *name); /* saves them, too */
void tela_workspace_take_changes (TelaWorkspace *self, const char *json);                                             /* another replica's */
void tela_workspace_drop_changes (TelaWorkspace *self, const char *id);                                               /* the board is gone */
void tela_workspace_pump_changes (TelaWorkspace *self);
/* The last of that kind; NULL: the server knows all. */
const TelaProjectChange *tela_workspace_find_change (TelaWorkspace *self, const char *id, TelaProjectChangeKind kind);
gboolean                 tela_workspace_is_trashed (TelaWorkspace *self, const char *id, gboolean by_server); /* what the user did last holds */
gboolean                 tela_workspace_is_unborn (TelaWorkspace *self, const char *id);                      /* the server does not know it yet */
void                     tela_project_change_free (TelaProjectChange *self);
/* The change that was being told is; or is not, for that reason. */
void tela_workspace_change_told (TelaWorkspace *self, const GError *error);

/* tela-workspace-thumbnails.c */
void tela_workspace_tell_thumbnail (TelaWorkspace *self, const TelaProjectChange *change); /* ends in tela_workspace_change_told() */
void tela_workspace_adopt_thumbnails (TelaWorkspace *self, TelaStore *store);              /* of the changes taken from there */
void tela_workspace_forget_thumbnail (TelaWorkspace *self, const char *id);

/* tela-workspace-boards.c */
void tela_workspace_update_boards (TelaWorkspace *self); /* roles, endpoint or list have changed */
void tela_workspace_reconnected (TelaWorkspace *self);
void tela_workspace_forget_board (TelaWorkspace *self, const char *id);
void tela_workspace_close_boards (TelaWorkspace *self);

/* tela-workspace-outboxes.c */
gboolean tela_workspace_is_online (TelaWorkspace *self, const char *id);
void     tela_workspace_update_outboxes (TelaWorkspace *self); /* endpoint or list have changed */
void     tela_workspace_retry_outboxes (TelaWorkspace *self);  /* and what is to be uploaded */
void     tela_workspace_push_closed (TelaWorkspace *self);     /* whatever waits in the store */
void     tela_workspace_push_closed_board (TelaWorkspace *self, const char *id);
void     tela_workspace_close_outbox (TelaWorkspace *self, const char *id); /* what waits for it goes another way, or not at all */
void     tela_workspace_close_outboxes (TelaWorkspace *self);
void     tela_workspace_check_drained (TelaWorkspace *self);
void     tela_replica_adopted_free (gpointer replica);

G_END_DECLS
