/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-keys.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "backend-text.h"
#include "tela-json.h"

char *
tela_random_hex (gsize n)
{
  GString *out = g_string_sized_new (2 * n);
  gsize    have = 0;

  while (have < n)
    {
      guint8 bytes[64];
      gssize got = getrandom (bytes, MIN (n - have, sizeof bytes), 0);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        g_error ("getrandom: %s", g_strerror (errno)); /* nothing safe can be made without */
      for (gssize i = 0; i < got; i++)
        g_string_append_printf (out, "%02x", bytes[i]);
      have += (gsize) got;
    }
  return g_string_free (out, FALSE);
}

static gboolean
keys_write (TelaKeys *self,
            GError  **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 2);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "secret", self->secret);
  tela_json_writer_put_string (&writer, "owner", self->owner);
  tela_json_writer_put_int (&writer, "port", self->port);
  tela_json_writer_end_object (&writer);
  g_string_append_c (out, '\n');

  return g_file_set_contents_full (self->path, out->str, (gssize) out->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean
keys_read (TelaKeys   *self,
           const char *text,
           gsize       len)
{
  TelaJsonSpan root = { text, len };
  gint64       port = 0;

  if (!tela_json_check (text, (gssize) len, NULL))
    return FALSE;
  self->secret = tela_pick_text (root, "secret");
  self->owner = tela_pick_text (root, "owner");
  if (self->secret == NULL || strlen (self->secret) < 32 || self->owner == NULL || !tela_is_uuid (self->owner))
    return FALSE;
  if (tela_int_member (root, "port", &port) && port > 0 && port < 65536)
    self->port = (guint) port;
  return TRUE;
}

TelaKeys *
tela_keys_open (const char *dir,
                GError    **error)
{
  g_autoptr (TelaKeys) self = g_new0 (TelaKeys, 1);
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize            len;

  self->path = g_build_filename (dir, "keys.json", NULL);
  if (g_file_get_contents (self->path, &text, &len, &local))
    {
      if (keys_read (self, text, len))
        return g_steal_pointer (&self);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _ ("%s is damaged; restore it, or move it away to get new keys"), self->path);
      return NULL;
    }
  if (!g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  self->secret = tela_random_hex (32);
  self->owner = g_uuid_string_random ();
  return keys_write (self, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
tela_keys_set_port (TelaKeys *self,
                    guint     port,
                    GError  **error)
{
  if (self->port == port)
    return TRUE;
  self->port = port;
  return keys_write (self, error);
}

void
tela_keys_free (TelaKeys *self)
{
  g_free (self->path);
  g_free (self->secret);
  g_free (self->owner);
  g_free (self);
}
