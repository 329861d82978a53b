/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What each target defines. It returns 0; a fault is an abort or a report of the sanitizers. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
