/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The settings of data/io.github.telacanvas.Tela.gschema.xml. They are found uninstalled too: the build leaves the
 * compiled schema in a directory beside the program. NULL: the schema is nowhere, and nothing is remembered.
 * (transfer full) */
GSettings *tela_settings_new (void);

G_END_DECLS
