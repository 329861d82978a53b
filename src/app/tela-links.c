/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-links.h"

#include <stdlib.h>

/* The store's note: a link a line: project, SHA-256 of the file, digest of the board, address of the file, how it is written:
 * ending, payload version, scale, 1 if transparent, 1 if dark. */
#define NOTE "file-links"

struct _TelaLinks
{
  GObject parent_instance;

  TelaStore  *store; /* owned */
  GHashTable *links; /* owned: project id → TelaLink */
};

G_DEFINE_FINAL_TYPE (TelaLinks, tela_links, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
link_free (gpointer data)
{
  TelaLink *link = data;

  g_free (link->path);
  g_free (link->sha256);
  g_free (link->content);
  g_free (link);
}

static void
insert (TelaLinks      *self,
        const char     *project_id,
        const TelaLink *link)
{
  TelaLink *copy = g_new (TelaLink, 1);

  *copy = *link;
  copy->path = g_strdup (link->path);
  copy->sha256 = g_strdup (link->sha256);
  copy->content = g_strdup (link->content);
  g_hash_table_replace (self->links, g_strdup (project_id), copy);
}

static void
read_line (TelaLinks  *self,
           const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, " ", -1);
  g_autofree char *path = NULL;
  TelaLink         link = { NULL };

  if (g_strv_length (fields) != 9)
    return;
  path = g_filename_from_uri (fields[3], NULL, NULL);
  if (path == NULL || !tela_export_choose (fields[4], &link.options))
    return;

  link.path = path;
  link.sha256 = fields[1];
  link.content = fields[2];
  link.options.version = (TelaCarrierVersion) atoi (fields[5]);
  link.options.scale = atoi (fields[6]);
  link.options.is_transparent = atoi (fields[7]) != 0;
  link.options.is_dark = atoi (fields[8]) != 0;
  insert (self, fields[0], &link);
}

static void
write_line (GString        *text,
            const char     *project_id,
            const TelaLink *link)
{
  g_autofree char *uri = g_filename_to_uri (link->path, NULL, NULL);

  if (uri != NULL)
    g_string_append_printf (text, "%s %s %s %s %s %d %d %d %d\n", project_id, link->sha256, link->content, uri,
                            tela_export_get_suffix (link->options.format), (int) link->options.version,
                            (int) link->options.scale, link->options.is_transparent, link->options.is_dark);
}

static void
save (TelaLinks *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GHashTableIter iter;
  gpointer       project_id, link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, &project_id, &link))
    write_line (text, project_id, link);
  tela_store_put_note (self->store, NOTE, text->str);
}

static void
tela_links_dispose (GObject *object)
{
  TelaLinks *self = TELA_LINKS (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->links, g_hash_table_unref);

  G_OBJECT_CLASS (tela_links_parent_class)->dispose (object);
}

static void
tela_links_class_init (TelaLinksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_links_dispose;

  signals[CHANGED] = g_signal_new ("changed", TELA_TYPE_LINKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
}

static void
tela_links_init (TelaLinks *self)
{
  self->links = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, link_free);
}

TelaLinks *
tela_links_new (TelaStore *store)
{
  TelaLinks       *self = g_object_new (TELA_TYPE_LINKS, NULL);
  g_autofree char *text = tela_store_get_note (store, NOTE);
  g_auto (GStrv) lines = g_strsplit (text == NULL ? "" : text, "\n", -1);

  self->store = g_object_ref (store);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (self, lines[i]);

  return self;
}

const TelaLink *
tela_links_lookup (TelaLinks  *self,
                   const char *project_id)
{
  g_return_val_if_fail (TELA_IS_LINKS (self), NULL);

  return project_id == NULL ? NULL : g_hash_table_lookup (self->links, project_id);
}

const char *
tela_links_find (TelaLinks  *self,
                 const char *path)
{
  GHashTableIter iter;
  gpointer       project_id, link;

  g_return_val_if_fail (TELA_IS_LINKS (self), NULL);

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, &project_id, &link))
    if (strcmp (((const TelaLink *) link)->path, path) == 0)
      return project_id;

  return NULL;
}

void
tela_links_set (TelaLinks      *self,
                const char     *project_id,
                const TelaLink *link)
{
  g_autofree char *other = NULL;

  g_return_if_fail (TELA_IS_LINKS (self));

  other = g_strdup (tela_links_find (self, link->path));
  if (other != NULL && strcmp (other, project_id) != 0)
    g_hash_table_remove (self->links, other);
  insert (self, project_id, link);
  save (self);

  if (other != NULL && strcmp (other, project_id) != 0)
    g_signal_emit (self, signals[CHANGED], 0, other);
  g_signal_emit (self, signals[CHANGED], 0, project_id);
}

void
tela_links_remove (TelaLinks  *self,
                   const char *project_id)
{
  g_return_if_fail (TELA_IS_LINKS (self));

  if (!g_hash_table_remove (self->links, project_id))
    return;
  save (self);
  g_signal_emit (self, signals[CHANGED], 0, project_id);
}
