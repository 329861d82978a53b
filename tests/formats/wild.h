/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* A drawing with what is met in files of other people and of other years: any key may be missing, null, spelled otherwise
 * or unknown. The same @rand gives the same text. (transfer full) */
char *wild_drawing (GRand *rand);
/* A library of such drawings. (transfer full) */
char *wild_library (GRand *rand);
