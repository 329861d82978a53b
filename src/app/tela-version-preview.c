/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-version-preview.h"

#include <glib/gi18n.h>

#include "tela-formats.h"
#include "tela-sheet.h"

#define MAX_WIDTH 1600.0 /* pixels: sharp where the window is large */
#define MAX_HEIGHT 1200.0
#define MAX_SCALE 2.0 /* a single word does not fill the picture */
#define PADDING 16.0  /* board units */

struct _TelaVersionPreview
{
  AdwBin parent_instance;

  GPtrArray    *shown;       /* owned: TelaElement, z-order; NULL: nothing was given */
  TelaImages   *images;      /* owned; likewise */
  char         *paper;       /* owned; likewise */
  GCancellable *cancellable; /* owned; of the painting under way */

  GtkStack      *stack; /* children */
  GtkPicture    *picture;
  AdwStatusPage *failed;
};

G_DEFINE_FINAL_TYPE (TelaVersionPreview, tela_version_preview, ADW_TYPE_BIN)

/* What the thread works on. */
typedef struct
{
  GPtrArray  *shown;  /* owned */
  TelaImages *images; /* owned */
  char       *paper;  /* owned */
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_ptr_array_unref (self->shown);
  tela_images_unref (self->images);
  g_free (self->paper);
  g_free (self);
}

static void
paint_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  const Job          *job = data;
  TelaElement *const *elements = (TelaElement *const *) job->shown->pdata;
  TelaPictureOptions  options = { .scale = 1,
                                  .padding = PADDING,
                                  .background = job->paper,
                                  .asset = tela_images_get,
                                  .asset_data = job->images };
  g_auto (TelaSheet) sheet = { NULL };
  g_autoptr (GBytes) png = NULL;
  GdkTexture *texture = NULL;
  GError     *error = NULL;

  tela_sheet_init (&sheet, elements, job->shown->len, &options);
  options.scale = MIN (MAX_SCALE, MIN (MAX_WIDTH / MAX (sheet.extent.width, 1), MAX_HEIGHT / MAX (sheet.extent.height, 1)));
  if (!g_cancellable_is_cancelled (cancellable))
    png = tela_paint_png (elements, job->shown->len, &options, &error);
  if (png != NULL)
    texture = gdk_texture_new_from_bytes (png, &error);
  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_error_if_cancelled (task);
}

static void
painted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  TelaVersionPreview *self = TELA_VERSION_PREVIEW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (texture == NULL)
    {
      tela_version_preview_fail (self, error->message);
      return;
    }
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_stack_set_visible_child_name (self->stack, "picture");
}

static void
cancel (TelaVersionPreview *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
paint (gpointer user_data)
{
  TelaVersionPreview *self = user_data;
  g_autoptr (GTask) task = NULL;
  Job *job = g_new (Job, 1);

  cancel (self);
  self->cancellable = g_cancellable_new ();
  *job = (Job){ .shown = g_ptr_array_ref (self->shown),
                .images = tela_images_ref (self->images),
                .paper = g_strdup (self->paper) };
  task = g_task_new (self, self->cancellable, painted_cb, NULL);
  g_task_set_source_tag (task, paint);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, paint_in_thread);
}

static void
forget (TelaVersionPreview *self)
{
  cancel (self);
  if (self->images != NULL)
    tela_images_set_assets (self->images, NULL, NULL, NULL);
  g_clear_pointer (&self->images, tela_images_unref);
  g_clear_pointer (&self->shown, g_ptr_array_unref);
  g_clear_pointer (&self->paper, g_free);
}

static void
tela_version_preview_dispose (GObject *object)
{
  forget (TELA_VERSION_PREVIEW (object));

  G_OBJECT_CLASS (tela_version_preview_parent_class)->dispose (object);
}

static void
tela_version_preview_class_init (TelaVersionPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_version_preview_dispose;
}

static GtkWidget *
new_spinner (void)
{
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (spinner, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spinner), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Loading"), -1);

  return spinner;
}

static GtkWidget *
new_picture (TelaVersionPreview *self)
{
  GtkWidget *picture = gtk_picture_new ();

  self->picture = GTK_PICTURE (picture);
  gtk_picture_set_content_fit (self->picture, GTK_CONTENT_FIT_SCALE_DOWN);
  gtk_widget_set_margin_top (picture, 12);
  gtk_widget_set_margin_bottom (picture, 12);
  gtk_widget_set_margin_start (picture, 12);
  gtk_widget_set_margin_end (picture, 12);

  return picture;
}

static void
tela_version_preview_init (TelaVersionPreview *self)
{
  GtkWidget *empty = adw_status_page_new ();
  GtkWidget *failed = adw_status_page_new ();
  GtkWidget *retry = gtk_button_new_with_mnemonic (_ ("_Try Again"));

  self->failed = ADW_STATUS_PAGE (failed);
  adw_status_page_set_icon_name (self->failed, "dialog-warning-symbolic");
  adw_status_page_set_title (self->failed, _ ("Cannot Be Shown"));
  gtk_widget_set_halign (retry, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (retry, "pill");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (retry), "versions.retry");
  adw_status_page_set_child (self->failed, retry);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "tela-board-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("An Empty Board"));

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_transition_type (self->stack, GTK_STACK_TRANSITION_TYPE_CROSSFADE);
  gtk_stack_add_named (self->stack, new_spinner (), "wait");
  gtk_stack_add_named (self->stack, new_picture (self), "picture");
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, failed, "failed");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->stack));
}

void
tela_version_preview_wait (TelaVersionPreview *self)
{
  g_return_if_fail (TELA_IS_VERSION_PREVIEW (self));

  forget (self);
  gtk_stack_set_visible_child_name (self->stack, "wait");
}

void
tela_version_preview_fail (TelaVersionPreview *self,
                           const char         *cause)
{
  g_return_if_fail (TELA_IS_VERSION_PREVIEW (self));

  forget (self);
  adw_status_page_set_description (self->failed, cause);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

void
tela_version_preview_show (TelaVersionPreview *self,
                           GPtrArray          *elements,
                           TelaStore          *store,
                           TelaAssets         *assets)
{
  g_autoptr (TelaBoard) board = tela_board_new ("");
  g_autofree char *words = NULL;

  g_return_if_fail (TELA_IS_VERSION_PREVIEW (self));

  tela_version_preview_wait (self);
  tela_board_merge (board, (TelaElement *const *) elements->pdata, elements->len);
  self->shown = tela_board_query (board, NULL);
  if (self->shown->len == 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "empty");
      return;
    }
  self->paper = tela_excalidraw_dup_paper (board);
  self->images = tela_images_new (store, board);
  tela_images_set_assets (self->images, assets, paint, self);
  /* Translators: what a screen reader calls the picture of a board */
  words = g_strdup_printf (g_dngettext (NULL, "Picture of %u shape", "Picture of %u shapes", self->shown->len),
                           self->shown->len);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  paint (self);
}

const char *
tela_version_preview_get_page (TelaVersionPreview *self)
{
  g_return_val_if_fail (TELA_IS_VERSION_PREVIEW (self), NULL);

  return gtk_stack_get_visible_child_name (self->stack);
}
