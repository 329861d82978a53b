/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-remote-private.h"

#include <string.h>

static void
begin_call (TelaRemote         *self,
            TelaRemoteCall      call,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  tela_remote_call_async (self, &call, cancellable, callback, user_data);
}

void
tela_remote_push_async (TelaRemote         *self,
                        const char         *project_id,
                        TelaElement *const *ops,
                        gsize               n,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GString *json = g_string_new (NULL);
  g_autoptr (GBytes) body = NULL;
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "project");
  tela_json_writer_string (&writer, project_id);
  tela_json_writer_name (&writer, "ops");
  tela_json_writer_begin_array (&writer);
  for (gsize i = 0; i < n; i++)
    tela_op_write (ops[i], &writer);
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);
  body = g_string_free_to_bytes (json);

  begin_call (self,
              (TelaRemoteCall){ .method = "POST",
                                .path = "/rest/v1/rpc/tela_push",
                                .body = body,
                                .type = "application/json",
                                .parse = (TelaParseFunc) tela_head_parse,
                                .destroy = (GDestroyNotify) tela_head_free },
              cancellable, callback, user_data);
}

TelaHead *
tela_remote_push_finish (TelaRemote   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return tela_remote_call_finish (self, result, error);
}

void
tela_remote_head_async (TelaRemote         *self,
                        const char         *project_id,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GString *json = g_string_new ("{\"project\":");
  g_autoptr (GBytes) body = NULL;

  tela_json_append_string (json, project_id, strlen (project_id));
  g_string_append_c (json, '}');
  body = g_string_free_to_bytes (json);
  begin_call (self,
              (TelaRemoteCall){ .method = "POST",
                                .path = "/rest/v1/rpc/tela_head",
                                .body = body,
                                .type = "application/json",
                                .parse = (TelaParseFunc) tela_head_parse,
                                .destroy = (GDestroyNotify) tela_head_free },
              cancellable, callback, user_data);
}

TelaHead *
tela_remote_head_finish (TelaRemote   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return tela_remote_call_finish (self, result, error);
}

/* A value inside or=(…): quoted, since an id may hold any of the characters that have a meaning there. */
static char *
quote_filter (const char *id)
{
  g_autoptr (GString) quoted = g_string_new ("\"");

  for (const char *p = id; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *p);
    }
  g_string_append_c (quoted, '"');
  return g_uri_escape_string (quoted->str, NULL, FALSE);
}

void
tela_remote_page_async (TelaRemote         *self,
                        const char         *project_id,
                        gint64              rev,
                        const char         *id,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GString) path = g_string_new ("/rest/v1/elements?select=id,props,stamps,rev");

  g_string_append_printf (path, "&project_id=eq.%s", project_id);
  if (id == NULL)
    {
      g_string_append_printf (path, "&rev=gt.%" G_GINT64_FORMAT, rev);
    }
  else
    {
      g_autofree char *quoted = quote_filter (id);

      g_string_append_printf (path, "&or=(rev.gt.%" G_GINT64_FORMAT ",and(rev.eq.%" G_GINT64_FORMAT ",id.gt.%s))", rev,
                              rev, quoted);
    }
  g_string_append_printf (path, "&order=rev.asc,id.asc&limit=%d", TELA_REMOTE_PAGE_ROWS);

  begin_call (self,
              (TelaRemoteCall){ .method = "GET",
                                .path = path->str,
                                .parse = (TelaParseFunc) tela_page_parse,
                                .destroy = (GDestroyNotify) tela_page_free,
                                .threaded = TRUE },
              cancellable, callback, user_data);
}

TelaPage *
tela_remote_page_finish (TelaRemote   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return tela_remote_call_finish (self, result, error);
}

void
tela_remote_projects_async (TelaRemote         *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  begin_call (self,
              (TelaRemoteCall){ .method = "GET",
                                .path = "/rest/v1/projects?select=*",
                                .parse = (TelaParseFunc) tela_project_rows_parse,
                                .destroy = (GDestroyNotify) g_ptr_array_unref },
              cancellable, callback, user_data);
}

GPtrArray *
tela_remote_projects_finish (TelaRemote   *self,
                             GAsyncResult *result,
                             GError      **error)
{
  return tela_remote_call_finish (self, result, error);
}

void
tela_remote_roles_async (TelaRemote         *self,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  const char      *user = tela_remote_get_user_id (self);
  g_autofree char *path =
      g_strdup_printf ("/rest/v1/project_members?select=project_id,role&user_id=eq.%s", user != NULL ? user : "");

  begin_call (self,
              (TelaRemoteCall){ .method = "GET",
                                .path = path,
                                .parse = (TelaParseFunc) tela_project_rows_parse,
                                .destroy = (GDestroyNotify) g_ptr_array_unref },
              cancellable, callback, user_data);
}

GPtrArray *
tela_remote_roles_finish (TelaRemote   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return tela_remote_call_finish (self, result, error);
}

static GBytes *
project_json (const char *id,
              const char *name)
{
  GString       *json = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  if (id != NULL)
    {
      tela_json_writer_name (&writer, "id");
      tela_json_writer_string (&writer, id);
    }
  tela_json_writer_name (&writer, "name");
  tela_json_writer_string (&writer, name);
  tela_json_writer_end_object (&writer);
  return g_string_free_to_bytes (json);
}

void
tela_remote_insert_project_async (TelaRemote         *self,
                                  const char         *id,
                                  const char         *name,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autoptr (GBytes) body = project_json (id, name);

  begin_call (
      self,
      (TelaRemoteCall){
          .method = "POST", .path = "/rest/v1/projects", .body = body, .type = "application/json", .fine = 409 },
      cancellable, callback, user_data);
}

void
tela_remote_rename_project_async (TelaRemote         *self,
                                  const char         *id,
                                  const char         *name,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autoptr (GBytes) body = project_json (NULL, name);
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", id, NULL);

  begin_call (self, (TelaRemoteCall){ .method = "PATCH", .path = path, .body = body, .type = "application/json" },
              cancellable, callback, user_data);
}

void
tela_remote_trash_project_async (TelaRemote         *self,
                                 const char         *id,
                                 gint64              deleted_ms,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (deleted_ms / 1000);
  g_autofree char *stamp = g_date_time_format (time, "\"%Y-%m-%dT%H:%M:%SZ\"");
  g_autofree char *json = g_strdup_printf ("{\"deleted_at\":%s}", deleted_ms != 0 ? stamp : "null");
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", id, NULL);

  begin_call (self, (TelaRemoteCall){ .method = "PATCH", .path = path, .body = body, .type = "application/json" },
              cancellable, callback, user_data);
}

void
tela_remote_delete_project_async (TelaRemote         *self,
                                  const char         *id,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", id, NULL);

  begin_call (self, (TelaRemoteCall){ .method = "DELETE", .path = path }, cancellable, callback, user_data);
}

void
tela_remote_put_asset_async (TelaRemote         *self,
                             const char         *sha256,
                             GBytes             *bytes,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autofree char *path = g_strconcat ("/storage/v1/object/assets/", sha256, NULL);

  begin_call (self,
              (TelaRemoteCall){
                  .method = "POST", .path = path, .body = bytes, .type = "application/octet-stream", .upsert = TRUE },
              cancellable, callback, user_data);
}

static char *
thumbnail_path (const char *project_id)
{
  return g_strconcat ("/storage/v1/object/thumbnails/", project_id, "/board.png", NULL);
}

void
tela_remote_put_thumbnail_async (TelaRemote         *self,
                                 const char         *project_id,
                                 GBytes             *png,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_autofree char *path = thumbnail_path (project_id);

  begin_call (self,
              (TelaRemoteCall){ .method = "POST", .path = path, .body = png, .type = "image/png", .upsert = TRUE },
              cancellable, callback, user_data);
}

void
tela_remote_name_thumbnail_async (TelaRemote         *self,
                                  const char         *project_id,
                                  const char         *sha256,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autofree char *json = g_strdup_printf ("{\"thumbnail\":\"%s\"}", sha256);
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", project_id, NULL);

  begin_call (self, (TelaRemoteCall){ .method = "PATCH", .path = path, .body = body, .type = "application/json" },
              cancellable, callback, user_data);
}

/* Its hash is there for the caches on the way. */
void
tela_remote_get_thumbnail_async (TelaRemote         *self,
                                 const char         *project_id,
                                 const char         *sha256,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_autofree char *object = thumbnail_path (project_id);
  g_autofree char *version = g_uri_escape_string (sha256, NULL, FALSE);
  g_autofree char *path = g_strconcat (object, "?v=", version, NULL);

  begin_call (self, (TelaRemoteCall){ .method = "GET", .path = path }, cancellable, callback, user_data);
}

gboolean
tela_remote_done_finish (TelaRemote   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_autoptr (GBytes) body = tela_remote_call_finish (self, result, error);

  return body != NULL;
}

void
tela_remote_get_asset_async (TelaRemote         *self,
                             const char         *sha256,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autofree char *path = g_strconcat ("/storage/v1/object/assets/", sha256, NULL);

  begin_call (self, (TelaRemoteCall){ .method = "GET", .path = path }, cancellable, callback, user_data);
}

GBytes *
tela_remote_get_asset_finish (TelaRemote   *self,
                              GAsyncResult *result,
                              GError      **error)
{
  return tela_remote_call_finish (self, result, error);
}
