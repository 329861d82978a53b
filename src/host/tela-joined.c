/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-joined.h"

#include <string.h>

#include "tela-lock.h"
#include "tela-pick.h"

void
tela_joined_free (TelaJoined *self)
{
  g_free (self->host_id);
  g_free (self->url);
  g_free (self->key);
  g_free (self->fingerprint);
  g_free (self->session);
  g_free (self->project);
  g_free (self->name);
  g_free (self);
}

/* NULL: not one of ours, or damaged. */
static TelaJoined *
read_file (const char *path)
{
  g_autoptr (TelaJoined) self = g_new0 (TelaJoined, 1);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TelaJsonSpan root, session;
  gsize        len;

  if (!g_file_get_contents (path, &text, &len, NULL))
    return NULL;
  bytes = g_bytes_new_static (text, len);
  if (!tela_pick_object (bytes, &root))
    return NULL;
  self->host_id = tela_pick_text (root, "host_id");
  self->url = tela_pick_text (root, "url");
  self->key = tela_pick_text (root, "anon_key");
  self->fingerprint = tela_pick_text (root, "fingerprint");
  self->project = tela_pick_text (root, "project");
  self->name = tela_pick_text (root, "name");
  if (tela_json_find (root, "session", &session))
    self->session = g_strndup (session.data, session.len);
  if (self->host_id == NULL || self->url == NULL || self->key == NULL || self->session == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

TelaJoined *
tela_joined_find (const char *data_dir,
                  const char *url_or_id)
{
  g_autofree char *path = g_build_filename (data_dir, "joined", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr (TelaJoined) joined = read_file (file);

      if (joined != NULL && (strcmp (joined->url, url_or_id) == 0 || strcmp (joined->host_id, url_or_id) == 0))
        return g_steal_pointer (&joined);
    }
  return NULL;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  const TelaJoined *left = *(TelaJoined *const *) a;
  const TelaJoined *right = *(TelaJoined *const *) b;
  int               order = g_strcmp0 (left->name, right->name);

  return order != 0 ? order : strcmp (left->host_id, right->host_id);
}

GPtrArray *
tela_joined_list (const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, "joined", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GPtrArray  *all = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_joined_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr (TelaJoined) joined = read_file (file);

      if (joined != NULL && joined->project != NULL)
        g_ptr_array_add (all, g_steal_pointer (&joined));
    }
  g_ptr_array_sort (all, compare_names);

  return all;
}

static void
write_member (TelaJsonWriter *writer,
              const char     *name,
              const char     *text)
{
  if (text == NULL)
    return;
  tela_json_writer_name (writer, name);
  tela_json_writer_string (writer, text);
}

gboolean
tela_joined_write (const TelaJoined *self,
                   const char       *data_dir,
                   GError          **error)
{
  g_autofree char *dir = g_build_filename (data_dir, "joined", NULL);
  g_autofree char *name = g_strconcat (self->host_id, ".json", NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  g_return_val_if_fail (g_uuid_string_is_valid (self->host_id), FALSE);

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_member (&writer, "host_id", self->host_id);
  write_member (&writer, "url", self->url);
  write_member (&writer, "anon_key", self->key);
  write_member (&writer, "fingerprint", self->fingerprint);
  write_member (&writer, "project", self->project);
  write_member (&writer, "name", self->name);
  tela_json_writer_name (&writer, "session");
  tela_json_writer_raw (&writer, self->session, strlen (self->session));
  tela_json_writer_end_object (&writer);
  return tela_lock_make_dir (dir, error) &&
         g_file_set_contents_full (path, out->str, (gssize) out->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

gboolean
tela_joined_leave (const char *data_dir,
                   const char *url,
                   GError    **error)
{
  g_autoptr (TelaJoined) joined = tela_joined_find (data_dir, url);

  if (joined == NULL)
    return TRUE;
  g_clear_pointer (&joined->project, g_free);
  g_clear_pointer (&joined->name, g_free);

  return tela_joined_write (joined, data_dir, error);
}
