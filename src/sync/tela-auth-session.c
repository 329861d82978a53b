/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-auth-session.h"

#include <string.h>

#include "tela-json.h"

void
tela_auth_session_clear (TelaAuthSession *self)
{
  g_free (self->access);
  g_free (self->refresh);
  g_free (self->user);
  *self = (TelaAuthSession){ 0 };
}

static void
read_user (TelaJsonReader *reader,
           char          **user)
{
  TelaJsonSpan name;

  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (reader))
    return;
  while (tela_json_reader_next_member (reader, &name))
    if (TELA_JSON_SPAN_IS (name, "id"))
      *user = (g_free (*user), tela_json_reader_string (reader, NULL, NULL));
}

gboolean
tela_auth_session_parse (TelaAuthSession *self,
                         const char      *text,
                         gssize           len,
                         gint64           now)
{
  TelaAuthSession read = { 0 };
  TelaJsonReader  reader;
  TelaJsonSpan    name;
  gint64          expires_in = 0;

  tela_json_reader_init (&reader, text, len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    if (TELA_JSON_SPAN_IS (name, "access_token"))
      read.access = (g_free (read.access), tela_json_reader_string (&reader, NULL, NULL));
    else if (TELA_JSON_SPAN_IS (name, "refresh_token"))
      read.refresh = (g_free (read.refresh), tela_json_reader_string (&reader, NULL, NULL));
    else if (TELA_JSON_SPAN_IS (name, "expires_at"))
      tela_json_reader_int64 (&reader, &read.expires_at);
    else if (TELA_JSON_SPAN_IS (name, "expires_in"))
      tela_json_reader_int64 (&reader, &expires_in);
    else if (TELA_JSON_SPAN_IS (name, "user"))
      read_user (&reader, &read.user);
  if (!tela_json_reader_finish (&reader, NULL) || read.access == NULL || *read.access == '\0' || read.refresh == NULL ||
      read.user == NULL)
    {
      tela_auth_session_clear (&read);
      return FALSE;
    }

  if (read.expires_at <= 0)
    read.expires_at = now + expires_in;
  tela_auth_session_clear (self);
  *self = read;
  return TRUE;
}

char *
tela_auth_session_to_json (const TelaAuthSession *self)
{
  GString       *text = g_string_new (NULL);
  TelaJsonWriter writer;

  if (self->access == NULL)
    return g_string_free (text, FALSE);
  tela_json_writer_init (&writer, text, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "access_token", self->access);
  tela_json_writer_put_string (&writer, "refresh_token", self->refresh);
  tela_json_writer_put_int (&writer, "expires_at", self->expires_at);
  tela_json_writer_name (&writer, "user");
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "id", self->user);
  tela_json_writer_end_object (&writer);
  tela_json_writer_end_object (&writer);
  return g_string_free (text, FALSE);
}
