/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-pages.h"

#define DETAIL 2.0 /* pixels of images a board unit */

/* A print under way. */
typedef struct
{
  TelaPages  *pages; /* owned; NULL until it begins */
  GPtrArray  *elements;
  TelaImages *images;
  GtkWidget  *by_frame; /* borrowed: on the tab of the dialog; NULL: without one */
  gboolean    is_by_frame;
} Printing;

static void
printing_free (gpointer  data,
               GClosure *closure)
{
  Printing *self = data;

  g_clear_pointer (&self->pages, tela_pages_free);
  g_ptr_array_unref (self->elements);
  tela_images_unref (self->images);
  g_free (self);
}

/* White paper, whatever the board's is. */
static TelaPages *
new_pages (Printing *printing,
           gboolean  by_frame)
{
  const TelaPictureOptions options = { .scale = DETAIL,
                                       .page_per_frame = by_frame,
                                       .asset = tela_images_get,
                                       .asset_data = printing->images };

  return tela_pages_new ((TelaElement *const *) printing->elements->pdata, printing->elements->len, &options);
}

static GtkWidget *
create_tab_cb (GtkPrintOperation *operation,
               Printing          *printing)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  printing->by_frame = gtk_check_button_new_with_mnemonic (_ ("A _page for each frame"));
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_start (box, 12);
  gtk_box_append (GTK_BOX (box), printing->by_frame);

  return box;
}

static void
apply_tab_cb (GtkPrintOperation *operation,
              GtkWidget         *tab,
              Printing          *printing)
{
  printing->is_by_frame = gtk_check_button_get_active (GTK_CHECK_BUTTON (printing->by_frame));
}

static void
begin_cb (GtkPrintOperation *operation,
          GtkPrintContext   *context,
          Printing          *printing)
{
  printing->pages = new_pages (printing, printing->is_by_frame);
  gtk_print_operation_set_n_pages (operation, (int) tela_pages_get_n (printing->pages));
}

/* A page on its way. */
typedef struct
{
  TelaPages *pages; /* borrowed: as long as the operation */
  guint      page;
  cairo_t   *cr; /* owned */
  double     width, height;
} Drawing;

static void
drawing_free (gpointer data)
{
  Drawing *self = data;

  cairo_destroy (self->cr);
  g_free (self);
}

static void
draw_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Drawing *drawing = data;

  tela_pages_draw (drawing->pages, drawing->page, drawing->cr, drawing->width, drawing->height);
  g_task_return_boolean (task, TRUE);
}

static void
drawn_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  gtk_print_operation_draw_page_finish (GTK_PRINT_OPERATION (source));
}

/* Large images take their time: the window goes on meanwhile, and nobody else has the context. */
static void
draw_cb (GtkPrintOperation *operation,
         GtkPrintContext   *context,
         int                page,
         Printing          *printing)
{
  g_autoptr (GTask) task = g_task_new (operation, NULL, drawn_cb, NULL);
  Drawing *drawing = g_new (Drawing, 1);

  *drawing = (Drawing){
    .pages = printing->pages,
    .page = (guint) page,
    .cr = cairo_reference (gtk_print_context_get_cairo_context (context)),
    .width = gtk_print_context_get_width (context),
    .height = gtk_print_context_get_height (context),
  };
  gtk_print_operation_set_defer_drawing (operation);
  g_task_set_source_tag (task, draw_cb);
  g_task_set_task_data (task, drawing, drawing_free);
  g_task_run_in_thread (task, draw_in_thread);
}

static void
done_cb (TelaWindow             *self,
         GtkPrintOperationResult result,
         GtkPrintOperation      *operation)
{
  g_autoptr (GError) error = NULL;

  if (result != GTK_PRINT_OPERATION_RESULT_ERROR)
    return;

  gtk_print_operation_get_error (operation, &error);
  /* Translators: %s says why, in a sentence */
  tela_window_tell (self, _ ("The board was not printed: %s"), error->message);
}

GtkPrintOperation *
tela_window_new_print (TelaWindow *self)
{
  TelaCanvas        *canvas = tela_window_get_canvas (self);
  GtkPrintOperation *operation = gtk_print_operation_new ();
  Printing          *printing = g_new0 (Printing, 1);
  g_autoptr (GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr (TelaPages) pages = NULL;
  g_autofree char *name = tela_window_dup_name (self);
  TelaRect         area;

  printing->elements = tela_board_query (tela_canvas_get_board (canvas), NULL);
  printing->images = tela_images_ref (tela_canvas_get_images (canvas));
  pages = new_pages (printing, FALSE);
  area = tela_pages_get_area (pages, 0);
  if (area.width > area.height)
    gtk_page_setup_set_orientation (setup, GTK_PAGE_ORIENTATION_LANDSCAPE);

  gtk_print_operation_set_default_page_setup (operation, setup);
  gtk_print_operation_set_job_name (operation, name);
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  gtk_print_operation_set_allow_async (operation, TRUE);
  gtk_print_operation_set_embed_page_setup (operation, TRUE);
  gtk_print_operation_set_custom_tab_label (operation, _ ("Board"));
  g_signal_connect (operation, "create-custom-widget", G_CALLBACK (create_tab_cb), printing);
  g_signal_connect (operation, "custom-widget-apply", G_CALLBACK (apply_tab_cb), printing);
  g_signal_connect (operation, "draw-page", G_CALLBACK (draw_cb), printing);
  g_signal_connect_data (operation, "begin-print", G_CALLBACK (begin_cb), printing, printing_free, 0);
  g_signal_connect_object (operation, "done", G_CALLBACK (done_cb), self, G_CONNECT_SWAPPED);

  return operation;
}

static void
print_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);
  g_autoptr (GtkPrintOperation) operation = NULL;

  if (self->session == NULL)
    return;

  operation = tela_window_new_print (self);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, GTK_WINDOW (self), NULL);
}

void
tela_window_install_print (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.print", NULL, print_action);
}
