/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-private.h"

#include "tela-element-private.h"

#define FIRST_SLOTS 64u /* a power of two */
#define MAX_ID_BYTES 64

static void
entry_free (TelaEntry *entry)
{
  tela_element_unref (entry->merged);
  g_clear_pointer (&entry->shown, tela_element_unref);
  g_clear_pointer (&entry->veils, g_array_unref);
  g_free (entry);
}

void
tela_entries_init (TelaEntryTable *self)
{
  self->slots = g_new0 (TelaEntrySlot, FIRST_SLOTS);
  self->mask = FIRST_SLOTS - 1;
  self->n = 0;
}

void
tela_entries_clear (TelaEntryTable *self)
{
  for (guint i = 0; i <= self->mask; i++)
    if (self->slots[i].entry != NULL)
      entry_free (self->slots[i].entry);
  g_clear_pointer (&self->slots, g_free);
}

static void
put (TelaEntryTable *self,
     TelaEntrySlot   slot)
{
  guint at = slot.hash & self->mask;

  while (self->slots[at].entry != NULL)
    at = (at + 1) & self->mask;
  self->slots[at] = slot;
}

/* At most half of the slots are in use. */
static void
grow (TelaEntryTable *self)
{
  TelaEntrySlot *old = self->slots;
  guint          n_old = self->mask + 1;

  self->mask = 2 * n_old - 1;
  self->slots = g_new0 (TelaEntrySlot, 2 * (gsize) n_old);
  for (guint i = 0; i < n_old; i++)
    if (old[i].entry != NULL)
      put (self, old[i]);
  g_free (old);
}

static gboolean
is_id (const TelaElement *element,
       const char        *id,
       gsize              len)
{
  return element->id_len == len && memcmp (tela_element_id (element), id, len) == 0;
}

static TelaEntry *
find (const TelaEntryTable *self,
      guint32               hash,
      const char           *id,
      gsize                 len)
{
  for (guint at = hash & self->mask; self->slots[at].entry != NULL; at = (at + 1) & self->mask)
    if (self->slots[at].hash == hash && is_id (self->slots[at].entry->merged, id, len))
      return self->slots[at].entry;
  return NULL;
}

/* What is probably there, without a look at it: its id may be another. NULL: nothing is. */
static TelaEntry *
guess (const TelaEntryTable *self,
       guint32               hash)
{
  guint at = hash & self->mask;

  while (self->slots[at].entry != NULL && self->slots[at].hash != hash)
    at = (at + 1) & self->mask;
  return self->slots[at].entry;
}

/* Merging waits for memory more than for anything else: whoever merges many asks for what all of them will need, step
 * by step, before the first one needs it. */
void
tela_entries_fetch (const TelaEntryTable *self,
                    TelaElement *const   *ops,
                    guint                 n,
                    TelaEntry           **guesses)
{
  for (guint i = 0; i < n; i++)
    __builtin_prefetch (&self->slots[ops[i]->hash & self->mask]);
  for (guint i = 0; i < n; i++)
    {
      guesses[i] = guess (self, ops[i]->hash);
      if (guesses[i] != NULL)
        __builtin_prefetch (&guesses[i]->merged, 1);
    }
  for (guint i = 0; i < n; i++)
    if (guesses[i] != NULL)
      __builtin_prefetch (guesses[i]->merged, 1);
  for (guint i = 0; i < n; i++)
    if (guesses[i] != NULL)
      {
        __builtin_prefetch (tela_element_metas (guesses[i]->merged), 1);
        __builtin_prefetch (tela_element_stamps (guesses[i]->merged), 1);
      }
}

TelaEntry *
tela_entries_find (const TelaEntryTable *self,
                   const char           *id)
{
  gsize len = strlen (id);

  return len <= MAX_ID_BYTES ? find (self, tela_element_hash_id (id, len), id, len) : NULL;
}

TelaEntry *
tela_entries_ensure (TelaEntryTable    *self,
                     const TelaElement *element)
{
  const char *id = tela_element_id (element);
  TelaEntry  *entry = find (self, element->hash, id, element->id_len);

  if (entry != NULL)
    return entry;

  entry = g_new0 (TelaEntry, 1);
  entry->merged = tela_element_alloc (id, element->id_len, element->hash, 0, 0);
  if (2 * ++self->n > self->mask)
    grow (self);
  put (self, (TelaEntrySlot){ .entry = entry, .hash = element->hash });
  return entry;
}

void
tela_entries_remove (TelaEntryTable *self,
                     TelaEntry      *entry)
{
  guint at = entry->merged->hash & self->mask;

  while (self->slots[at].entry != entry)
    at = (at + 1) & self->mask;
  self->slots[at].entry = NULL;
  self->n--;
  /* Those that stand behind it may have been pushed there by it. */
  for (at = (at + 1) & self->mask; self->slots[at].entry != NULL; at = (at + 1) & self->mask)
    {
      TelaEntrySlot slot = self->slots[at];

      self->slots[at].entry = NULL;
      put (self, slot);
    }
  entry_free (entry);
}
