/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application-private.h"

#include <glib/gi18n.h>

#include "tela-invite.h"
#include "tela-window.h"

#define LINK_SCHEME "tela://"

static const GOptionEntry entries[] = {
  { "new-window", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Open a new window"), NULL },
  { "new-board", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Open a new window with a new board"), NULL },
  { "new-instance", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Start a process of its own"), NULL },
  { "board", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL,
    N_ ("Open the board of that name or id; make it if there is none"), N_ ("BOARD") },
  { "url", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL, N_ ("Connect to that backend"), N_ ("URL") },
  { "key", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL, N_ ("Key of the backend; else TELA_KEY"), N_ ("KEY") },
  { "email", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL, N_ ("Sign in there with that account"), N_ ("EMAIL") },
  { "data", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, NULL, N_ ("Keep the data in that directory"), N_ ("DIR") },
  { "benchmark", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME, NULL, N_ ("Measure how that file is shown, and exit"),
    N_ ("FILE") },
  { "script", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_STRING, NULL, N_ ("What the benchmark does"), N_ ("NAME") },
  { "seconds", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_DOUBLE, NULL, N_ ("How long the benchmark does it"), N_ ("N") },
  { "json", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Print what the benchmark found as JSON"), NULL },
  { "version", 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
  { G_OPTION_REMAINING, 0, G_OPTION_FLAG_NONE, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL,
    N_ ("[FILE|tela://…|PROJECT-ID]") },
  { NULL },
};

static int
local_options_cb (GApplication *application,
                  GVariantDict *options,
                  gpointer      user_data)
{
  const char *script = NULL;

  if (!g_variant_dict_contains (options, "version"))
    {
      g_autofree char *known = NULL;

      g_variant_dict_lookup (options, "script", "&s", &script);
      if (!g_variant_dict_contains (options, "benchmark") || tela_benchmark_has_script (script))
        return -1;
      known = tela_benchmark_list_scripts ();
      g_printerr ("tela: --script is one of: %s\n", known);
      return EXIT_FAILURE;
    }

  g_print ("tela %s\n", TELA_VERSION);

  return 0;
}

void
tela_application_add_options (TelaApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_signal_connect (self, "handle-local-options", G_CALLBACK (local_options_cb), NULL);
}

/* Whoever works on other data, or asks for it, does not share the process of the user's own. */
GApplicationFlags
tela_application_flags_of (const char *const *arguments)
{
  GApplicationFlags flags = G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE;

  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    if (strcmp (arguments[i], "--new-instance") == 0 || strcmp (arguments[i], "--url") == 0 ||
        strcmp (arguments[i], "--data") == 0 || g_str_has_prefix (arguments[i], "--url=") ||
        g_str_has_prefix (arguments[i], "--data="))
      return flags | G_APPLICATION_NON_UNIQUE;

  return tela_application_is_benchmark (arguments) ? flags | G_APPLICATION_NON_UNIQUE : flags;
}

gboolean
tela_application_is_benchmark (const char *const *arguments)
{
  for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++)
    if (strcmp (arguments[i], "--benchmark") == 0 || g_str_has_prefix (arguments[i], "--benchmark="))
      return TRUE;

  return FALSE;
}

char *
tela_application_parse_target (const char *target)
{
  g_autofree char *id = NULL;

  if (g_str_has_prefix (target, LINK_SCHEME))
    target += strlen (LINK_SCHEME);
  if (g_str_has_prefix (target, "board/"))
    target += strlen ("board/");

  id = g_ascii_strdown (target, -1);
  g_strdelimit (id, "/?#", '\0');

  return g_uuid_string_is_valid (id) ? g_steal_pointer (&id) : NULL;
}

/* The board of that id, or of that name; NULL if there is none. (transfer full) */
static char *
find_board (TelaApplication *self,
            const char      *wanted)
{
  char *id = tela_application_parse_target (wanted);

  if (id == NULL)
    tela_project_find_named (tela_application_get_boards (self), wanted, &id);

  return id;
}

typedef struct
{
  TelaApplication *app;    /* owned */
  TelaWindow      *window; /* owned */
  char            *wanted; /* owned */
} BoardWish;

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  BoardWish       *wish = user_data;
  g_autofree char *project_id = NULL;

  /* Without an answer the name is not known to be taken: a board made now is pushed when the server is back. */
  tela_workspace_refresh_finish (TELA_WORKSPACE (source), result, NULL);
  if (!wish->app->is_quitting && gtk_window_get_application (GTK_WINDOW (wish->window)) != NULL)
    {
      project_id = find_board (wish->app, wish->wanted);
      if (project_id == NULL)
        project_id = tela_workspace_create (wish->app->workspace, wish->wanted);
      tela_window_open_board (wish->window, project_id);
    }
  g_object_unref (wish->app);
  g_object_unref (wish->window);
  g_free (wish->wanted);
  g_free (wish);
}

/* Opens the board of that id or name; one that nobody has yet is made. */
static void
open_named_board (TelaApplication *self,
                  TelaWindow      *window,
                  const char      *wanted)
{
  g_autofree char *project_id = find_board (self, wanted);
  BoardWish       *wish;

  if (project_id != NULL)
    {
      tela_window_open_board (window, project_id);
      return;
    }

  wish = g_new (BoardWish, 1);
  *wish = (BoardWish){ .app = g_object_ref (self), .window = g_object_ref (window), .wanted = g_strdup (wanted) };
  tela_workspace_refresh_async (self->workspace, NULL, listed_cb, wish);
}

static void
open_target (TelaApplication         *self,
             TelaWindow              *window,
             GApplicationCommandLine *command_line,
             const char              *target)
{
  g_autofree char *project_id = tela_application_parse_target (target);
  g_autoptr (GFile) file = NULL;

  if (tela_invite_is_link (target))
    {
      gtk_window_present (GTK_WINDOW (window));
      tela_window_join (window, target);
      return;
    }
  if (project_id != NULL)
    {
      tela_window_open_board (window, project_id);
      return;
    }

  file = g_application_command_line_create_file_for_arg (command_line, target);
  tela_window_open_file (window, file);
}

static TelaWindow *
window_for (TelaApplication *self,
            gboolean         is_new)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  return !is_new && TELA_IS_WINDOW (active) ? TELA_WINDOW (active) : tela_window_new (self);
}

static void
open_windows (TelaApplication         *self,
              GApplicationCommandLine *command_line,
              GVariantDict            *options)
{
  g_autofree const char **targets = NULL;
  const char             *board = NULL;
  gboolean                is_new = FALSE;
  gboolean                is_new_board = FALSE;
  TelaWindow             *window;

  g_variant_dict_lookup (options, "new-window", "b", &is_new);
  g_variant_dict_lookup (options, "board", "&s", &board);
  g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &targets);

  g_variant_dict_lookup (options, "new-board", "b", &is_new_board);

  if (!is_new && !is_new_board && board == NULL && targets == NULL)
    {
      g_application_activate (G_APPLICATION (self));
      return;
    }

  window = window_for (self, is_new || is_new_board || targets != NULL);
  if (is_new_board)
    tela_window_new_board (window);
  if (board != NULL)
    open_named_board (self, window, board);
  for (guint i = 0; targets != NULL && targets[i] != NULL; i++)
    {
      if (i > 0 || board != NULL)
        window = tela_window_new (self);
      open_target (self, window, command_line, targets[i]);
      gtk_window_present (GTK_WINDOW (window));
    }
  gtk_window_present (GTK_WINDOW (window));
}

/* It has a directory of data of its own, made for it, unless it is told one. */
static gboolean
start_benchmark (TelaApplication         *self,
                 GApplicationCommandLine *command_line,
                 GVariantDict            *options,
                 const char              *path,
                 const char              *data_dir,
                 GError                 **error)
{
  g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (command_line, path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL, error);
  g_autofree char *own_dir = NULL;
  const char      *script = NULL;
  double           seconds = 0;
  gboolean         json = FALSE;

  if (info == NULL)
    return FALSE;
  own_dir = data_dir == NULL ? g_dir_make_tmp ("tela-benchmark-XXXXXX", error) : NULL;
  if ((data_dir == NULL && own_dir == NULL) ||
      !tela_application_start (self, own_dir != NULL ? own_dir : data_dir, NULL, NULL, error))
    return FALSE;

  g_variant_dict_lookup (options, "script", "&s", &script);
  g_variant_dict_lookup (options, "seconds", "d", &seconds);
  g_variant_dict_lookup (options, "json", "b", &json);
  self->benchmark = tela_benchmark_new (self, own_dir, file, script, seconds, json);

  return TRUE;
}

int
tela_application_run_command_line (TelaApplication         *self,
                                   GApplicationCommandLine *command_line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  const char   *url = NULL;
  const char   *key = g_application_command_line_getenv (command_line, "TELA_KEY");
  const char   *email = NULL;
  const char   *data_dir = NULL;
  const char   *benchmark = NULL;
  g_autoptr (GError) error = NULL;

  if (self->is_quitting)
    return EXIT_FAILURE;

  g_variant_dict_lookup (options, "url", "&s", &url);
  g_variant_dict_lookup (options, "key", "&s", &key);
  g_variant_dict_lookup (options, "email", "&s", &email);
  g_variant_dict_lookup (options, "data", "^&ay", &data_dir);
  if (g_variant_dict_lookup (options, "benchmark", "^&ay", &benchmark))
    {
      if (start_benchmark (self, command_line, options, benchmark, data_dir, &error))
        return EXIT_SUCCESS;
      g_application_command_line_printerr (command_line, "tela: %s\n", error->message);
      return EXIT_FAILURE;
    }
  if (url != NULL && email != NULL && self->workspace == NULL)
    tela_application_set_account (self, email, g_application_command_line_getenv (command_line, "TELA_PASSWORD"));
  if (!tela_application_start (self, data_dir, url, url == NULL ? NULL : key, &error))
    {
      g_application_command_line_printerr (command_line, "tela: %s\n", error->message);
      tela_application_show_failure (self, error);
      return EXIT_FAILURE;
    }

  open_windows (self, command_line, options);

  return EXIT_SUCCESS;
}
