/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-picture.h"

#include <string.h>

#include "tela-thumbnailer.h"

#define MIN_WIDTH 96
#define NATURAL_WIDTH 150
#define RATIO ((double) TELA_THUMBNAIL_HEIGHT / TELA_THUMBNAIL_WIDTH)
#define MAX_SIDE 1024 /* pixels: others send these pictures */
#define PNG_HEAD 24   /* bytes up to the end of the size */

struct _TelaBoardPicture
{
  GtkWidget parent_instance;

  TelaProject   *project;     /* owned */
  TelaWorkspace *workspace;   /* owned; nullable */
  GtkWidget     *sign;        /* owned: a child */
  GdkTexture    *texture;     /* owned; nullable */
  char          *hash;        /* owned; of the picture that is shown or on its way; nullable */
  GCancellable  *cancellable; /* owned; of what is on its way; nullable */
  gboolean       is_near;
};

G_DEFINE_FINAL_TYPE (TelaBoardPicture, tela_board_picture, GTK_TYPE_WIDGET)

static void
take_texture (TelaBoardPicture *self,
              GdkTexture       *texture)
{
  g_set_object (&self->texture, texture);
  gtk_widget_set_visible (self->sign, texture == NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  TelaBoardPicture *self = TELA_BOARD_PICTURE (source);
  g_autoptr (GdkTexture) texture = NULL;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  texture = g_task_propagate_pointer (G_TASK (result), NULL);
  g_clear_object (&self->cancellable);
  if (texture != NULL)
    take_texture (self, texture);
}

static guint32
read_number (const char *at)
{
  guint32 number;

  memcpy (&number, at, sizeof number);

  return GUINT32_FROM_BE (number);
}

static gboolean
is_small_png (GBytes *bytes)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);

  return len > PNG_HEAD && memcmp (data, "\211PNG\r\n\032\n", 8) == 0 && read_number (data + 16) <= MAX_SIDE &&
         read_number (data + 20) <= MAX_SIDE;
}

static void
decode_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      data,
                  GCancellable *cancellable)
{
  GBytes     *bytes = data;
  GdkTexture *texture = is_small_png (bytes) ? gdk_texture_new_from_bytes (bytes, NULL) : NULL;

  g_task_return_pointer (task, texture, g_object_unref);
}

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (TelaBoardPicture) self = user_data; /* the reference load() took */
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tela_workspace_get_thumbnail_finish (TELA_WORKSPACE (source), result, &error);
  g_autoptr (GTask) task = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes == NULL)
    {
      /* Without the server; the next time it is wanted it is asked for again. */
      g_clear_object (&self->cancellable);
      g_clear_pointer (&self->hash, g_free);
      return;
    }
  task = g_task_new (self, self->cancellable, decoded_cb, NULL);
  g_task_set_source_tag (task, got_cb);
  g_task_set_task_data (task, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, decode_in_thread);
}

static void
cancel (TelaBoardPicture *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* The old picture stays until the new one is there. */
static void
load (TelaBoardPicture *self)
{
  const char *hash = self->is_near ? tela_project_get_thumbnail (self->project) : NULL;

  if (self->workspace == NULL || g_strcmp0 (hash, self->hash) == 0)
    return;

  cancel (self);
  g_free (self->hash);
  self->hash = g_strdup (hash);
  if (hash == NULL)
    {
      take_texture (self, NULL);
      return;
    }
  self->cancellable = g_cancellable_new ();
  tela_workspace_get_thumbnail_async (self->workspace, self->project, self->cancellable, got_cb, g_object_ref (self));
}

static GtkSizeRequestMode
tela_board_picture_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
tela_board_picture_measure (GtkWidget     *widget,
                            GtkOrientation orientation,
                            int            for_size,
                            int           *minimum,
                            int           *natural,
                            int           *minimum_baseline,
                            int           *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN_WIDTH;
      *natural = NATURAL_WIDTH;
    }
  else
    *minimum = *natural = (int) ((for_size < 0 ? NATURAL_WIDTH : for_size) * RATIO);
}

static void
tela_board_picture_size_allocate (GtkWidget *widget,
                                  int        width,
                                  int        height,
                                  int        baseline)
{
  gtk_widget_allocate (TELA_BOARD_PICTURE (widget)->sign, width, height, -1, NULL);
}

static void
tela_board_picture_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  TelaBoardPicture *self = TELA_BOARD_PICTURE (widget);
  const float       width = (float) gtk_widget_get_width (widget);
  const float       height = (float) gtk_widget_get_height (widget);

  if (self->texture != NULL)
    gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, width, height));
  GTK_WIDGET_CLASS (tela_board_picture_parent_class)->snapshot (widget, snapshot);
}

static void
tela_board_picture_dispose (GObject *object)
{
  TelaBoardPicture *self = TELA_BOARD_PICTURE (object);

  cancel (self);
  g_clear_object (&self->project);
  g_clear_object (&self->workspace);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->hash, g_free);
  g_clear_pointer (&self->sign, gtk_widget_unparent);

  G_OBJECT_CLASS (tela_board_picture_parent_class)->dispose (object);
}

static void
tela_board_picture_class_init (TelaBoardPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_board_picture_dispose;
  widget_class->get_request_mode = tela_board_picture_get_request_mode;
  widget_class->measure = tela_board_picture_measure;
  widget_class->size_allocate = tela_board_picture_size_allocate;
  widget_class->snapshot = tela_board_picture_snapshot;
  gtk_widget_class_set_css_name (widget_class, "boardpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
tela_board_picture_init (TelaBoardPicture *self)
{
  self->sign = gtk_image_new_from_icon_name ("tela-board-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (self->sign), 32);
  gtk_widget_set_parent (self->sign, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
tela_board_picture_new (TelaProject   *project,
                        TelaWorkspace *workspace)
{
  TelaBoardPicture *self = g_object_new (TELA_TYPE_BOARD_PICTURE, NULL);

  self->project = g_object_ref (project);
  g_set_object (&self->workspace, workspace);
  g_signal_connect_object (project, "notify::thumbnail", G_CALLBACK (load), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

void
tela_board_picture_set_near (TelaBoardPicture *self,
                             gboolean          is_near)
{
  g_return_if_fail (TELA_IS_BOARD_PICTURE (self));

  self->is_near = is_near;
  load (self);
}

gboolean
tela_board_picture_is_loaded (TelaBoardPicture *self)
{
  g_return_val_if_fail (TELA_IS_BOARD_PICTURE (self), FALSE);

  return self->texture != NULL && self->cancellable == NULL;
}
