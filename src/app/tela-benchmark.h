/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-application.h"

G_BEGIN_DECLS

/* One script of the benchmark: it opens a file in a real window with data of its own, does what a hand would do, frame by frame,
 * tells what the frames cost, and ends the program. */
typedef struct _TelaBenchmark TelaBenchmark;

gboolean tela_benchmark_has_script (const char *name); /* nullable */
char    *tela_benchmark_list_scripts (void);           /* for a message. (transfer full) */

/* Main thread, with an application that has been started. @dir: goes with the benchmark; nullable. @seconds: 0: as long as the
 * script usually takes. */
TelaBenchmark *tela_benchmark_new (TelaApplication *app, const char *dir, GFile *file, const char *script, double seconds, gboolean json);
void           tela_benchmark_free (TelaBenchmark *self); /* when the application has closed everything */

G_END_DECLS
