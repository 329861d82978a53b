/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-share.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "tela-invite.h"
#include "tela-pick.h"
#include "tela-remote-private.h"
#include "tela-workspace-private.h"

/* ---- What is answered ---- */

void
tela_share_state_free (TelaShareState *self)
{
  g_strfreev (self->addresses);
  g_free (self->fingerprint);
  g_free (self->problem);
  g_free (self);
}

static void
member_free (TelaShareMember *self)
{
  g_free (self->user_id);
  g_free (self->role);
  g_free (self->name);
  g_free (self);
}

static void
invite_free (TelaShareInvite *self)
{
  g_free (self->id);
  g_free (self->role);
  g_free (self);
}

void
tela_share_people_free (TelaSharePeople *self)
{
  g_clear_pointer (&self->members, g_ptr_array_unref);
  g_clear_pointer (&self->invites, g_ptr_array_unref);
  g_free (self);
}

static gpointer
fail_answer (GError **error)
{
  g_set_error_literal (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER, _ ("The host’s answer cannot be read"));
  return NULL;
}

static gpointer
parse_state (GBytes  *body,
             GError **error)
{
  TelaShareState *self;
  TelaJsonSpan    root;

  if (!tela_pick_object (body, &root))
    return fail_answer (error);
  self = g_new0 (TelaShareState, 1);
  self->is_on = tela_pick_flag (root, "on");
  self->is_announced = tela_pick_flag (root, "announced");
  self->n_guests = (guint) tela_pick_number (root, "guests");
  self->fingerprint = tela_pick_text (root, "fingerprint");
  self->problem = tela_pick_text (root, "problem");
  self->addresses = tela_pick_texts (root, "addresses");
  if (self->addresses == NULL)
    self->addresses = g_new0 (char *, 1);
  return self;
}

static gpointer
read_member (TelaJsonSpan object)
{
  TelaShareMember *member = g_new0 (TelaShareMember, 1);

  member->user_id = tela_pick_text (object, "user_id");
  member->role = tela_pick_text (object, "role");
  member->name = tela_pick_text (object, "name");
  member->is_connected = tela_pick_flag (object, "connected");
  return member;
}

static gpointer
read_invite (TelaJsonSpan object)
{
  TelaShareInvite *invite = g_new0 (TelaShareInvite, 1);

  invite->id = tela_pick_text (object, "id");
  invite->role = tela_pick_text (object, "role");
  invite->expires_at = tela_pick_number (object, "expires_at");
  invite->uses = (guint) tela_pick_number (object, "uses");
  invite->max_uses = (guint) tela_pick_number (object, "max_uses");
  return invite;
}

/* NULL: no array. */
static GPtrArray *
read_items (TelaJsonSpan root,
            const char  *name,
            gpointer (*read) (TelaJsonSpan object),
            GDestroyNotify destroy)
{
  GPtrArray     *items;
  TelaJsonReader reader;
  TelaJsonSpan   value;

  if (!tela_json_find (root, name, &value))
    return NULL;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return NULL;
  items = g_ptr_array_new_with_free_func (destroy);
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &value))
    g_ptr_array_add (items, read (value));
  return items;
}

static gpointer
parse_people (GBytes  *body,
              GError **error)
{
  g_autoptr (TelaSharePeople) self = g_new0 (TelaSharePeople, 1);
  TelaJsonSpan root;

  if (!tela_pick_object (body, &root))
    return fail_answer (error);
  self->members = read_items (root, "members", read_member, (GDestroyNotify) member_free);
  self->invites = read_items (root, "invites", read_invite, (GDestroyNotify) invite_free);
  return self->members != NULL ? g_steal_pointer (&self) : fail_answer (error);
}

/* The link. */
static gpointer
parse_invite (GBytes  *body,
              GError **error)
{
  g_autoptr (TelaInvite) self = g_new0 (TelaInvite, 1);
  TelaJsonSpan root;

  if (!tela_pick_object (body, &root))
    return fail_answer (error);
  self->addresses = tela_pick_texts (root, "addresses");
  self->fingerprint = tela_pick_text (root, "fingerprint");
  self->host_id = tela_pick_text (root, "host_id");
  self->project = tela_pick_text (root, "project");
  self->code = tela_pick_text (root, "code");
  self->role = tela_pick_text (root, "role");
  self->expires_at = tela_pick_number (root, "expires_at");
  if (self->addresses == NULL || self->code == NULL || self->host_id == NULL || self->project == NULL ||
      self->role == NULL)
    return fail_answer (error);
  /* Nobody could come: told by the caller, as this is no fault of the answer. */
  return self->fingerprint != NULL && self->addresses[0] != NULL ? tela_invite_to_link (self) : g_strdup ("");
}

static gpointer
parse_done (GBytes  *body,
            GError **error)
{
  return GINT_TO_POINTER (TRUE);
}

/* ---- Asking ---- */

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  GDestroyNotify destroy = g_task_get_task_data (task);
  GError        *error = NULL;
  gpointer       answer = tela_remote_call_finish (TELA_REMOTE (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, destroy);
}

static void
ask (TelaWorkspace      *workspace,
     const char         *method,
     const char         *path,
     GString            *json, /* taken; NULL: none */
     TelaParseFunc       parse,
     GDestroyNotify      destroy,
     GCancellable       *cancellable,
     GAsyncReadyCallback callback,
     gpointer            user_data)
{
  GTask *task = g_task_new (workspace, cancellable, callback, user_data);
  g_autoptr (GBytes) body = json != NULL ? g_string_free_to_bytes (json) : NULL;
  const TelaRemoteCall call = {
    .method = method, .path = path, .body = body, .type = "application/json", .parse = parse, .destroy = destroy
  };

  g_task_set_source_tag (task, ask);
  g_task_set_task_data (task, destroy, NULL);
  tela_remote_call_async (tela_workspace_get_remote (workspace), &call, cancellable, asked_cb, task);
}

static gpointer
finish (TelaWorkspace *workspace,
        GAsyncResult  *result,
        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, workspace), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_share_look_async (TelaWorkspace      *workspace,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  ask (workspace, "POST", "/rest/v1/rpc/tela_share", g_string_new ("{}"), parse_state,
       (GDestroyNotify) tela_share_state_free, cancellable, callback, user_data);
}

void
tela_share_set_async (TelaWorkspace      *workspace,
                      gboolean            on,
                      const char         *certificate,
                      const char *const  *addresses,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GString       *json = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_boolean (&writer, "on", on);
  if (certificate != NULL)
    {
      tela_json_writer_put_string (&writer, "certificate", certificate);
    }
  if (addresses != NULL)
    {
      tela_json_writer_name (&writer, "addresses");
      tela_json_writer_begin_array (&writer);
      for (guint i = 0; addresses[i] != NULL; i++)
        tela_json_writer_string (&writer, addresses[i]);
      tela_json_writer_end_array (&writer);
    }
  tela_json_writer_end_object (&writer);
  ask (workspace, "POST", "/rest/v1/rpc/tela_share", json, parse_state, (GDestroyNotify) tela_share_state_free,
       cancellable, callback, user_data);
}

TelaShareState *
tela_share_state_finish (TelaWorkspace *workspace,
                         GAsyncResult  *result,
                         GError       **error)
{
  return finish (workspace, result, error);
}

void
tela_share_invite_async (TelaWorkspace      *workspace,
                         const char         *project_id,
                         const char         *role,
                         gint64              seconds,
                         guint               max_uses,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json,
                          "{\"project\":\"%s\",\"role\":\"%s\",\"expires_in\":%" G_GINT64_FORMAT ",\"max_uses\":%u}",
                          project_id, role, seconds, max_uses);
  ask (workspace, "POST", "/rest/v1/rpc/tela_invite", json, parse_invite, g_free, cancellable, callback, user_data);
}

char *
tela_share_invite_finish (TelaWorkspace *workspace,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_autofree char *link = finish (workspace, result, error);

  if (link == NULL || *link != '\0')
    return g_steal_pointer (&link);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                       _ ("Sharing is off, or this computer is on no network"));
  return NULL;
}

void
tela_share_people_async (TelaWorkspace      *workspace,
                         const char         *project_id,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GString *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"project\":\"%s\"}", project_id);
  ask (workspace, "POST", "/rest/v1/rpc/tela_people", json, parse_people, (GDestroyNotify) tela_share_people_free,
       cancellable, callback, user_data);
}

TelaSharePeople *
tela_share_people_finish (TelaWorkspace *workspace,
                          GAsyncResult  *result,
                          GError       **error)
{
  return finish (workspace, result, error);
}

void
tela_share_revoke_async (TelaWorkspace      *workspace,
                         const char         *invite_id,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autofree char *path = g_strconcat ("/rest/v1/invites?id=eq.", invite_id, NULL);

  ask (workspace, "PATCH", path, g_string_new ("{\"revoked\":true}"), parse_done, NULL, cancellable, callback,
       user_data);
}

static char *
member_path (const char *project_id,
             const char *user_id)
{
  return g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", project_id, user_id);
}

void
tela_share_set_role_async (TelaWorkspace      *workspace,
                           const char         *project_id,
                           const char         *user_id,
                           const char         *role,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autofree char *path = member_path (project_id, user_id);
  GString         *json = g_string_new (NULL);

  g_string_append_printf (json, "{\"role\":\"%s\"}", role);
  ask (workspace, "PATCH", path, json, parse_done, NULL, cancellable, callback, user_data);
}

void
tela_share_remove_async (TelaWorkspace      *workspace,
                         const char         *project_id,
                         const char         *user_id,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autofree char *path = member_path (project_id, user_id);

  ask (workspace, "DELETE", path, NULL, parse_done, NULL, cancellable, callback, user_data);
}

void
tela_share_set_name_async (TelaWorkspace      *workspace,
                           const char         *name,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autofree char *path = g_strconcat ("/rest/v1/profiles?id=eq.", tela_workspace_get_user_id (workspace), NULL);
  GString         *json = g_string_new (NULL);
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "name", name);
  tela_json_writer_end_object (&writer);
  ask (workspace, "PATCH", path, json, parse_done, NULL, cancellable, callback, user_data);
}

gboolean
tela_share_done_finish (TelaWorkspace *workspace,
                        GAsyncResult  *result,
                        GError       **error)
{
  return finish (workspace, result, error) != NULL;
}

RealtimeSubscription *
tela_share_watch (TelaWorkspace *workspace,
                  const char    *project_id)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  g_autofree char             *topic = g_strconcat ("project:", project_id, NULL);

  return realtime_manager_subscribe (tela_workspace_get_realtime (workspace), topic, "UPDATE", &options,
                                     REALTIME_KEEP_ALL);
}
