/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-versions.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "tela-pick.h"
#include "tela-remote-call.h"
#include "tela-session-private.h"

void
tela_version_free (TelaVersion *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->by);
  g_free (self);
}

/* ---- What is answered ---- */

static gpointer
fail_answer (GError **error)
{
  g_set_error_literal (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER, _ ("The host’s answer cannot be read"));
  return NULL;
}

static gboolean
read_versions (TelaJsonSpan root,
               const char  *name,
               GPtrArray   *versions)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;

  if (!tela_json_find (root, name, &value))
    return FALSE;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &value))
    {
      TelaVersion *version = g_new0 (TelaVersion, 1);

      g_ptr_array_add (versions, version);
      version->id = tela_pick_text (value, "id");
      version->name = tela_pick_text (value, "name");
      version->by = tela_pick_text (value, "by");
      version->rev = tela_pick_number (value, "rev");
      version->at_ms = tela_pick_number (value, "at");
      version->n = (guint) tela_pick_number (value, "n");
    }
  return TRUE;
}

/* Of two at one time the named one stands first. */
static int
compare_versions (gconstpointer a,
                  gconstpointer b)
{
  const TelaVersion *x = *(TelaVersion *const *) a, *y = *(TelaVersion *const *) b;

  if (x->at_ms != y->at_ms)
    return x->at_ms > y->at_ms ? -1 : 1;
  return (x->id == NULL) - (y->id == NULL);
}

static gpointer
parse_list (GBytes  *body,
            GError **error)
{
  g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_version_free);
  TelaJsonSpan root;

  if (!tela_pick_object (body, &root) || !read_versions (root, "versions", versions) ||
      !read_versions (root, "moments", versions))
    return fail_answer (error);
  g_ptr_array_sort (versions, compare_versions);
  return g_steal_pointer (&versions);
}

static gpointer
parse_named (GBytes  *body,
             GError **error)
{
  TelaJsonSpan root;
  char        *id = tela_pick_object (body, &root) ? tela_pick_text (root, "id") : NULL;

  return id != NULL ? id : fail_answer (error);
}

static gpointer
parse_elements (GBytes  *body,
                GError **error)
{
  gsize       len;
  const char *data = g_bytes_get_data (body, &len);

  return tela_board_read_dump (data, len, error);
}

/* ---- Asking ---- */

/* @name: NULL, no further argument; @text: NULL, the @number. */
static void
ask (TelaRemote         *remote,
     const char         *path,
     const char         *project_id,
     const char         *name,
     const char         *text,
     gint64              number,
     TelaRemoteCall      call,
     GCancellable       *cancellable,
     GAsyncReadyCallback callback,
     gpointer            user_data)
{
  GString *json = g_string_new (NULL);
  g_autoptr (GBytes) body = NULL;
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "project", project_id);
  if (name != NULL && text != NULL)
    tela_json_writer_put_string (&writer, name, text);
  else if (name != NULL)
    tela_json_writer_put_int (&writer, name, number);
  tela_json_writer_end_object (&writer);
  body = g_string_free_to_bytes (json);
  call.method = "POST";
  call.path = path;
  call.body = body;
  call.type = "application/json";
  tela_remote_call_async (remote, &call, cancellable, callback, user_data);
}

void
tela_versions_list_async (TelaRemote         *remote,
                          const char         *project_id,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  ask (remote, "/rest/v1/rpc/tela_versions", project_id, NULL, NULL, 0,
       (TelaRemoteCall){ .parse = parse_list, .destroy = (GDestroyNotify) g_ptr_array_unref }, cancellable, callback,
       user_data);
}

GPtrArray *
tela_versions_list_finish (TelaRemote   *remote,
                           GAsyncResult *result,
                           GError      **error)
{
  return tela_remote_call_finish (remote, result, error);
}

static void
named_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char   *id = tela_remote_call_finish (TELA_REMOTE (source), result, &error);

  if (id != NULL)
    g_task_return_pointer (task, id, g_free);
  else
    g_task_return_error (task, error);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaSession *session = TELA_SESSION (source);
  GError      *error = NULL;

  if (!tela_session_drain_finish (session, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  ask (session->remote, "/rest/v1/rpc/tela_version_name", session->project_id, "name", g_task_get_task_data (task), 0,
       (TelaRemoteCall){ .parse = parse_named, .destroy = g_free }, g_task_get_cancellable (task), named_cb,
       g_object_ref (task));
}

void
tela_versions_name_async (TelaSession        *session,
                          const char         *name,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_versions_name_async);
  g_task_set_task_data (task, g_strdup (name), g_free);
  tela_session_drain_async (session, cancellable, sent_cb, task);
}

char *
tela_versions_name_finish (TelaSession  *session,
                           GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_versions_remove_async (TelaRemote         *remote,
                            const char         *project_id,
                            const char         *id,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  ask (remote, "/rest/v1/rpc/tela_version_remove", project_id, "id", id, 0, (TelaRemoteCall){ .method = NULL }, cancellable,
       callback, user_data);
}

gboolean
tela_versions_remove_finish (TelaRemote   *remote,
                             GAsyncResult *result,
                             GError      **error)
{
  return tela_remote_done_finish (remote, result, error);
}

void
tela_versions_fetch_async (TelaRemote         *remote,
                           const char         *project_id,
                           const TelaVersion  *version,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  ask (remote, "/rest/v1/rpc/tela_version", project_id, version->id != NULL ? "id" : "rev",
       version->id, version->rev,
       (TelaRemoteCall){
           .parse = parse_elements, .destroy = (GDestroyNotify) g_ptr_array_unref, .threaded = TRUE },
       cancellable, callback, user_data);
}

GPtrArray *
tela_versions_fetch_finish (TelaRemote   *remote,
                            GAsyncResult *result,
                            GError      **error)
{
  return tela_remote_call_finish (remote, result, error);
}

/* ---- Going back ---- */

static gboolean
is_the_board (const TelaElement *element)
{
  return strcmp (tela_element_get_id (element), TELA_BOARD_ELEMENT_ID) == 0;
}

static gboolean
differs (const TelaElement *now,
         TelaKey            key,
         TelaValue          wanted)
{
  TelaValue value;

  return now == NULL || !tela_element_get (now, key, &value, NULL) || !tela_value_equal (value, wanted);
}

/* What has come since goes, be it a property. */
static guint
unset_others (TelaOpBuilder     *builder,
              const TelaElement *now,
              const TelaElement *then)
{
  guint n = 0;

  for (guint i = 0; now != NULL && i < tela_element_get_n (now); i++)
    {
      TelaKey key = tela_element_get_nth (now, i, NULL, NULL);

      if (!tela_element_has (now, key) || tela_element_get (then, key, NULL, NULL))
        continue;
      tela_op_builder_set_json (builder, key, "{\"$unset\":true}");
      n++;
    }
  return n;
}

/* NULL: it is as it was. */
static TelaElement *
plan_element (const TelaElement *now,
              const TelaElement *then)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (then));
  guint          n = 0;

  for (guint i = 0; i < tela_element_get_n (then); i++)
    {
      TelaValue value;
      TelaKey   key = tela_element_get_nth (then, i, &value, NULL);

      if (!differs (now, key, value) || (is_the_board (then) && strcmp (tela_key_get_name (key), "name") == 0))
        continue;
      tela_op_builder_set (builder, key, tela_value_copy (value));
      n++;
    }
  if (!is_the_board (then))
    n += unset_others (builder, now, then);
  if (n > 0)
    return tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_op_builder_free (builder);
  return NULL;
}

static void
add_deletion (GPtrArray  *ops,
              const char *id)
{
  TelaOpBuilder *builder = tela_op_builder_new (id);

  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);
  g_ptr_array_add (ops, tela_op_builder_end (builder, (TelaStamp){ 0 }));
}

typedef struct
{
  GHashTable *kept; /* ids that were visible then */
  GPtrArray  *ops;
} Plan;

static void
delete_new_cb (const TelaElement *element,
               gpointer           user_data)
{
  Plan *plan = user_data;

  if (tela_element_is_visible (element) && !g_hash_table_contains (plan->kept, tela_element_get_id (element)))
    add_deletion (plan->ops, tela_element_get_id (element));
}

GPtrArray *
tela_versions_plan (TelaBoard *board,
                    GPtrArray *elements)
{
  g_autoptr (GHashTable) kept = g_hash_table_new (g_str_hash, g_str_equal);
  Plan plan = { kept, g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref) };

  for (guint i = 0; i < elements->len; i++)
    {
      const TelaElement *then = g_ptr_array_index (elements, i);
      TelaElement       *op;

      if (!tela_element_is_visible (then) && !is_the_board (then))
        continue;
      g_hash_table_add (kept, (gpointer) tela_element_get_id (then));
      op = plan_element (tela_board_lookup (board, tela_element_get_id (then)), then);
      if (op != NULL)
        g_ptr_array_add (plan.ops, op);
    }
  tela_board_foreach (board, delete_new_cb, &plan);
  return plan.ops;
}

static void
restored_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GPtrArray *ops = g_task_get_task_data (task);
  GError    *error = NULL;

  if (tela_session_edit_finish (TELA_SESSION (source), result, &error))
    g_task_return_int (task, ops->len);
  else
    g_task_return_error (task, error);
}

void
tela_versions_restore_async (TelaSession        *session,
                             GPtrArray          *elements,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  GTask     *task = g_task_new (session, cancellable, callback, user_data);
  GPtrArray *ops = tela_versions_plan (session->board, elements);

  g_task_set_source_tag (task, tela_versions_restore_async);
  g_task_set_task_data (task, ops, (GDestroyNotify) g_ptr_array_unref);
  if (ops->len == 0)
    {
      g_task_return_int (task, 0);
      g_object_unref (task);
      return;
    }
  tela_session_edit_async (session, (TelaElement *const *) ops->pdata, ops->len, TRUE, cancellable, restored_cb, task);
}

gssize
tela_versions_restore_finish (TelaSession  *session,
                              GAsyncResult *result,
                              GError      **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}
