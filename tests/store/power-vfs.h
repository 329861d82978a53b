/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file system under SQLite that remembers what a disk has for good: what was synced. Whatever was written since may be lost in
 * a power cut, whole, in parts, and out of order, sector by sector. */
void power_vfs_install (void); /* as the one that is used if none is named */
void power_vfs_retire (void);  /* what is opened from here on lies on the real one */

/* The directory as a cut at this moment would leave it. Any thread. */
void power_vfs_cut (const char *dir, const char *into, GRand *rand);
/* Calls @func before a write or a sync now and then, once in @every on average, on the thread that writes. NULL: no more. */
void power_vfs_set_tap (void (*func) (gpointer user_data), gpointer user_data, guint every, guint32 seed);

G_END_DECLS
