/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <glib/gi18n.h>

#include "tela-canvas-attach.h"
#include "tela-image.h"
#include "tela-paste.h"
#include "tela-transform.h"

gboolean
tela_canvas_measure_image (TelaCanvas        *self,
                           const TelaElement *element,
                           double            *width,
                           double            *height)
{
  const TelaPaintOptions options = { .known = tela_images_get_size, .asset_data = tela_canvas_get_images (self) };
  int                    w, h;

  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  if (options.asset_data == NULL || g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "image") != 0 ||
      !tela_image_measure (element, &options, &w, &h))
    return FALSE;
  *width = w;
  *height = h;

  return TRUE;
}

gboolean
tela_canvas_crop (TelaCanvas        *self,
                  const TelaElement *element)
{
  const char *id = tela_element_get_id (element);
  double      width, height;

  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  if (!tela_canvas_can_edit (self) || tela_element_get_boolean (element, TELA_KEY_LOCKED, FALSE) ||
      !tela_canvas_measure_image (self, element, &width, &height))
    return FALSE;

  tela_selection_set (self->selection, &id, 1);
  tela_canvas_set_tool (self, "crop");

  return TRUE;
}

/* The one image that is selected. (transfer full) (nullable) */
static TelaElement *
find_image (TelaCanvas *self)
{
  g_autoptr (GPtrArray) selected = NULL;

  if (tela_selection_get_n (self->selection) != 1)
    return NULL;
  selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));
  if (selected->len != 1 ||
      g_strcmp0 (tela_element_get_string (selected->pdata[0], TELA_KEY_TYPE), "image") != 0)
    return NULL;

  return tela_element_ref (selected->pdata[0]);
}

static void
crop_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (TelaElement) image = find_image (self);

  if (image != NULL && !tela_canvas_crop (self, image))
    tela_canvas_tell (self, _ ("The image is not here, or cannot be shown"));
}

static void
open_chooser (TelaCanvas          *self,
              const char          *title,
              GtkFileChooserAction action,
              const char          *accept,
              GCallback            response_cb,
              const char          *name)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL)
    return;

  self->chooser = GTK_NATIVE_DIALOG (
      gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action, accept, NULL));
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  else
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

      gtk_file_filter_set_name (filter, _ ("Images"));
      gtk_file_filter_add_mime_type (filter, "image/*");
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
    }
  gtk_native_dialog_set_modal (self->chooser, TRUE);
  g_signal_connect_object (self->chooser, "response", response_cb, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (self->chooser);
}

/* (transfer full) (nullable) */
static GFile *
close_chooser (TelaCanvas *self,
               int         response)
{
  g_autoptr (GtkNativeDialog) chooser = g_steal_pointer (&self->chooser);

  gtk_native_dialog_hide (chooser);

  return response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
}

static void
replace_cb (TelaCanvas *self,
            int         response)
{
  g_autoptr (GFile) file = close_chooser (self, response);
  g_autoptr (TelaElement) image = self->session == NULL ? NULL : find_image (self);

  if (file != NULL && image != NULL)
    tela_paste_replace (self, file, tela_element_get_id (image));
}

static void
replace_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  open_chooser (user_data, _ ("Replace Image"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Replace"), G_CALLBACK (replace_cb),
                NULL);
}

typedef struct
{
  TelaImages *images;  /* owned */
  char       *file_id; /* owned */
  GFile      *file;    /* owned */
} Saving;

static void
saving_free (gpointer data)
{
  Saving *self = data;

  tela_images_unref (self->images);
  g_free (self->file_id);
  g_object_unref (self->file);
  g_free (self);
}

static void
save_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Saving *saving = data;
  g_autoptr (GBytes) bytes = tela_images_get (saving->file_id, saving->images);
  GError       *error = NULL;
  gsize         len;
  gconstpointer contents;

  if (bytes == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("it is not on this computer yet"));
      return;
    }
  contents = g_bytes_get_data (bytes, &len);
  if (g_file_replace_contents (saving->file, contents, len, NULL, FALSE, G_FILE_CREATE_NONE, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    return;
  /* Translators: %s says why */
  text = g_strdup_printf (_ ("The image was not saved: %s"), error->message);
  tela_canvas_tell (TELA_CANVAS (source), text);
}

void
tela_canvas_save_image (TelaCanvas        *self,
                        const TelaElement *image,
                        GFile             *file)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, saved_cb, NULL);
  Saving *saving = g_new (Saving, 1);

  *saving = (Saving){ .images = tela_images_ref (tela_canvas_get_images (self)),
                      .file_id = g_strdup (tela_element_get_string (image, TELA_KEY_FILE_ID)),
                      .file = g_object_ref (file) };
  g_task_set_source_tag (task, tela_canvas_save_image);
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save_in_thread);
}

static void
save_cb (TelaCanvas *self,
         int         response)
{
  g_autoptr (GFile) file = close_chooser (self, response);
  g_autoptr (TelaElement) image = self->session == NULL ? NULL : find_image (self);

  if (file != NULL && image != NULL)
    tela_canvas_save_image (self, image, file);
}

static void
save_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (TelaElement) image = find_image (self);
  const char *name = image == NULL ? NULL : tela_element_get_string (image, TELA_KEY_NAME);

  open_chooser (self, _ ("Save Original Image"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), G_CALLBACK (save_cb),
                name != NULL ? name : _ ("Image"));
}

static const GActionEntry entries[] = {
  { .name = "crop", .activate = crop_activated },
  { .name = "replace-image", .activate = replace_activated },
  { .name = "save-image", .activate = save_activated },
};

void
tela_canvas_init_images (TelaCanvas *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}

void
tela_canvas_update_image_actions (TelaCanvas *self)
{
  static const struct
  {
    const char *name;
    gboolean    edits;
  } actions[] = { { "crop", TRUE }, { "replace-image", TRUE }, { "save-image", FALSE }, { "show-image-menu", FALSE } };
  g_autoptr (TelaElement) image = self->session == NULL ? NULL : find_image (self);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), actions[i].name);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action),
                                   image != NULL && (!actions[i].edits || tela_canvas_can_edit (self)));
    }
}
