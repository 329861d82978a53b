/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-feed.h"

#include <string.h>

#include "backend-news.h"
#include "tela-json.h"

static void
send_event (TelaCore   *core,
            const char *kind,
            const char *id,
            const char *event,
            GString    *payload)
{
  g_autofree char *name = g_strconcat (kind, ":", id, NULL);

  tela_news_send (core->news, name, event, (TelaJsonSpan){ payload->str, payload->len });
}

void
tela_feed_change (TelaCore    *core,
                  const char  *project_id,
                  gint64       rev,
                  char *const *ops,
                  const gsize *sizes,
                  gsize        n)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize)); /* of each part */
  gsize bytes = 0, at = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (bytes > 0 && bytes + sizes[i] + 1 > TELA_FEED_PART_BYTES)
        {
          g_array_append_val (ends, i);
          bytes = 0;
        }
      bytes += sizes[i] + 1;
    }
  g_array_append_val (ends, n);

  for (guint part = 0; part < ends->len; part++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      g_string_append_printf (out, "{\"epoch\":\"%s\",\"rev\":%" G_GINT64_FORMAT ",\"part\":%u,\"of\":%u,\"ops\":[",
                              core->db->epoch, rev, part + 1, ends->len);
      for (gboolean first = TRUE; at < g_array_index (ends, gsize, part); at++, first = FALSE)
        {
          if (!first)
            g_string_append_c (out, ',');
          g_string_append_len (out, ops[at], (gssize) sizes[at]);
        }
      g_string_append (out, "]}");
      send_event (core, "project", project_id, "CANVAS_CHANGE", out);
    }
}

/* The payload of realtime.broadcast_changes. */
static GString *
change_payload (const char *table,
                const char *operation,
                const char *record,
                const char *old_record)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (
      out, "{\"schema\":\"public\",\"table\":\"%s\",\"operation\":\"%s\",\"record\":%s,\"old_record\":%s}", table,
      operation, record != NULL ? record : "null", old_record != NULL ? old_record : "null");
  return out;
}

void
tela_feed_project (TelaCore   *core,
                   const char *project_id,
                   const char *record)
{
  g_autoptr (GString) payload = change_payload ("projects", "UPDATE", record, NULL);

  send_event (core, "project", project_id, "UPDATE", payload);
}

void
tela_feed_user (TelaCore   *core,
                const char *user_id,
                const char *event,
                const char *record,
                const char *old_record)
{
  g_autoptr (GString) payload = change_payload ("projects", event, record, old_record);

  send_event (core, "user", user_id, event, payload);
}

void
tela_feed_job (TelaCore   *core,
               const char *user_id,
               const char *event,
               const char *record,
               const char *old_record)
{
  g_autoptr (GString) payload = change_payload ("fal_jobs", event, record, old_record);

  send_event (core, "fal_jobs", user_id, event, payload);
}

GStrv
tela_feed_members (TelaCore   *core,
                   const char *project_id)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  sqlite3_stmt *row = tela_db_prepare (core->db, NULL, "SELECT user_id FROM project_members WHERE project_id = ?", "s", project_id);

  while (row != NULL && tela_db_step (core->db, row, NULL))
    g_strv_builder_add (builder, (const char *) sqlite3_column_text (row, 0));
  return g_strv_builder_end (builder);
}
