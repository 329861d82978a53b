/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Requests with a password. While a worker hashes, everybody else is served; then the rest happens here. */

#include "backend-auth-http.h"

#include <string.h>

#include "backend-password.h"

#define MAX_AT_ONCE 16 /* requests that wait for their hash */

typedef struct _Attempt Attempt;

struct _Attempt
{
  TelaCore          *core;
  SoupServerMessage *msg;
  TelaClaims        *claims; /* of a change */
  char              *email;
  char              *password;
  char              *metadata;
  char              *user_id; /* of a sign-in; NULL: nobody has that address */
  char              *known;   /* hash that stands; NULL: none */
  gboolean           wants_hash;

  gboolean right; /* the password is that of the known hash */
  char    *hash;  /* new one */
  void (*finish) (Attempt *self);
};

static void
attempt_free (Attempt *self)
{
  if (self->password != NULL)
    explicit_bzero (self->password, strlen (self->password));
  g_object_unref (self->msg);
  g_clear_pointer (&self->claims, tela_claims_unref);
  g_free (self->email);
  g_free (self->password);
  g_free (self->metadata);
  g_free (self->user_id);
  g_free (self->known);
  g_free (self->hash);
  g_free (self);
}

static void
hash_in_worker (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Attempt *attempt = data;

  if (attempt->known != NULL || !attempt->wants_hash)
    attempt->right = tela_password_verify (attempt->password, attempt->known);
  if (attempt->wants_hash && !attempt->right)
    attempt->hash = tela_password_hash (attempt->password);
  g_task_return_boolean (task, TRUE);
}

static void
hashed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  TelaCore *core = data;
  Attempt  *attempt = g_task_get_task_data (G_TASK (result));

  core->n_jobs--;
  core->n_passwords--;
  if (attempt->wants_hash && !attempt->right && attempt->hash == NULL)
    tela_http_auth_error (attempt->msg, 500, "unexpected_failure", "The server could not do this");
  else
    attempt->finish (attempt);
  soup_server_message_unpause (attempt->msg);
  attempt_free (attempt);
}

static Attempt *
attempt_new (TelaCore          *core,
             SoupServerMessage *msg,
             const char        *email,
             const char        *password,
             const char        *metadata,
             void (*finish) (Attempt *self))
{
  Attempt *self = g_new0 (Attempt, 1);

  self->core = core;
  self->msg = g_object_ref (msg);
  self->email = g_strdup (email);
  self->password = g_strdup (password);
  self->metadata = g_strdup (metadata);
  self->finish = finish;
  return self;
}

/* Takes @attempt. */
static void
attempt_start (Attempt *attempt)
{
  TelaCore *core = attempt->core;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, hashed_cb, core);

  g_task_set_task_data (task, attempt, NULL); /* freed here, not by the last to let go of the task */
  core->n_jobs++;
  core->n_passwords++;
  soup_server_message_pause (attempt->msg);
  g_task_run_in_thread (task, hash_in_worker);
}

/* FALSE: answered. */
static gboolean
is_strong (SoupServerMessage *msg,
           const char        *password)
{
  if (strlen (password) > TELA_PASSWORD_MAX)
    {
      tela_http_auth_error (msg, 400, "validation_failed", "Password cannot be longer than 256 bytes");
      return FALSE;
    }
  if (g_utf8_strlen (password, -1) >= TELA_PASSWORD_MIN)
    return TRUE;
  tela_http_auth_error_more (msg, 422, "weak_password", "Password should be at least 6 characters.",
                             "\"weak_password\":{\"reasons\":[\"length\"]}");
  return FALSE;
}

static gboolean
has_room (TelaCore          *core,
          SoupServerMessage *msg)
{
  if (core->n_passwords < MAX_AT_ONCE)
    return TRUE;
  tela_http_auth_error (msg, 429, "over_request_rate_limit", "Request rate limit reached");
  return FALSE;
}

/* ---- Signing up ---- */

static void
finish_sign_up (Attempt *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *session = tela_auth_sign_up (self->core, self->email, self->hash, self->metadata, &error);

  tela_auth_answer_session (self->msg, session, error);
}

void
tela_auth_password_sign_up (TelaCore          *core,
                            SoupServerMessage *msg,
                            const char        *email,
                            const char        *password,
                            const char        *metadata)
{
  g_autofree char *there = NULL;
  Attempt         *attempt;

  if (!is_strong (msg, password) || !has_room (core, msg))
    return;
  there = tela_auth_find_email (core, email);
  if (there != NULL)
    {
      tela_http_auth_error (msg, 422, "user_already_exists", "User already registered");
      return;
    }
  attempt = attempt_new (core, msg, email, password, metadata, finish_sign_up);
  attempt->wants_hash = TRUE;
  attempt_start (attempt);
}

/* ---- Signing in ---- */

/* The password may have changed meanwhile. */
static gboolean
still_stands (const Attempt *self)
{
  g_autofree char *now = tela_auth_get_hash (self->core, self->user_id);

  return g_strcmp0 (now, self->known) == 0;
}

static void
finish_sign_in (Attempt *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *session = NULL;

  if (!self->right || !still_stands (self))
    {
      tela_http_auth_error (self->msg, 400, "invalid_credentials", "Invalid login credentials");
      return;
    }
  tela_auth_forgive (self->core, self->msg, self->email);
  session = tela_auth_sign_in (self->core, self->user_id, &error);
  tela_auth_answer_session (self->msg, session, error);
}

void
tela_auth_password_sign_in (TelaCore          *core,
                            SoupServerMessage *msg,
                            const char        *email,
                            const char        *password)
{
  Attempt *attempt;

  if (strlen (password) > TELA_PASSWORD_MAX)
    {
      tela_http_auth_error (msg, 400, "invalid_credentials", "Invalid login credentials");
      return;
    }
  if (!has_room (core, msg) || !tela_auth_may_try (core, msg, email))
    return;
  attempt = attempt_new (core, msg, email, password, NULL, finish_sign_in);
  attempt->user_id = tela_auth_find_email (core, email);
  if (attempt->user_id != NULL)
    attempt->known = tela_auth_get_hash (core, attempt->user_id);
  attempt_start (attempt);
}

/* ---- Changing ---- */

static void
finish_change (Attempt *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL;

  if (self->right)
    {
      tela_http_auth_error (self->msg, 422, "same_password", "New password should be different from the old password.");
      return;
    }
  if (self->claims->session != NULL && !tela_auth_has_session (self->core, self->claims->session))
    {
      tela_http_auth_error (self->msg, 403, "session_not_found", "Session from session_id claim in JWT does not exist");
      return;
    }
  user = tela_auth_update (self->core, self->claims, self->email, self->hash, self->metadata, &error);
  tela_auth_answer_user (self->msg, user, error);
}

void
tela_auth_password_change (TelaCore          *core,
                           SoupServerMessage *msg,
                           const TelaClaims  *claims,
                           const char        *email,
                           const char        *password,
                           const char        *metadata)
{
  g_autofree char *address = NULL;
  Attempt         *attempt;

  if (!is_strong (msg, password) || !has_room (core, msg))
    return;
  address = tela_auth_get_email (core, claims->sub);
  if (address == NULL && email == NULL)
    {
      tela_http_auth_error (msg, 422, "validation_failed",
                            "Updating password of an anonymous user without an email or phone is not allowed");
      return;
    }
  attempt = attempt_new (core, msg, email, password, metadata, finish_change);
  attempt->claims = tela_claims_ref ((TelaClaims *) claims);
  attempt->known = tela_auth_get_hash (core, claims->sub);
  attempt->wants_hash = TRUE;
  attempt_start (attempt);
}
