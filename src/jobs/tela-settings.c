/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-settings.h"

#define SCHEMA_ID "io.github.telacanvas.Tela"

/* The schemas of the build tree, if that is where the program runs. */
static GSettingsSchemaSource *
source_beside_program (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *beside = program == NULL ? NULL : g_path_get_dirname (program);
  g_autofree char *dir = beside == NULL ? NULL : g_build_filename (beside, "data", NULL);

  if (dir == NULL || !g_file_test (dir, G_FILE_TEST_IS_DIR))
    return NULL;

  return g_settings_schema_source_new_from_directory (dir, g_settings_schema_source_get_default (), FALSE, NULL);
}

GSettings *
tela_settings_new (void)
{
  g_autoptr (GSettingsSchemaSource) source = source_beside_program ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source == NULL && g_settings_schema_source_get_default () != NULL)
    source = g_settings_schema_source_ref (g_settings_schema_source_get_default ());
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA_ID, TRUE);

  return schema == NULL ? NULL : g_settings_new_full (schema, NULL, NULL);
}
