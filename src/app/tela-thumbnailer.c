/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-thumbnailer.h"

#include "tela-document.h"
#include "tela-paint.h"

#define REST_MS 4000                   /* how long a board rests before it is painted */
#define LONGEST_US 30 * G_USEC_PER_SEC /* how long somebody may draw before it is painted all the same */
#define MAX_SCALE 1.0                  /* a single word does not fill the picture */
#define PADDING 16.0                   /* board units */

struct _TelaThumbnailer
{
  GObject parent_instance;

  TelaWorkspace *workspace; /* owned */
  GHashTable    *due;       /* owned: borrowed id → owned Due */
};

G_DEFINE_FINAL_TYPE (TelaThumbnailer, tela_thumbnailer, G_TYPE_OBJECT)

/* A board that is to be painted. */
typedef struct
{
  TelaThumbnailer *owner;   /* borrowed */
  TelaSession     *session; /* owned */
  gint64           since;   /* the first edit that no picture shows; monotonic */
  guint            source;
} Due;

static void
due_free (gpointer data)
{
  Due *self = data;

  g_clear_handle_id (&self->source, g_source_remove);
  g_object_unref (self->session);
  g_free (self);
}

/* What the thread works on. */
typedef struct
{
  char       *project_id; /* owned */
  GPtrArray  *elements;   /* owned */
  TelaImages *images;     /* owned */
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_free (self->project_id);
  g_ptr_array_unref (self->elements);
  tela_images_unref (self->images);
  g_free (self);
}

GBytes *
tela_thumbnailer_paint (GPtrArray  *elements,
                        TelaImages *images,
                        GError    **error)
{
  g_autoptr (TelaBoard) board = tela_board_new ("");
  g_autoptr (GPtrArray) shown = NULL;
  g_autofree char *paper = NULL;

  tela_board_merge (board, (TelaElement *const *) elements->pdata, elements->len);
  shown = tela_board_query (board, NULL);
  paper = tela_excalidraw_dup_paper (board);

  return tela_paint_thumbnail ((TelaElement *const *) shown->pdata, shown->len, TELA_THUMBNAIL_WIDTH,
                               TELA_THUMBNAIL_HEIGHT,
                               &(TelaPictureOptions){ .scale = MAX_SCALE,
                                                      .padding = PADDING,
                                                      .background = paper,
                                                      .asset = images == NULL ? NULL : tela_images_get,
                                                      .asset_data = images },
                               error);
}

static void
paint_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  const Job *job = data;
  GError    *error = NULL;
  GBytes    *png = tela_thumbnailer_paint (job->elements, job->images, &error);

  if (png != NULL)
    g_task_return_pointer (task, png, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/* A board that cannot be painted keeps the picture that it has. */
static void
painted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  TelaWorkspace *workspace = TELA_WORKSPACE (source);
  const Job     *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GBytes) png = g_task_propagate_pointer (G_TASK (result), NULL);

  if (png != NULL)
    tela_workspace_set_thumbnail (workspace, job->project_id, png);
  tela_workspace_release (workspace);
}

static void
paint (TelaThumbnailer *self,
       TelaSession     *session)
{
  TelaBoard *board = tela_session_get_board (session);
  g_autoptr (GTask) task = g_task_new (self->workspace, NULL, painted_cb, NULL);
  Job *job = g_new (Job, 1);

  *job = (Job){ .project_id = g_strdup (tela_session_get_project_id (session)),
                .elements = tela_document_snapshot (board),
                .images = tela_images_new (tela_workspace_get_store (self->workspace), board) };
  tela_workspace_hold (self->workspace);
  g_task_set_source_tag (task, paint);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, paint_in_thread);
}

static gboolean
rested_cb (gpointer user_data)
{
  Due *due = user_data;

  due->source = 0;
  paint (due->owner, due->session);
  g_hash_table_remove (due->owner->due, tela_session_get_project_id (due->session));

  return G_SOURCE_REMOVE;
}

static void
tela_thumbnailer_dispose (GObject *object)
{
  TelaThumbnailer *self = TELA_THUMBNAILER (object);

  g_hash_table_remove_all (self->due);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (tela_thumbnailer_parent_class)->dispose (object);
}

static void
tela_thumbnailer_finalize (GObject *object)
{
  g_hash_table_unref (TELA_THUMBNAILER (object)->due);

  G_OBJECT_CLASS (tela_thumbnailer_parent_class)->finalize (object);
}

static void
tela_thumbnailer_class_init (TelaThumbnailerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_thumbnailer_dispose;
  G_OBJECT_CLASS (klass)->finalize = tela_thumbnailer_finalize;
}

static void
tela_thumbnailer_init (TelaThumbnailer *self)
{
  self->due = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, due_free);
}

TelaThumbnailer *
tela_thumbnailer_new (TelaWorkspace *workspace)
{
  TelaThumbnailer *self = g_object_new (TELA_TYPE_THUMBNAILER, NULL);

  self->workspace = g_object_ref (workspace);

  return self;
}

void
tela_thumbnailer_edited (TelaThumbnailer *self,
                         TelaSession     *session)
{
  const char  *id;
  const gint64 now = g_get_monotonic_time ();
  Due         *due;

  g_return_if_fail (TELA_IS_THUMBNAILER (self));

  id = tela_session_get_project_id (session);
  due = g_hash_table_lookup (self->due, id);
  if (due == NULL)
    {
      due = g_new0 (Due, 1);
      *due = (Due){ .owner = self, .session = g_object_ref (session), .since = now };
      g_hash_table_insert (self->due, (gpointer) id, due);
    }
  if (due->source != 0 && now - due->since > LONGEST_US)
    return;

  g_clear_handle_id (&due->source, g_source_remove);
  due->source = g_timeout_add (REST_MS, rested_cb, due);
  g_source_set_name_by_id (due->source, "[tela] paint the picture of a board");
}

void
tela_thumbnailer_left (TelaThumbnailer *self,
                       TelaSession     *session)
{
  const char *id;

  g_return_if_fail (TELA_IS_THUMBNAILER (self));

  id = tela_session_get_project_id (session);
  if (!g_hash_table_contains (self->due, id))
    return;

  paint (self, session);
  g_hash_table_remove (self->due, id);
}
