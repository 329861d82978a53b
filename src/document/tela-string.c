/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-string.h"

#include <string.h>

#define MAX_SHARED_BYTES 32
/* So many of the short texts that were made last are kept, to be given once more. A power of two. */
#define N_RECENT 1024u
/* Several threads may read a file together: each lock is for some of them. A power of two. */
#define N_LOCKS 16u
/* A power of two, well above the number of texts, which is below it so that a byte holds it. */
#define N_SLOTS 256u

/* What Excalidraw writes by default, and its first colours. Packed elements hold the numbers of these, so new ones go to the
 * end. */
static const char *const texts[] = {
  "rectangle",
  "ellipse",
  "diamond",
  "line",
  "arrow",
  "freedraw",
  "text",
  "image",
  "frame",
  "transparent",
  "#1e1e1e",
  "#000000",
  "#ffffff",
  "#e03131",
  "#2f9e44",
  "#1971c2",
  "#f08c00",
  "#ffc9c9",
  "#b2f2bb",
  "#a5d8ff",
  "#ffec99",
  "solid",
  "hachure",
  "cross-hatch",
  "zigzag",
  "dashed",
  "dotted",
  "[]",
  "{}",
  "{\"type\":1}",
  "{\"type\":2}",
  "{\"type\":3}",
  "left",
  "center",
  "right",
  "top",
  "middle",
  "bottom",
  "triangle",
  "bar",
  "dot",
  "circle",
  "triangle_outline",
  "circle_outline",
  "diamond_outline",
  "crowfoot_one",
  "crowfoot_many",
  "saved",
  "pending",
  "sharp",
  "round",
  "",
};

static GRefString *recent[N_RECENT]; /* owned; under the lock of the same number */
static GMutex      locks[N_LOCKS];
static GRefString *eternal[G_N_ELEMENTS (texts)];
static GRefString *by_text[N_SLOTS];
static guint8      by_pointer[N_SLOTS]; /* 1 + the number; 0: none */

static guint
hash_text (const char *text,
           gsize       len)
{
  guint hash = 2166136261u;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ (guint8) text[i]) * 16777619u;
  return hash ^ hash >> 16;
}

static guint
hash_pointer (gconstpointer pointer)
{
  return (guint) ((guintptr) pointer >> 4 ^ (guintptr) pointer >> 12) & (N_SLOTS - 1);
}

static void
make_eternal (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GRefString *string = g_ref_string_new (texts[i]);
      guint       at = hash_text (string, strlen (string)) & (N_SLOTS - 1);

      eternal[i] = string;
      while (by_text[at] != NULL)
        at = (at + 1) & (N_SLOTS - 1);
      by_text[at] = string;
      at = hash_pointer (string);
      while (by_pointer[at] != 0)
        at = (at + 1) & (N_SLOTS - 1);
      by_pointer[at] = (guint8) (i + 1);
    }
  g_once_init_leave (&done, 1);
}

static gboolean
is_text (const GRefString *string,
         const char       *text,
         gsize             len)
{
  return strncmp (string, text, len) == 0 && string[len] == '\0';
}

/* Not GLib's own table of shared strings: there a thread may find one that another thread is just giving up. What is kept
 * here has a reference of its own until the lock is held. */
static GRefString *
make_shared (const char *text,
             gsize       len,
             guint       hash)
{
  GRefString **slot = &recent[hash & (N_RECENT - 1)];
  GMutex      *lock = &locks[hash & (N_LOCKS - 1)];
  GRefString  *string, *old = NULL;

  g_mutex_lock (lock);
  if (*slot == NULL || !is_text (*slot, text, len))
    {
      old = *slot;
      *slot = g_ref_string_new_len (text, (gssize) len);
    }
  string = g_ref_string_acquire (*slot);
  g_mutex_unlock (lock);

  if (old != NULL)
    g_ref_string_release (old);
  return string;
}

GRefString *
tela_string_make (const char *text,
                  gsize       len)
{
  guint hash;

  /* Texts with a zero byte do not end where they seem to. */
  if (len > MAX_SHARED_BYTES || memchr (text, 0, len) != NULL)
    return g_ref_string_new_len (text, (gssize) len);

  make_eternal ();
  hash = hash_text (text, len);
  for (guint at = hash & (N_SLOTS - 1); by_text[at] != NULL; at = (at + 1) & (N_SLOTS - 1))
    if (is_text (by_text[at], text, len))
      return g_ref_string_acquire (by_text[at]);

  return make_shared (text, len, hash);
}

gboolean
tela_string_get_nth (const GRefString *string,
                     guint            *nth)
{
  make_eternal ();
  for (guint at = hash_pointer (string); by_pointer[at] != 0; at = (at + 1) & (N_SLOTS - 1))
    if (eternal[by_pointer[at] - 1] == string)
      {
        *nth = by_pointer[at] - 1u;
        return TRUE;
      }
  return FALSE;
}

gboolean
tela_string_is_eternal (const GRefString *string)
{
  guint nth;

  return tela_string_get_nth (string, &nth);
}

GRefString *
tela_string_nth (guint64 nth)
{
  make_eternal ();
  return nth < G_N_ELEMENTS (texts) ? eternal[nth] : NULL;
}
