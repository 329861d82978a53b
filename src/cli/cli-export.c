/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "cli.h"
#include "tela-paint.h"

#define PNG_PADDING 16.0
#define HASH_LENGTH 64

/* What is exported: a board of the account, or a file read into a board of its own. */
typedef struct
{
  TelaBoard   *board;   /* owned */
  TelaSession *session; /* owned, NULL for a file */
  GHashTable  *files;   /* owned: fileId → GBytes */
} Source;

static void
source_clear (Source *source)
{
  g_clear_object (&source->board);
  g_clear_object (&source->session);
  g_clear_pointer (&source->files, g_hash_table_unref);
}

static gboolean
open_file (Source     *source,
           const char *path,
           GError    **error)
{
  TelaStamp stamp = { .time = 1 << 16, .actor = 1 };
  g_autoptr (TelaImport) import = tela_format_read_file (path, stamp, NULL, NULL, error);

  if (import == NULL)
    return FALSE;
  cli_print_report (path, import->report);
  source->board = tela_board_new ("file");
  source->files = g_hash_table_ref (import->assets);
  tela_board_merge (source->board, (TelaElement *const *) import->elements->pdata, import->elements->len);
  return TRUE;
}

/* Images that were put on the board here are called by their hash. */
static void
add_own_images (TelaBoard  *board,
                GHashTable *names)
{
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);

  for (guint i = 0; i < all->len; i++)
    {
      const char *id = tela_element_get_string (all->pdata[i], TELA_KEY_FILE_ID);

      if (id != NULL && strlen (id) == HASH_LENGTH && strspn (id, "0123456789abcdef") == HASH_LENGTH &&
          !g_hash_table_contains (names, id))
        g_hash_table_insert (names, g_strdup (id), g_strdup (id));
    }
}

/* Those that nobody has stay away: the picture shows a box in their place. */
static void
fetch_files (TelaCli *cli,
             Source  *source)
{
  g_autoptr (GHashTable) names = tela_excalidraw_list_files (source->board);
  GHashTableIter iter;
  gpointer       file_id, sha256;

  add_own_images (source->board, names);
  source->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &file_id, &sha256))
    {
      CliAwait await = { NULL };
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      GBytes *bytes;

      tela_assets_get_async (tela_workspace_get_assets (cli->workspace), sha256, NULL, cli_await_cb, &await);
      result = cli_await_take (&await);
      bytes = tela_assets_get_finish (tela_workspace_get_assets (cli->workspace), result, &error);
      if (bytes != NULL)
        g_hash_table_insert (source->files, g_strdup (file_id), bytes);
      else
        cli_fail (file_id, error);
    }
}

static gboolean
open_project (TelaCli    *cli,
              Source     *source,
              const char *project,
              GError    **error)
{
  if (!cli_open_online (cli, error))
    return FALSE;
  source->session = cli_open_board (cli, project, error);
  if (source->session == NULL)
    return FALSE;
  if (!cli_drain (source->session, error))
    return FALSE;
  source->board = g_object_ref (tela_session_get_board (source->session));
  fetch_files (cli, source);
  return TRUE;
}

static GBytes *
file_cb (const char *file_id,
         gpointer    user_data)
{
  GBytes *bytes = g_hash_table_lookup (user_data, file_id);

  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

/* (element-type TelaElement) Everything, or what lies in the frame of that name. */
static GPtrArray *
choose_elements (TelaBoard  *board,
                 const char *frame,
                 GError    **error)
{
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);

  if (frame == NULL)
    return g_steal_pointer (&all);
  for (guint i = 0; i < all->len; i++)
    {
      const TelaElement *element = g_ptr_array_index (all, i);
      TelaRect           box = tela_element_get_box (element);

      if (g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "frame") == 0 &&
          g_strcmp0 (tela_element_get_string (element, TELA_KEY_NAME), frame) == 0)
        return tela_board_query (board, &box);
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no frame is called “%s”", frame);
  return NULL;
}

/* How it is wanted. */
typedef struct
{
  char    *out;   /* owned */
  char    *frame; /* owned, NULL: everything */
  double   scale;
  gboolean transparent;
  gboolean dark;
  gboolean pages; /* one a frame */
} Wish;

static void
wish_clear (Wish *wish)
{
  g_free (wish->out);
  g_free (wish->frame);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static GBytes *
render_picture (Source     *source,
                const Wish *wish,
                GError    **error)
{
  g_autofree char *background = tela_excalidraw_dup_paper (source->board);
  g_autoptr (GPtrArray) elements = choose_elements (source->board, wish->frame, error);
  g_autoptr (GBytes) png = NULL;
  g_autofree char   *scene = NULL;
  gsize              len;
  TelaPictureOptions options = {
    .scale = wish->scale,
    .padding = PNG_PADDING,
    .background = wish->transparent ? NULL : background,
    .dark = wish->dark,
    .page_per_frame = wish->pages,
    .asset = file_cb,
    .asset_data = source->files,
  };

  if (elements == NULL)
    return NULL;
  if (g_str_has_suffix (wish->out, ".pdf"))
    return tela_paint_pdf ((TelaElement *const *) elements->pdata, elements->len, &options, error);
  if (g_str_has_suffix (wish->out, ".svg"))
    return tela_paint_svg ((TelaElement *const *) elements->pdata, elements->len, &options);
  png = tela_paint_png ((TelaElement *const *) elements->pdata, elements->len, &options, error);
  if (png == NULL || !g_str_has_suffix (wish->out, ".excalidraw.png"))
    return g_steal_pointer (&png);
  scene = tela_excalidraw_write (source->board, file_cb, source->files, NULL, &len);
  return tela_png_embed_scene (png, scene, len, TELA_CARRIER_COMPRESSED, error);
}

static GBytes *
render (Source     *source,
        const Wish *wish,
        GError    **error)
{
  gsize len;
  char *text;

  if (g_str_has_suffix (wish->out, ".tela"))
    return tela_tela_write (source->board, file_cb, source->files, NULL, error);
  if (!g_str_has_suffix (wish->out, ".excalidraw"))
    return render_picture (source, wish, error);
  text = tela_excalidraw_write (source->board, file_cb, source->files, NULL, &len);
  return g_bytes_new_take (text, len);
}

static gboolean
is_known_ending (const char *out)
{
  static const char *const endings[] = { ".png", ".svg", ".pdf", ".excalidraw", ".tela" };

  for (guint i = 0; out != NULL && i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (out, endings[i]))
      return TRUE;
  return FALSE;
}

int
cli_export (TelaCli *cli,
            int      argc,
            char   **argv)
{
  g_auto (Wish) wish = { .scale = 1.0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &wish.out, NULL, NULL },
    { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &wish.scale, NULL, NULL },
    { "frame", 0, 0, G_OPTION_ARG_STRING, &wish.frame, NULL, NULL },
    { "transparent", 0, 0, G_OPTION_ARG_NONE, &wish.transparent, NULL, NULL },
    { "dark", 0, 0, G_OPTION_ARG_NONE, &wish.dark, NULL, NULL },
    { "pages", 0, 0, G_OPTION_ARG_NONE, &wish.pages, NULL, NULL },
    { NULL },
  };
  const char *usage = "export PROJECT|FILE -o OUT.png|OUT.svg|OUT.pdf|OUT.excalidraw|OUT.excalidraw.png|OUT.tela "
                      "[--scale S] [--frame NAME] "
                      "[--transparent] [--dark] [--pages]";
  Source      source = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *what;
  gboolean    ok;

  if (!cli_parse (&argc, &argv, entries, usage, 1, FALSE))
    return CLI_USAGE;
  what = argv[1];
  if (!is_known_ending (wish.out) || !(wish.scale > 0 && wish.scale <= 16))
    return cli_usage (usage);

  if (g_file_test (argv[1], G_FILE_TEST_IS_REGULAR))
    {
      ok = open_file (&source, argv[1], &error);
      what = ok ? argv[1] : "export"; /* the message names the file */
    }
  else
    ok = open_project (cli, &source, argv[1], &error);
  if (ok)
    bytes = render (&source, &wish, &error);
  ok = bytes != NULL &&
       g_file_set_contents (wish.out, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  source_clear (&source);
  return ok ? CLI_OK : cli_fail (what, error);
}
