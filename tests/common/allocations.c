/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "allocations.h"

#include <errno.h>

/* GLib up to 2.74 has pages of its own for small things, unless it is told not to. */
static gboolean
has_slices (void)
{
  return glib_check_version (2, 76, 0) != NULL && g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") != 0;
}

#if defined __GLIBC__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
static __thread guint                                              counted;
static __thread gsize                                              counted_bytes;
static gsize                                                       refused; /* atomic; 0: nothing is */

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);

static gboolean
is_refused (size_t n,
            size_t size)
{
  const gsize most = g_atomic_pointer_get (&refused);

  counted++;
  counted_bytes += n * size;
  if (most == 0 || n * size < most)
    return FALSE;
  errno = ENOMEM;

  return TRUE;
}

void *
malloc (size_t size)
{
  return is_refused (1, size) ? NULL : __libc_malloc (size);
}

void *
calloc (size_t n,
        size_t size)
{
  return is_refused (n, size) ? NULL : __libc_calloc (n, size);
}

void *
realloc (void  *memory,
         size_t size)
{
  return is_refused (1, size) ? NULL : __libc_realloc (memory, size);
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

gboolean
allocations_refuse (gsize bytes)
{
  g_atomic_pointer_set (&refused, bytes);

  return TRUE;
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

gboolean
allocations_refuse (gsize bytes)
{
  g_test_skip ("what is allocated can be refused with the GNU C library, and without sanitizers");

  return FALSE;
}
#endif
