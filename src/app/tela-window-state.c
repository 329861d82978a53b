/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include "tela-json.h"

#define MIN_WIDTH 360
#define MIN_HEIGHT 294

static void
state_changed_cb (TelaWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (app != NULL)
    tela_application_windows_changed (TELA_APPLICATION (app));
}

static void
remember_size_cb (TelaWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));
  GSettings      *settings = app == NULL ? NULL : tela_application_get_settings (TELA_APPLICATION (app));
  gboolean        is_maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  int             width, height;

  state_changed_cb (self);
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (settings == NULL || width <= 0 || height <= 0)
    return;

  g_settings_set_boolean (settings, "window-maximized", is_maximized);
  g_settings_set (settings, "window-size", "(ii)", width, height);
}

static void
resize (TelaWindow *self,
        int         width,
        int         height,
        gboolean    is_maximized)
{
  gtk_window_set_default_size (GTK_WINDOW (self), MAX (width, MIN_WIDTH), MAX (height, MIN_HEIGHT));
  if (is_maximized)
    gtk_window_maximize (GTK_WINDOW (self));
}

void
tela_window_init_state (TelaWindow *self)
{
  TelaCanvas *canvas = tela_window_get_canvas (self);
  GSettings  *settings = tela_application_get_settings (tela_window_get_app (self));

  if (settings != NULL)
    {
      int width, height;

      g_settings_get (settings, "window-size", "(ii)", &width, &height);
      resize (self, width, height, g_settings_get_boolean (settings, "window-maximized"));
    }

  g_signal_connect (self, "notify::default-width", G_CALLBACK (remember_size_cb), NULL);
  g_signal_connect (self, "notify::default-height", G_CALLBACK (remember_size_cb), NULL);
  g_signal_connect (self, "notify::maximized", G_CALLBACK (remember_size_cb), NULL);
  g_signal_connect (self, "notify::title", G_CALLBACK (state_changed_cb), NULL);
  g_signal_connect_object (canvas, "notify::tool", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tela_canvas_get_viewport (canvas), "changed", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
tela_window_write_state (TelaWindow     *self,
                         TelaJsonWriter *writer)
{
  TelaCanvas *canvas = tela_window_get_canvas (self);
  double      x, y;
  int         width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "width");
  tela_json_writer_int (writer, width);
  tela_json_writer_name (writer, "height");
  tela_json_writer_int (writer, height);
  tela_json_writer_name (writer, "maximized");
  tela_json_writer_boolean (writer, gtk_window_is_maximized (GTK_WINDOW (self)));
  if (self->session != NULL)
    {
      tela_viewport_get_origin (tela_canvas_get_viewport (canvas), &x, &y);
      tela_json_writer_name (writer, "board");
      tela_json_writer_string (writer, self->project_id);
      tela_json_writer_name (writer, "tool");
      tela_json_writer_string (writer, tela_canvas_get_tool (canvas));
      tela_json_writer_name (writer, "x");
      tela_json_writer_number (writer, x);
      tela_json_writer_name (writer, "y");
      tela_json_writer_number (writer, y);
      tela_json_writer_name (writer, "zoom");
      tela_json_writer_number (writer, tela_viewport_get_zoom (tela_canvas_get_viewport (canvas)));
    }
  tela_json_writer_end_object (writer);
}

static double
number_of (TelaJsonSpan state,
           const char  *name,
           double       otherwise)
{
  TelaJsonSpan   span;
  TelaJsonReader reader;
  double         value;

  if (!tela_json_find (state, name, &span))
    return otherwise;
  tela_json_reader_init (&reader, span.data, span.len);

  return tela_json_reader_number (&reader, &value, NULL) ? value : otherwise;
}

static char *
string_of (TelaJsonSpan state,
           const char  *name)
{
  TelaJsonSpan   span;
  TelaJsonReader reader;

  if (!tela_json_find (state, name, &span))
    return NULL;
  tela_json_reader_init (&reader, span.data, span.len);

  return tela_json_reader_string (&reader, NULL, NULL);
}

void
tela_window_read_state (TelaWindow  *self,
                        TelaJsonSpan state)
{
  g_autofree char *board = string_of (state, "board");
  TelaJsonSpan     maximized = { "false", 5 };

  tela_json_find (state, "maximized", &maximized);
  resize (self, (int) CLAMP (number_of (state, "width", 0), 0, G_MAXINT16),
          (int) CLAMP (number_of (state, "height", 0), 0, G_MAXINT16), TELA_JSON_SPAN_IS (maximized, "true"));
  if (board == NULL || tela_window_is_in_trash (self, board))
    return;

  g_free (self->camera.tool);
  self->camera.tool = string_of (state, "tool");
  self->camera.x = number_of (state, "x", 0);
  self->camera.y = number_of (state, "y", 0);
  self->camera.zoom = number_of (state, "zoom", 0);
  tela_window_open_board (self, board);
}

void
tela_window_place_camera (TelaWindow *self)
{
  TelaCanvas      *canvas = tela_window_get_canvas (self);
  g_autofree char *tool = g_steal_pointer (&self->camera.tool);
  double           zoom = self->camera.zoom;

  self->camera.zoom = 0;
  if (zoom <= 0)
    return;

  tela_board_page_place (self->board_page, self->camera.x, self->camera.y, zoom);
  if (tool != NULL && tela_canvas_can_edit (canvas))
    tela_canvas_set_tool (canvas, tool);
}
