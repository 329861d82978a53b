/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application.h"

#include <glib/gi18n.h>
#include <stdlib.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr (TelaApplication) app = NULL;
  int status;

  bindtextdomain (GETTEXT_PACKAGE, TELA_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  app = tela_application_new ((const char *const *) argv + 1);
  status = g_application_run (G_APPLICATION (app), argc, argv);

  return status == EXIT_SUCCESS && tela_application_has_failed (app) ? EXIT_FAILURE : status;
}
