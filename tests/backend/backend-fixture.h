/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "backend-core.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* A backend in a directory of its own, and small clients of it. Everything fails the test that waits for too long. */
typedef struct
{
  char        *dir;
  TelaBackend *backend;
  SoupSession *session;
  char        *project; /* of fixture_make_project() */
} Fixture;

typedef struct
{
  char *id;
  char *token;
  char *refresh;
} User;

void fixture_set_up (Fixture *fixture, gconstpointer limits);
void fixture_tear_down (Fixture *fixture, gconstpointer data);
void fixture_start (Fixture *fixture, gboolean limits);
void fixture_be_quick (Fixture *fixture, gint64 idle_ms, gint64 slow_ms, gsize queue); /* and looks each 20 ms */

/* One request. @token: NULL for the API key alone. (transfer full): the body */
char *http (Fixture *fixture, const char *method, const char *path, const char *token, const char *body, guint *status);
char *http_prefer (Fixture *fixture, const char *method, const char *path, const char *token, const char *body, const char *prefer, guint *status);
/* It answers so, and the body holds that text. */
void         http_expect (Fixture *fixture, const char *method, const char *path, const char *token, const char *body, guint status, const char *part);
SoupMessage *http_message (Fixture *fixture, const char *method, const char *path, const char *token);

char *json_text (const char *json, const char *name); /* top-level member. (transfer full) */
User  user_of (const char *session);
User  user_new (Fixture *fixture);
User  user_owner (Fixture *fixture);
void  user_clear (User *user);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (User, user_clear)
/* A project of @owner's; its id stays in the fixture. */
void fixture_make_project (Fixture *fixture, const User *owner);
void fixture_add_member (Fixture *fixture, const User *owner, const User *user, const char *role);

typedef struct
{
  SoupWebsocketConnection *connection;
  GQueue                   inbox; /* owned texts; binary ones as "0x" and hex */
  gboolean                 closed;
  gboolean                *ready; /* of who waits for the next message */
} Ws;

Ws   *ws_open (Fixture *fixture, const char *key);
Ws   *ws_new (SoupWebsocketConnection *connection); /* takes it */
Ws   *ws_open_version (Fixture *fixture, const char *key, const char *version);
guint ws_refused (Fixture *fixture, const char *query); /* the HTTP status */
void  ws_free (Ws *ws);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ws, ws_free)
void  ws_send (Ws *ws, const char *format, ...) G_GNUC_PRINTF (2, 3);
void  ws_send_bytes (Ws *ws, const void *data, gsize len);
char *ws_next (Ws *ws);          /* (transfer full) */
void  ws_pass (Ws *ws, guint n); /* that many messages, whatever they say */
void  ws_expect (Ws *ws, const char *format, ...) G_GNUC_PRINTF (2, 3);
void  ws_expect_part (Ws *ws, const char *part);
/* Nothing else is in the pipe. */
void  ws_expect_nothing (Ws *ws);
guint ws_expect_close (Ws *ws); /* the code */
/* Joins with that config and waits for the answer. */
void ws_join (Ws *ws, const char *ref, const char *topic, const char *token, const char *config);

/* Runs the main context until *flag. */
void wait_for (const gboolean *flag);

G_END_DECLS
