/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <glib/gstdio.h>

#include "../common/gone-client.h"

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#ifdef __SANITIZE_ADDRESS__
/* When its table of quarks grows GLib leaks the old one on purpose, from where no suppression can name it. The first one
 * is the first of its size, and is held here. */
#define QUARK_TABLE (2048 * sizeof (char *))
const volatile void *volatile app_quark_table;
void __sanitizer_malloc_hook (const volatile void *memory, size_t size);

void
__sanitizer_malloc_hook (const volatile void *memory,
                         size_t               size)
{
  if (app_quark_table == NULL && size == QUARK_TABLE)
    app_quark_table = memory;
}
#endif

gboolean
app_wait_step (gint64 deadline)
{
  guint tick = g_timeout_add (5, tick_cb, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);

  return g_get_monotonic_time () < deadline;
}

void
app_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        app_remove_tree (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

/* The program's colours, which an application loads by itself. */
static void
load_style (void)
{
  static gsize once;
  g_autoptr (GtkCssProvider) provider = NULL;

  if (!g_once_init_enter (&once))
    return;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/io/github/telacanvas/Tela/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_once_init_leave (&once, 1);
}

static GtkWidget *
new_window (CanvasFixture *self,
            TelaCanvas   **canvas)
{
  GtkWidget *window = gtk_window_new ();

  load_style ();
  *canvas = TELA_CANVAS (tela_canvas_new ());
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 400);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (*canvas));
  tela_canvas_set_session (*canvas, self->session, self->store);
  tela_canvas_set_assets (*canvas, tela_workspace_get_assets (self->workspace));
  gtk_window_present (GTK_WINDOW (window));
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (*canvas)) > 0);

  return window;
}

void
canvas_fixture_set_up (CanvasFixture *self,
                       gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  app_bear_toolkit ();
  self->dir = g_dir_make_tmp ("tela-app-XXXXXX", &error);
  g_assert_no_error (error);
  self->store = tela_store_open (self->dir, &error);
  g_assert_no_error (error);
  self->realtime = realtime_manager_new ();
  self->workspace = tela_workspace_new (self->store, self->realtime);
  tela_workspace_set_endpoint (self->workspace, "http://127.0.0.1:1", "key", NULL, FALSE);
  id = tela_workspace_create (self->workspace, "Test");
  tela_workspace_open_async (self->workspace, id, NULL, done_cb, &result);
  WAIT_UNTIL (result != NULL);
  self->session = tela_workspace_open_finish (self->workspace, result, &error);
  g_assert_no_error (error);
  self->board = tela_session_get_board (self->session);
  self->window = new_window (self, &self->canvas);
}

void
canvas_fixture_tear_down (CanvasFixture *self,
                          gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;

  gtk_window_destroy (GTK_WINDOW (self->window));
  g_clear_object (&self->session);
  tela_workspace_close (self->workspace);
  realtime_manager_shutdown_async (self->realtime, NULL, done_cb, &result);
  WAIT_UNTIL (result != NULL);
  g_clear_object (&self->workspace);
  g_clear_object (&self->realtime);
  tela_store_close (self->store);
  g_clear_object (&self->store);
  app_remove_tree (self->dir);
  g_clear_pointer (&self->dir, g_free);
}

GtkWidget *
canvas_fixture_add_window (CanvasFixture *self,
                           TelaCanvas   **canvas)
{
  return new_window (self, canvas);
}

void
canvas_drag (TelaCanvas     *canvas,
             double          x0,
             double          y0,
             double          x1,
             double          y1,
             GdkModifierType state)
{
  tela_canvas_press (canvas, x0, y0, state, -1, 1);
  for (guint i = 1; i <= 4; i++)
    tela_canvas_motion (canvas, x0 + (x1 - x0) * i / 4, y0 + (y1 - y0) * i / 4, state, -1);
  tela_canvas_release (canvas, x1, y1, state);
}

void
canvas_activate (TelaCanvas *canvas,
                 const char *action)
{
  g_assert_true (g_action_group_get_action_enabled (tela_canvas_get_actions (canvas), action));
  g_action_group_activate_action (tela_canvas_get_actions (canvas), action, NULL);
}

gboolean
canvas_is_enabled (TelaCanvas *canvas,
                   const char *action)
{
  return g_action_group_get_action_enabled (tela_canvas_get_actions (canvas), action);
}

const TelaElement *
canvas_get_selected (TelaCanvas *canvas)
{
  g_autoptr (GPtrArray) selected =
      tela_selection_collect (tela_canvas_get_selection (canvas), tela_canvas_get_board (canvas));

  g_assert_cmpuint (selected->len, ==, 1);

  return tela_board_lookup_shown (tela_canvas_get_board (canvas), tela_element_get_id (selected->pdata[0]));
}

char *
canvas_draw (TelaCanvas *canvas,
             const char *tool,
             double      x0,
             double      y0,
             double      x1,
             double      y1)
{
  tela_canvas_set_tool (canvas, tool);
  canvas_drag (canvas, x0, y0, x1, y1, 0);

  return g_strdup (tela_element_get_id (canvas_get_selected (canvas)));
}

cairo_surface_t *
canvas_get_picture (TelaCanvas *canvas)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  int              width = gtk_widget_get_width (GTK_WIDGET (canvas));
  int              height = gtk_widget_get_height (GTK_WIDGET (canvas));
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t         *cr = cairo_create (surface);

  GTK_WIDGET_GET_CLASS (canvas)->snapshot (GTK_WIDGET (canvas), snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

guint64
canvas_wait_for_painters (TelaCanvas *canvas)
{
  guint64 before, n;
  gsize   bytes;

  WAIT_UNTIL (tela_canvas_is_settled (canvas));
  do
    {
      tela_canvas_get_painted (canvas, &before, &bytes);
      for (guint i = 0; i < 50; i++)
        app_wait_step (G_MAXINT64);
      tela_canvas_get_painted (canvas, &n, &bytes);
    }
  while (n != before);

  return n;
}

void
picture_get_pixel (cairo_surface_t *picture,
                   int              x,
                   int              y,
                   guint8           rgb[3])
{
  guint32 pixel;

  memcpy (&pixel,
          cairo_image_surface_get_data (picture) + (gsize) y * (gsize) cairo_image_surface_get_stride (picture) +
              4 * (gsize) x,
          4);
  rgb[0] = (guint8) (pixel >> 16);
  rgb[1] = (guint8) (pixel >> 8);
  rgb[2] = (guint8) pixel;
}

void
canvas_get_pixel (TelaCanvas *canvas,
                  int         x,
                  int         y,
                  guint8      rgb[3])
{
  cairo_surface_t *picture = canvas_get_picture (canvas);

  picture_get_pixel (picture, x, y, rgb);
  cairo_surface_destroy (picture);
}

/* Only g_application_run() ends what registering has begun; this one finds that all is over. */
void
app_finalize (TelaApplication *app)
{
  g_object_add_weak_pointer (G_OBJECT (app), (gpointer *) &app);
  g_application_run (G_APPLICATION (app), 0, NULL);
  g_object_unref (app);
  WAIT_UNTIL (app == NULL);
}

static void
start (AppFixture *self)
{
  static const char *const arguments[] = { "--new-instance", NULL };
  g_autoptr (GError) error = NULL;

  app_bear_toolkit ();
  gone_client_allow ();
  self->app = tela_application_new (arguments);
  g_application_register (G_APPLICATION (self->app), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tela_application_start (self->app, self->dir, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
stop (AppFixture *self)
{
  TelaWorkspace *workspace = tela_application_get_workspace (self->app);

  if (workspace != NULL)
    g_object_add_weak_pointer (G_OBJECT (workspace), (gpointer *) &workspace);
  tela_application_quit (self->app);
  WAIT_UNTIL (workspace == NULL);
  app_finalize (self->app);
}

void
app_fixture_set_up (AppFixture   *self,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("tela-app-XXXXXX", &error);
  g_assert_no_error (error);
  start (self);
}

void
app_fixture_restart (AppFixture *self)
{
  stop (self);
  start (self);
}

void
app_fixture_tear_down (AppFixture   *self,
                       gconstpointer data)
{
  stop (self);
  app_remove_tree (self->dir);
  g_clear_pointer (&self->dir, g_free);
}
