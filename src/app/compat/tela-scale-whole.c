/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-scale.h"

double
tela_scale_of (GtkNative *native)
{
  return gdk_surface_get_scale_factor (gtk_native_get_surface (native));
}
