/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-formats.h"

extern const TelaStamp fixture_stamp;

char       *fixture_path (const char *name); /* in tests/data */
TelaImport *fixture_read (const char *text); /* must be good */
TelaBoard  *fixture_board (TelaImport *import);
/* A TelaFileFunc over the assets of the import. */
GBytes *fixture_get_file (const char *file_id, gpointer import);
char   *fixture_write (TelaBoard *board, TelaImport *import);
/* The same root keys and the same elements at the same places, with the same fields. */
void fixture_assert_same (const char *before, const char *after);
/* The value of a field of the i-th element, as text. */
char *fixture_field (const char *text, guint i, const char *name);
