/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-trim.h"

#include <malloc.h>

#define TRIM_S 2

static gpointer
trim_thread (gpointer data)
{
  malloc_trim (0);

  return NULL;
}

static gboolean
trim_cb (gpointer user_data)
{
  guint *source = user_data;

  *source = 0;
  g_thread_unref (g_thread_new ("tela-trim", trim_thread, NULL));

  return G_SOURCE_REMOVE;
}

/* The C library keeps what is freed between things that are not. */
void
tela_trim_soon (void)
{
  static guint source; /* the main thread's */

  g_clear_handle_id (&source, g_source_remove);
  source = g_timeout_add_seconds (TRIM_S, trim_cb, &source);
  g_source_set_name_by_id (source, "[tela] give memory back");
}
