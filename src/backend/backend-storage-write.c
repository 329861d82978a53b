/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Objects that go, are called otherwise, or are there twice. */

#include "backend-storage.h"

#include <glib/gstdio.h>
#include <string.h>

#include "backend-text.h"

/* ---- Removing ---- */

/* While somebody uploads, what is on disk stays: the same bytes may be theirs. */
void
tela_storage_let_go (TelaCore   *core,
                     const char *hash)
{
  g_autofree char *used = NULL;
  g_autofree char *path = NULL;

  if (core->n_uploads > 0)
    {
      g_ptr_array_add (core->orphans, g_strdup (hash));
      return;
    }
  used = tela_db_text (core->db, "SELECT 1 FROM objects WHERE hash = ?", "s", hash);
  path = tela_storage_path (core, hash);
  if (used == NULL)
    g_unlink (path);
}

void
tela_storage_let_go_orphans (TelaCore *core)
{
  for (guint i = 0; i < core->orphans->len; i++)
    tela_storage_let_go (core, core->orphans->pdata[i]);
  g_ptr_array_set_size (core->orphans, 0);
}

/* FALSE: it is not there, or not for the caller to remove. */
static gboolean
remove_one (TelaStorage     *self,
            const TelaPlace *place,
            TelaObject      *object)
{
  if (!tela_storage_find (self->core, place, object) ||
      !tela_storage_may (self, place, object->owner != NULL ? object->owner : "", TELA_STORAGE_MAY_CHANGE) ||
      !tela_db_run (self->core->db, NULL, "DELETE FROM objects WHERE bucket_id = ? AND name = ?", "ss", place->bucket,
                    place->name))
    return FALSE;
  tela_storage_let_go (self->core, object->hash);
  return TRUE;
}

static void
remove_many (TelaStorage *self,
             const char  *bucket)
{
  TelaJsonSpan body;
  g_auto (GStrv) names = NULL;
  GString       *out;
  TelaJsonWriter writer;

  if (!tela_storage_has_bucket (self, bucket) || !tela_storage_body (self, &body))
    return;
  names = tela_storage_names (self, body, "prefixes");
  if (names == NULL)
    return;
  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_auto (TelaPlace) place = { g_strdup (bucket), g_strdup (names[i]) };
      g_auto (TelaObject) object = { 0 };

      if (!remove_one (self, &place, &object))
        continue;
      tela_json_writer_begin_object (&writer);
      tela_json_writer_put_string (&writer, "bucket_id", bucket);
      tela_json_writer_put_string (&writer, "name", names[i]);
      tela_json_writer_put_string (&writer, "id", object.id);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  tela_http_json (self->msg, 200, out);
}

void
tela_storage_remove (TelaStorage *self,
                     const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaObject) object = { 0 };

  if (strchr (path, '/') == NULL)
    remove_many (self, path);
  else if (tela_storage_take_place (self, path, &place))
    {
      if (remove_one (self, &place, &object))
        tela_storage_message (self, "Successfully deleted");
      else
        tela_storage_no_key (self);
    }
}

/* ---- Moving and copying ---- */

/* From where to where. FALSE: answered. */
static gboolean
take_places (TelaStorage *self,
             TelaPlace   *from,
             TelaPlace   *to)
{
  TelaJsonSpan     body;
  g_autofree char *bucket = NULL;
  g_autofree char *to_bucket = NULL;
  g_autofree char *source = NULL;
  g_autofree char *target = NULL;
  g_autofree char *from_path = NULL;
  g_autofree char *to_path = NULL;

  if (!tela_storage_body (self, &body))
    return FALSE;
  bucket = tela_pick_text (body, "bucketId");
  to_bucket = tela_pick_text (body, "destinationBucket");
  source = tela_pick_text (body, "sourceKey");
  target = tela_pick_text (body, "destinationKey");
  if (bucket == NULL || source == NULL || target == NULL)
    {
      tela_http_storage_error (self->msg, 400, "InvalidRequest", "InvalidRequest",
                               "bucketId, sourceKey and destinationKey are needed");
      return FALSE;
    }
  from_path = g_strconcat (bucket, "/", source, NULL);
  to_path = g_strconcat (to_bucket != NULL ? to_bucket : bucket, "/", target, NULL);
  return tela_storage_take_place (self, from_path, from) && tela_storage_take_place (self, to_path, to);
}

/* Nothing is called "assets" but what was uploaded there. FALSE: answered. */
static gboolean
may_transfer (TelaStorage     *self,
              const TelaPlace *from,
              const TelaPlace *to,
              TelaObject      *object,
              const char      *right)
{
  g_auto (TelaGrant) grant = { 0 };

  if (!tela_storage_find_visible (self, from, object))
    return FALSE;
  if (tela_place_is_of_assets (to) ||
      !tela_storage_may (self, from, object->owner != NULL ? object->owner : "", right))
    {
      tela_storage_denied (self);
      return FALSE;
    }
  return tela_storage_may_upload (self, to, FALSE, &grant);
}

void
tela_storage_move (TelaStorage *self,
                   const char  *path)
{
  g_auto (TelaPlace) from = { 0 };
  g_auto (TelaPlace) to = { 0 };
  g_auto (TelaObject) object = { 0 };

  if (*path != '\0')
    tela_storage_no_route (self);
  else if (!take_places (self, &from, &to) || !may_transfer (self, &from, &to, &object, TELA_STORAGE_MAY_CHANGE))
    return;
  else if (tela_db_run (self->core->db, NULL,
                        "UPDATE objects SET bucket_id = ?, name = ?, updated_at = ? WHERE bucket_id = ? AND name = ?",
                        "ssiss", to.bucket, to.name, tela_now_ms (), from.bucket, from.name))
    tela_storage_message (self, "Successfully moved");
  else
    tela_storage_failed (self);
}

void
tela_storage_copy (TelaStorage *self,
                   const char  *path)
{
  g_auto (TelaPlace) from = { 0 };
  g_auto (TelaPlace) to = { 0 };
  g_auto (TelaObject) object = { 0 };
  g_autofree char *id = g_uuid_string_random ();

  if (*path != '\0')
    tela_storage_no_route (self);
  else if (!take_places (self, &from, &to) || !may_transfer (self, &from, &to, &object, TELA_STORAGE_MAY_READ))
    return;
  else if (tela_db_run (
               self->core->db, NULL,
               "INSERT INTO objects (id, bucket_id, name, owner, hash, mime, size, cache_control, metadata,"
               " created_at, updated_at) SELECT ?1, ?2, ?3, ?4, hash, mime, size, cache_control, metadata, ?5, ?5"
               " FROM objects WHERE bucket_id = ?6 AND name = ?7",
               "ssssiss", id, to.bucket, to.name, self->claims->sub, tela_now_ms (), from.bucket, from.name))
    tela_storage_answer_place (self->msg, id, &to);
  else
    tela_storage_failed (self);
}
