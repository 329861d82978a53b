/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "allocations.h"

/* GLib up to 2.74 has pages of its own for small things, unless it is told not to. */
static gboolean
has_slices (void)
{
  return glib_check_version (2, 76, 0) != NULL && g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") != 0;
}

#if defined __GLIBC__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
static __thread guint                                              counted;
static __thread gsize                                              counted_bytes;

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);

void *
malloc (size_t size)
{
  counted++;
  counted_bytes += size;

  return __libc_malloc (size);
}

void *
calloc (size_t n,
        size_t size)
{
  counted++;
  counted_bytes += n * size;

  return __libc_calloc (n, size);
}

void *
realloc (void  *memory,
         size_t size)
{
  counted++;
  counted_bytes += size;

  return __libc_realloc (memory, size);
}

gboolean
allocations_count (guint *n,
                   gsize *bytes)
{
  *n = counted;
  *bytes = counted_bytes;
  if (has_slices ())
    g_test_skip ("counting what is allocated wants G_SLICE=always-malloc");

  return !has_slices ();
}
#else
gboolean
allocations_count (guint *n,
                   gsize *bytes)
{
  *n = 0;
  *bytes = 0;
  g_test_skip ("what is allocated can be counted with the GNU C library, and without sanitizers");

  return FALSE;
}
#endif
