/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <unistd.h>

#include "cli.h"

/* Beside us where nothing is installed. */
static char *
find_program (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *dir = self != NULL ? g_path_get_dirname (self) : g_strdup (".");
  g_autofree char *beside = g_build_filename (dir, "tela-serve", NULL);

  return g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&beside)
                                                         : g_build_filename (TELA_LIBEXEC_DIR, "tela-serve", NULL);
}

/* A program of its own becomes of this process: who serves for days does not hold what draws and prints. */
int
cli_serve (TelaCli *cli,
           int      argc,
           char   **argv)
{
  g_autofree char *program = find_program ();
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (words, (char *) "tela-cli serve");
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (words, argv[i]);
  g_ptr_array_add (words, (char *) "--data");
  g_ptr_array_add (words, cli->data_dir);
  if (cli->url != NULL)
    g_ptr_array_add (words, (char *) "--url"); /* which it does not know */
  g_ptr_array_add (words, NULL);
  execv (program, (char **) words->pdata);
  g_set_error (&error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", program, g_strerror (errno));
  return cli_fail ("serve", error);
}
