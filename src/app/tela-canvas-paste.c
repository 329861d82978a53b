/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include "tela-paste.h"

TelaAssets *
tela_canvas_get_assets (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->assets;
}

TelaStore *
tela_canvas_get_store (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->store;
}

void
tela_canvas_get_target (TelaCanvas *self,
                        double     *x,
                        double     *y)
{
  double wx = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  double wy = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (self->is_pointer_in)
    {
      wx = self->pointer_x;
      wy = self->pointer_y;
    }
  tela_viewport_to_board (self->viewport, wx, wy, x, y);
}

void
tela_canvas_tell (TelaCanvas *self,
                  const char *text)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  g_signal_emit_by_name (self, "message", text);
}

void
tela_canvas_want_image (TelaCanvas *self,
                        TelaRect    box)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  g_signal_emit_by_name (self, "image-wanted", box.x, box.y, box.width, box.height);
}

/* An undo or redo left @n properties alone, because somebody else has written them since. */
void
tela_canvas_tell_skipped (TelaCanvas *self,
                          guint       n)
{
  if (n > 0)
    g_signal_emit_by_name (self, "skipped", n);
}

static gboolean
is_picture (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *type = g_content_type_guess (base, NULL, 0, NULL);
  g_autofree char *mime = g_content_type_get_mime_type (type);

  return mime != NULL && g_str_has_prefix (mime, "image/") && strstr (base, ".excalidraw.") == NULL;
}

/* Pictures go onto this board; what else there is, is a board of its own. */
static void
drop_files (TelaCanvas *self,
            GSList     *files,
            double      x,
            double      y)
{
  g_autoptr (GPtrArray) pictures = g_ptr_array_new ();
  g_autoptr (GListStore) others = g_list_store_new (G_TYPE_FILE);

  for (GSList *l = files; l != NULL; l = l->next)
    if (is_picture (l->data))
      g_ptr_array_add (pictures, l->data);
    else
      g_list_store_append (others, l->data);
  if (pictures->len > 0)
    tela_paste_files (self, pictures, x, y);
  if (g_list_model_get_n_items (G_LIST_MODEL (others)) > 0)
    g_signal_emit_by_name (self, "files-dropped", others);
}

static gboolean
drop_cb (TelaCanvas   *self,
         const GValue *value,
         double        wx,
         double        wy)
{
  double x, y;

  if (self->session == NULL)
    return FALSE;

  tela_viewport_to_board (self->viewport, wx, wy, &x, &y);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    drop_files (self, g_value_get_boxed (value), x, y);
  else if (tela_paste_is_drawing (g_value_get_string (value)))
    {
      g_autoptr (GBytes) bytes = g_bytes_new (g_value_get_string (value), strlen (g_value_get_string (value)));

      tela_paste_bytes (self, bytes, NULL, x, y);
    }
  else
    tela_paste_text (self, g_value_get_string (value), x, y);

  return TRUE;
}

void
tela_canvas_init_drop (TelaCanvas *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType          types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
