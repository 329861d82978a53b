/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-news.h"

#include <string.h>

#include "backend-changes.h"
#include "backend-channel.h"
#include "backend-topics.h"

typedef struct
{
  char    *name;
  char    *event;
  char    *metadata;
  GString *payload;
} Item;

typedef struct
{
  GPtrArray *broadcasts; /* owned Item */
  GPtrArray *rows;       /* owned TelaRow */
} Batch;

struct _TelaNews
{
  TelaCore *core;    /* borrowed */
  Batch     pending; /* of the transaction that runs */
  Batch     ready;   /* committed */
  GSource  *source;  /* set while something is ready */
};

static void
item_free (Item *self)
{
  g_free (self->name);
  g_free (self->event);
  g_free (self->metadata);
  g_string_free (self->payload, TRUE);
  g_free (self);
}

static void
batch_init (Batch *self)
{
  self->broadcasts = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_row_free);
}

static void
batch_clear (Batch *self)
{
  g_ptr_array_unref (self->broadcasts);
  g_ptr_array_unref (self->rows);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

/* ---- Telling ---- */

static void
tell (TelaCore   *core,
      const Item *item)
{
  g_autofree char *topic = g_strconcat (TELA_TOPIC_PREFIX, item->name, NULL);
  TelaBroadcast    broadcast = { topic, item->event, item->metadata, TRUE, { item->payload->str, item->payload->len } };

  if (core->limits && item->payload->len > TELA_LIMIT_PAYLOAD)
    g_message ("A change of %" G_GSIZE_FORMAT " bytes is over the limit of a broadcast; readers will fetch it",
               item->payload->len);
  else
    tela_topics_send (core, item->name, TRUE, &broadcast);
}

static void
drop_source (TelaNews *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

void
tela_news_deliver (TelaNews *self)
{
  g_auto (Batch) ready = self->ready;

  drop_source (self);
  batch_init (&self->ready);
  for (guint i = 0; i < ready.broadcasts->len; i++)
    tell (self->core, ready.broadcasts->pdata[i]);
  tela_changes_tell (self->core->changes, ready.rows);
}

static gboolean
deliver_cb (gpointer data)
{
  tela_news_deliver (data);
  return G_SOURCE_REMOVE;
}

/* Not from within the write, whose caller is not done with its rows. */
static void
schedule (TelaNews *self)
{
  if (self->source != NULL || self->ready.broadcasts->len + self->ready.rows->len == 0)
    return;
  self->source = g_idle_source_new ();
  g_source_set_name (self->source, "tela-backend-news");
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->source, deliver_cb, self, NULL);
  g_source_attach (self->source, self->core->context);
}

static void
ended_cb (gboolean committed,
          gpointer data)
{
  TelaNews *self = data;

  if (self->pending.broadcasts->len + self->pending.rows->len == 0)
    return;
  if (committed)
    {
      g_ptr_array_extend_and_steal (self->ready.broadcasts, g_steal_pointer (&self->pending.broadcasts));
      g_ptr_array_extend_and_steal (self->ready.rows, g_steal_pointer (&self->pending.rows));
    }
  else
    batch_clear (&self->pending);
  batch_init (&self->pending);
  schedule (self);
}

/* ---- Taking ---- */

void
tela_news_send (TelaNews    *self,
                const char  *name,
                const char  *event,
                TelaJsonSpan payload)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (GError) error = NULL;
  Item *item = g_new0 (Item, 1);

  item->name = g_strdup (name);
  item->event = g_strdup (event);
  item->metadata = g_strconcat ("{\"id\":\"", id, "\"}", NULL);
  item->payload = g_string_sized_new (payload.len + 64);
  g_string_append_printf (item->payload, "{\"id\":\"%s\",", id);
  g_string_append_len (item->payload, payload.data + 1, (gssize) payload.len - 1);
  if (sqlite3_get_autocommit (self->core->db->handle))
    g_ptr_array_add (self->ready.broadcasts, item); /* that was committed already */
  else
    g_ptr_array_add (self->pending.broadcasts, item);
  if (!tela_db_run (self->core->db, &error,
                    "INSERT INTO messages (id, topic, event, payload, inserted_at) VALUES (?, ?, ?, ?, ?)", "ssssi", id,
                    name, event, item->payload->str, tela_now_ms ()))
    g_message ("A broadcast will not be replayed: %s", error->message);
  schedule (self);
}

void
tela_news_add_row (TelaNews *self,
                   TelaRow  *row)
{
  g_ptr_array_add (self->pending.rows, row);
}

/* ---- Life ---- */

TelaNews *
tela_news_new (TelaCore *core)
{
  TelaNews *self = g_new0 (TelaNews, 1);

  self->core = core;
  batch_init (&self->pending);
  batch_init (&self->ready);
  tela_db_set_listener (core->db, ended_cb, self);
  return self;
}

void
tela_news_free (TelaNews *self)
{
  tela_db_set_listener (self->core->db, NULL, NULL);
  drop_source (self);
  batch_clear (&self->pending);
  batch_clear (&self->ready);
  g_free (self);
}
