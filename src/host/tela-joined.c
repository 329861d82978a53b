/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-joined.h"

#include <string.h>

#include "tela-lock.h"
#include "tela-pick.h"

static void
board_free (TelaJoinedBoard *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

void
tela_joined_free (TelaJoined *self)
{
  g_free (self->host_id);
  g_free (self->url);
  g_free (self->key);
  g_free (self->fingerprint);
  g_free (self->session);
  g_clear_pointer (&self->boards, g_ptr_array_unref);
  g_free (self);
}

static GPtrArray *
new_boards (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) board_free);
}

static void
add_board (GPtrArray  *boards,
           const char *id,
           const char *name)
{
  TelaJoinedBoard *board = g_new (TelaJoinedBoard, 1);

  *board = (TelaJoinedBoard){ g_strdup (id), g_strdup (name) };
  g_ptr_array_add (boards, board);
}

static GPtrArray *
read_boards (TelaJsonSpan root)
{
  GPtrArray     *boards = new_boards ();
  TelaJsonReader reader;
  TelaJsonSpan   value;

  if (!tela_json_find (root, "boards", &value))
    return boards;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return boards;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *id = value.data[0] == '{' ? tela_pick_text (value, "id") : NULL;
      g_autofree char *name = id != NULL ? tela_pick_text (value, "name") : NULL;

      if (id != NULL)
        add_board (boards, id, name);
    }
  return boards;
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
  self->boards = read_boards (root);
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
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return strcmp ((*(TelaJoined *const *) a)->host_id, (*(TelaJoined *const *) b)->host_id);
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

      if (joined != NULL)
        g_ptr_array_add (all, g_steal_pointer (&joined));
    }
  g_ptr_array_sort (all, compare_ids);

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

static gboolean
write_file (const TelaJoined *self,
            GPtrArray        *boards,
            const char       *data_dir,
            GError          **error)
{
  g_autofree char *dir = g_build_filename (data_dir, "joined", NULL);
  g_autofree char *name = g_strconcat (self->host_id, ".json", NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_member (&writer, "host_id", self->host_id);
  write_member (&writer, "url", self->url);
  write_member (&writer, "anon_key", self->key);
  write_member (&writer, "fingerprint", self->fingerprint);
  tela_json_writer_name (&writer, "boards");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < boards->len; i++)
    {
      const TelaJoinedBoard *board = boards->pdata[i];

      tela_json_writer_begin_object (&writer);
      write_member (&writer, "id", board->id);
      write_member (&writer, "name", board->name);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  tela_json_writer_name (&writer, "session");
  tela_json_writer_raw (&writer, self->session, strlen (self->session));
  tela_json_writer_end_object (&writer);
  return tela_lock_make_dir (dir, error) &&
         g_file_set_contents_full (path, out->str, (gssize) out->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* Adds those of @before, which may be NULL, but for one. */
static void
take_over (GPtrArray        *boards,
           const TelaJoined *before,
           const char       *but)
{
  for (guint i = 0; before != NULL && i < before->boards->len; i++)
    {
      const TelaJoinedBoard *board = before->boards->pdata[i];

      if (strcmp (board->id, but) != 0)
        add_board (boards, board->id, board->name);
    }
}

gboolean
tela_joined_add (const char       *data_dir,
                 const TelaJoined *host,
                 const char       *board,
                 const char       *name,
                 GError          **error)
{
  g_autoptr (TelaJoined) before = NULL;
  g_autoptr (GPtrArray) boards = new_boards ();

  g_return_val_if_fail (g_uuid_string_is_valid (host->host_id), FALSE);

  before = tela_joined_find (data_dir, host->host_id);
  add_board (boards, board, name);
  take_over (boards, before, board);

  return write_file (host, boards, data_dir, error);
}

gboolean
tela_joined_leave (const char *data_dir,
                   const char *url_or_id,
                   const char *board,
                   GError    **error)
{
  g_autoptr (TelaJoined) before = tela_joined_find (data_dir, url_or_id);
  g_autoptr (GPtrArray) boards = new_boards ();

  if (before == NULL)
    return TRUE;
  take_over (boards, before, board);

  return write_file (before, boards, data_dir, error);
}
