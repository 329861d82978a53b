/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-value.h"

#include <string.h>

#define MAX_NAMES 65535
#define MAX_NAME_BYTES 255
/* A power of two, at least twice the names, so that probing is short. */
#define N_SLOTS 131072u

static const char *const known_names[] = {
  "",
#define X(constant, name) name,
  TELA_KEYS (X)
#undef X
};

/* Readers take no lock: a name is published before the slot that names it, and nothing ever goes. */
static const char *names[MAX_NAMES + 1];
static guint16     slots[N_SLOTS];
static guint       n_names = 1; /* under the lock */
static GMutex      lock;

static guint32
hash_name (const char *name,
           gsize       len)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ (guint8) name[i]) * 16777619u;

  return hash ^ hash >> 15;
}

/* The key, or 0 and the free slot where it belongs. */
static TelaKey
find (const char *name,
      gsize       len,
      guint32    *slot)
{
  guint32 at = hash_name (name, len) & (N_SLOTS - 1);
  TelaKey key;

  while ((key = __atomic_load_n (&slots[at], __ATOMIC_ACQUIRE)) != TELA_KEY_NONE)
    {
      if (strncmp (names[key], name, len) == 0 && names[key][len] == '\0')
        return key;
      at = (at + 1) & (N_SLOTS - 1);
    }

  *slot = at;
  return TELA_KEY_NONE;
}

static TelaKey
add (const char *owned_name,
     guint32     slot)
{
  TelaKey key = (TelaKey) n_names++;

  names[key] = owned_name;
  __atomic_store_n (&slots[slot], key, __ATOMIC_RELEASE);
  return key;
}

static void
add_known_names (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;

  for (guint i = 1; i < TELA_KEY_N_KNOWN; i++)
    {
      guint32 slot;

      if (find (known_names[i], strlen (known_names[i]), &slot) == TELA_KEY_NONE)
        add (known_names[i], slot);
    }
  g_once_init_leave (&done, 1);
}

/* `id` stands beside the properties everywhere, so it cannot be one. */
static gboolean
name_is_fit (const char *name,
             gsize       len)
{
  return len > 0 && len <= MAX_NAME_BYTES && !(len == 2 && memcmp (name, "id", 2) == 0) &&
         memchr (name, 0, len) == NULL && g_utf8_validate (name, (gssize) len, NULL);
}

TelaKey
tela_key_intern (const char *name,
                 gsize       len)
{
  TelaKey key;
  guint32 slot;

  add_known_names ();
  key = find (name, len, &slot);
  if (key != TELA_KEY_NONE || !name_is_fit (name, len))
    return key;

  g_mutex_lock (&lock);
  key = find (name, len, &slot);
  if (key == TELA_KEY_NONE && n_names <= MAX_NAMES)
    key = add (g_strndup (name, len), slot);
  g_mutex_unlock (&lock);

  return key;
}

const char *
tela_key_get_name (TelaKey key)
{
  return key < TELA_KEY_N_KNOWN ? known_names[key] : names[key];
}
