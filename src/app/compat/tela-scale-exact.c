/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#undef GDK_VERSION_MAX_ALLOWED
#define GDK_VERSION_MAX_ALLOWED GDK_VERSION_4_12

#include "tela-scale.h"

double
tela_scale_of (GtkNative *native)
{
  return gdk_surface_get_scale (gtk_native_get_surface (native));
}
