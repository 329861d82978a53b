/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "tela-gpu.h"

/* The catalogues of the build tree, if that is where the program runs. */
static void
bind_catalogues (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *beside = program == NULL ? NULL : g_path_get_dirname (program);
  g_autofree char *dir = beside == NULL ? NULL : g_build_filename (beside, "po", NULL);

  bindtextdomain (GETTEXT_PACKAGE, dir != NULL && g_file_test (dir, G_FILE_TEST_IS_DIR) ? dir : TELA_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* Where nothing but the processor draws, cairo does it in half the time of a driver that does as if it were graphics hardware. The
 * environment is how GTK is told, and only before there are threads. */
static void
choose_renderer (void)
{
  if (!tela_gpu_is_there ("/dev") && g_strcmp0 (g_getenv ("GDK_BACKEND"), "broadway") != 0)
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (TelaApplication) app = NULL;
  int status;

  choose_renderer ();
  bind_catalogues ();
  app = tela_application_new ((const char *const *) argv + 1);
  status = g_application_run (G_APPLICATION (app), argc, argv);

  return status == EXIT_SUCCESS && tela_application_has_failed (app) ? EXIT_FAILURE : status;
}
