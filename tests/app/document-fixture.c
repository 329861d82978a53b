/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "document-fixture.h"

#include <glib/gstdio.h>

/* In place: beside a file with a long name there is none with a longer one. */
void
document_write_text (DocumentFixture *self,
                     const char      *text)
{
  FILE *file = g_fopen (self->path, "w");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

char *
document_read_text (DocumentFixture *self)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

void
document_set_up (DocumentFixture *self,
                 gconstpointer    data)
{
  app_fixture_set_up (&self->base, data);
  self->path = g_build_filename (self->base.dir, "House Plan.excalidraw", NULL);
  self->file = g_file_new_for_path (self->path);
  document_write_text (self, HEAD BOX ("a", "1") "," BOX ("b", "100") TAIL);
  self->window = tela_window_new (self->base.app);
  gtk_window_present (GTK_WINDOW (self->window));
}

void
document_tear_down (DocumentFixture *self,
                    gconstpointer    data)
{
  g_clear_object (&self->file);
  g_clear_pointer (&self->path, g_free);
  app_fixture_tear_down (&self->base, data);
}

void
document_use_file (DocumentFixture *self,
                   const char      *name)
{
  g_clear_object (&self->file);
  g_free (self->path);
  self->path = g_build_filename (self->base.dir, name, NULL);
  self->file = g_file_new_for_path (self->path);
}

TelaCanvas *
document_canvas_of (DocumentFixture *self)
{
  return tela_window_get_canvas (self->window);
}

TelaBoard *
document_open_file (DocumentFixture *self)
{
  tela_window_open_file (self->window, self->file);
  WAIT_UNTIL (tela_canvas_get_board (document_canvas_of (self)) != NULL && self->window->filling == NULL);

  return tela_canvas_get_board (document_canvas_of (self));
}

const TelaLink *
document_get_link (DocumentFixture *self)
{
  return tela_links_lookup (tela_application_get_links (self->base.app), tela_window_get_board_id (self->window));
}

static gboolean
has_subtitle (GtkWidget  *widget,
              const char *subtitle)
{
  if (ADW_IS_WINDOW_TITLE (widget) && strcmp (adw_window_title_get_subtitle (ADW_WINDOW_TITLE (widget)), subtitle) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_subtitle (child, subtitle))
      return TRUE;

  return FALSE;
}

void
document_wait_saved (DocumentFixture *self,
                     gboolean         is_saved)
{
  g_autofree char *name = NULL;
  g_autofree char *wanted = NULL;

  WAIT_UNTIL (document_get_link (self) != NULL);
  name = tela_document_dup_quotable (document_get_link (self)->path);
  wanted = g_strconcat (is_saved ? "" : "Not saved to ", name, NULL);
  WAIT_UNTIL (self->window->content != NULL && self->window->check_source == 0 && !self->window->is_saving &&
              has_subtitle (GTK_WIDGET (self->window), wanted));
}

void
document_move (DocumentFixture *self,
               const char      *id,
               double           x)
{
  TelaOpBuilder *builder = tela_op_builder_new (id);
  g_autoptr (TelaElement) op = NULL;

  tela_op_builder_set_number (builder, TELA_KEY_X, x);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_session_edit (self->window->session, &op, 1);
}

double
document_x_of (DocumentFixture *self,
               const char      *id)
{
  const TelaElement *element = tela_board_lookup_shown (tela_canvas_get_board (document_canvas_of (self)), id);

  return element == NULL ? -1 : tela_element_get_number (element, TELA_KEY_X, -1);
}
