/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What users are called, and how they change. */

#include "backend-auth.h"

#include <string.h>

#include "backend-auth-private.h"

char *
tela_auth_user (TelaCore   *core,
                const char *user_id,
                GError    **error)
{
  return tela_auth_user_json (core, user_id, error);
}

char *
tela_auth_find_email (TelaCore   *core,
                      const char *email)
{
  return tela_db_text (core->db, "SELECT id FROM users WHERE email = ?", "s", email);
}

char *
tela_auth_get_email (TelaCore   *core,
                     const char *user_id)
{
  return tela_db_text (core->db, "SELECT email FROM users WHERE id = ?", "s", user_id);
}

char *
tela_auth_get_hash (TelaCore   *core,
                    const char *user_id)
{
  return tela_db_text (core->db, "SELECT password FROM users WHERE id = ?", "s", user_id);
}

/* Members of @change over those of @base. (transfer full) */
static char *
merge_metadata (const char *base,
                const char *change)
{
  const char *const texts[] = { base, change };
  g_autoptr (GHashTable) members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GList) names = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      TelaJsonReader reader;
      TelaJsonSpan   name, value;

      tela_json_reader_init (&reader, texts[i], -1);
      tela_json_reader_enter_object (&reader);
      while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
        {
          char *key = tela_json_unescape (name, NULL, NULL);

          if (TELA_JSON_SPAN_IS (value, "null"))
            {
              g_hash_table_remove (members, key);
              g_free (key);
            }
          else
            g_hash_table_replace (members, key, g_strndup (value.data, value.len));
        }
    }
  names = g_list_sort (g_hash_table_get_keys (members), (GCompareFunc) strcmp);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  for (GList *each = names; each != NULL; each = each->next)
    {
      const char *value = g_hash_table_lookup (members, each->data);

      tela_json_writer_name (&writer, each->data);
      tela_json_writer_raw (&writer, value, strlen (value));
    }
  tela_json_writer_end_object (&writer);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
update_metadata (TelaCore   *core,
                 const char *user_id,
                 const char *change,
                 GError    **error)
{
  g_autofree char *base = tela_db_text (core->db, "SELECT metadata FROM users WHERE id = ?", "s", user_id);
  g_autofree char *merged = base != NULL ? merge_metadata (base, change) : NULL;

  if (merged != NULL && strlen (merged) > TELA_AUTH_MAX_METADATA)
    {
      g_set_error (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_TOO_LARGE, "The user's data is too large");
      return FALSE;
    }
  return merged == NULL ||
         tela_db_run (core->db, error, "UPDATE users SET metadata = ? WHERE id = ?", "ss", merged, user_id);
}

static gboolean
update_user (TelaCore         *core,
             const TelaClaims *claims,
             const char       *email,
             const char       *hash,
             const char       *metadata,
             GError          **error)
{
  if (email != NULL && !tela_db_run (core->db, error, "UPDATE users SET email = ?, anonymous = 0 WHERE id = ?", "ss",
                                     email, claims->sub))
    {
      tela_auth_say_taken (error);
      return FALSE;
    }
  if (hash != NULL &&
      (!tela_db_run (core->db, error, "UPDATE users SET password = ? WHERE id = ?", "ss", hash, claims->sub) ||
       !tela_auth_sign_out (core, claims, TELA_LOGOUT_OTHERS, error)))
    return FALSE;
  if (metadata != NULL && !update_metadata (core, claims->sub, metadata, error))
    return FALSE;
  return tela_db_run (core->db, error, "UPDATE users SET updated_at = ? WHERE id = ?", "is", tela_now_ms (),
                      claims->sub);
}

char *
tela_auth_update (TelaCore         *core,
                  const TelaClaims *claims,
                  const char       *email,
                  const char       *hash,
                  const char       *metadata,
                  GError          **error)
{
  GError *local = NULL;
  char   *answer = NULL;

  if (!tela_db_begin (core->db, error))
    return NULL;
  if (update_user (core, claims, email, hash, metadata, &local))
    answer = tela_auth_user_json (core, claims->sub, &local);
  if (answer == NULL && local == NULL)
    g_set_error (&local, TELA_AUTH_ERROR, TELA_AUTH_ERROR_NO_USER, "There is no such user");
  if (local != NULL)
    g_propagate_error (error, local);
  return tela_auth_settle (core, answer, error);
}
