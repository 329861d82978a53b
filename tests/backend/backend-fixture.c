/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "../common/gone-client.h"

#define DEADLINE_S 60

static gboolean
late_cb (gpointer data)
{
  g_error ("waited for too long");
  return G_SOURCE_REMOVE;
}

void
wait_for (const gboolean *flag)
{
  guint timer = g_timeout_add_seconds (DEADLINE_S, late_cb, NULL);

  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

/* ---- The backend ---- */

void
fixture_start (Fixture *fixture,
               gboolean limits)
{
  TelaBackendConfig config = { fixture->dir, NULL, limits };
  g_autoptr (GError) error = NULL;

  gone_client_allow ();
  fixture->backend = tela_backend_start (&config, &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture      *fixture,
                gconstpointer limits)
{
  fixture->dir = g_dir_make_tmp ("tela-backend-XXXXXX", NULL);
  fixture->session = soup_session_new ();
  fixture_start (fixture, limits != NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer data)
{
  soup_session_abort (fixture->session);
  g_clear_object (&fixture->session);
  if (fixture->backend != NULL)
    g_assert_finalize_object (g_steal_pointer (&fixture->backend));
  remove_tree (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->project);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
fixture_be_quick (Fixture *fixture,
                  gint64   idle_ms,
                  gint64   slow_ms,
                  gsize    queue)
{
  TelaPatience patience = { idle_ms * 1000, slow_ms * 1000, queue, 20 };

  tela_backend_set_patience (fixture->backend, &patience);
}

/* ---- HTTP ---- */

SoupMessage *
http_message (Fixture    *fixture,
              const char *method,
              const char *path,
              const char *token)
{
  g_autofree char *url = g_strconcat (tela_backend_get_url (fixture->backend), path, NULL);
  g_autofree char *bearer =
      g_strconcat ("Bearer ", token != NULL ? token : tela_backend_get_anon_key (fixture->backend), NULL);
  SoupMessage *msg = soup_message_new (method, url);

  g_assert_nonnull (msg);
  soup_message_headers_append (soup_message_get_request_headers (msg), "apikey",
                               tela_backend_get_anon_key (fixture->backend));
  soup_message_headers_append (soup_message_get_request_headers (msg), "Authorization", bearer);
  return msg;
}

char *
http_prefer (Fixture    *fixture,
             const char *method,
             const char *path,
             const char *token,
             const char *body,
             const char *prefer,
             guint      *status)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, method, path, token);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (prefer != NULL)
    soup_message_headers_append (soup_message_get_request_headers (msg), "Prefer", prefer);
  if (bytes != NULL)
    soup_message_set_request_body_from_bytes (msg, "application/json", bytes);
  answer = soup_session_send_and_read (fixture->session, msg, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (msg);
  return g_bytes_get_size (answer) > 0 ? g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer))
                                       : g_strdup ("");
}

char *
http (Fixture    *fixture,
      const char *method,
      const char *path,
      const char *token,
      const char *body,
      guint      *status)
{
  return http_prefer (fixture, method, path, token, body, NULL, status);
}

void
http_expect (Fixture    *fixture,
             const char *method,
             const char *path,
             const char *token,
             const char *body,
             guint       status,
             const char *part)
{
  guint            got;
  g_autofree char *answer = http (fixture, method, path, token, body, &got);

  if (got != status || strstr (answer, part) == NULL)
    g_error ("%s %s %s: expected %u %s, got %u %s", method, path, body != NULL ? body : "", status, part, got, answer);
}

/* ---- Users ---- */

char *
json_text (const char *json,
           const char *name)
{
  TelaJsonSpan   span = { json, strlen (json) }, value;
  TelaJsonReader reader;

  if (!tela_json_find (span, name, &value))
    g_error ("no %s in %s", name, json);
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_STRING)
    return tela_json_reader_string (&reader, NULL, NULL);
  return g_strndup (value.data, value.len);
}

User
user_of (const char *session)
{
  g_autofree char *inner = json_text (session, "user");

  return (User){ json_text (inner, "id"), json_text (session, "access_token"), json_text (session, "refresh_token") };
}

User
user_new (Fixture *fixture)
{
  guint            status;
  g_autofree char *session = http (fixture, "POST", "/auth/v1/signup", NULL, "{}", &status);

  g_assert_cmpuint (status, ==, 200);
  return user_of (session);
}

User
user_owner (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *session = tela_backend_new_owner_session (fixture->backend, &error);

  g_assert_no_error (error);
  return user_of (session);
}

void
user_clear (User *user)
{
  g_clear_pointer (&user->id, g_free);
  g_clear_pointer (&user->token, g_free);
  g_clear_pointer (&user->refresh, g_free);
}

void
fixture_make_project (Fixture    *fixture,
                      const User *owner)
{
  g_autofree char *body = NULL;

  g_free (fixture->project);
  fixture->project = g_uuid_string_random ();
  body = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"Plans\"}", fixture->project);
  http_expect (fixture, "POST", "/rest/v1/projects", owner->token, body, 201, "");
}

void
fixture_add_member (Fixture    *fixture,
                    const User *owner,
                    const User *user,
                    const char *role)
{
  g_autofree char *body =
      g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"%s\"}", fixture->project, user->id, role);

  http_expect (fixture, "POST", "/rest/v1/project_members", owner->token, body, 201, "");
}
