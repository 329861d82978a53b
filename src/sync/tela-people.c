/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-people-private.h"

#include <math.h>
#include <string.h>

#define REPEAT_MS 2000
#define GRACE_MS 2000 /* how long somebody may be away who joins again, with other rights say */

static void tela_people_list_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TelaPeople, tela_people, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tela_people_list_init))

enum
{
  PROP_0,
  PROP_STALE_SINCE,
  N_PROPS
};

enum
{
  MOVED,
  BRING,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

void
tela_people_moved (TelaPeople *self)
{
  g_signal_emit (self, signals[MOVED], 0);
}

void
tela_people_brought (TelaPeople *self,
                     TelaPeer   *peer)
{
  if (peer->person != NULL)
    g_signal_emit (self, signals[BRING], 0, peer->person, peer->actor);
}

static GType
get_item_type (GListModel *model G_GNUC_UNUSED)
{
  return TELA_TYPE_PERSON;
}

static guint
get_n_items (GListModel *model)
{
  return TELA_PEOPLE (model)->persons->len;
}

static gpointer
get_item (GListModel *model,
          guint       at)
{
  GPtrArray *persons = TELA_PEOPLE (model)->persons;

  return at < persons->len ? g_object_ref (persons->pdata[at]) : NULL;
}

static void
tela_people_list_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Who is present */

static TelaPerson *
find_person (TelaPeople *self,
             const char *id)
{
  for (guint i = 0; i < self->persons->len; i++)
    if (g_str_equal (tela_person_get_id (self->persons->pdata[i]), id))
      return self->persons->pdata[i];
  return NULL;
}

TelaPerson *
tela_people_find_owner (TelaPeople *self,
                        guint64     actor)
{
  for (guint i = 0; i < self->persons->len; i++)
    if (tela_person_has_actor (self->persons->pdata[i], actor))
      return self->persons->pdata[i];
  return NULL;
}

static int
compare_persons (gconstpointer a,
                 gconstpointer b)
{
  TelaPerson *one = *(TelaPerson *const *) a, *other = *(TelaPerson *const *) b;
  const char *name = tela_person_get_name (one), *second = tela_person_get_name (other);
  int         order = g_utf8_collate (name != NULL ? name : "", second != NULL ? second : "");

  return order != 0 ? order : strcmp (tela_person_get_id (one), tela_person_get_id (other));
}

/* Our own user is there for others; for us only with what else they have open elsewhere. */
static gboolean
is_listed (TelaPeople           *self,
           const RealtimeMember *member)
{
  return g_strcmp0 (member->key, self->user_id) != 0 || member->n_metas > 1;
}

static gboolean
same_persons (GPtrArray *a,
              GPtrArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->pdata, b->pdata, a->len * sizeof (gpointer)) == 0);
}

static void
take_persons (TelaPeople *self,
              GPtrArray  *persons)
{
  guint before = self->persons->len;

  if (same_persons (self->persons, persons))
    {
      g_ptr_array_unref (persons);
      return;
    }
  g_ptr_array_unref (self->persons);
  self->persons = persons;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, persons->len);
}

/* Peers know whose they are, and go with them. */
static void
match_peers (TelaPeople *self)
{
  for (guint i = self->peers->len; i-- > 0;)
    {
      TelaPeer   *peer = self->peers->pdata[i];
      TelaPerson *owner = tela_people_find_owner (self, peer->actor);

      if (owner == NULL && peer->person != NULL)
        g_ptr_array_remove_index_fast (self->peers, i);
      else
        g_set_object (&peer->person, owner);
    }
  tela_people_moved (self);
}

static void
set_stale_since (TelaPeople *self,
                 gint64      since)
{
  if (self->stale_since == since)
    return;
  self->stale_since = since;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STALE_SINCE]);
}

static void sync_cb (TelaPeople *self);

static gboolean
grace_cb (gpointer user_data)
{
  TelaPeople *self = user_data;

  self->grace_source = 0;
  sync_cb (self);

  return G_SOURCE_REMOVE;
}

/* Who is gone since a moment may be back in the next, with other rights say: until then they are as they were. */
static void
keep_missed (TelaPeople *self,
             GPtrArray  *persons)
{
  const gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->persons->len; i++)
    {
      TelaPerson *person = self->persons->pdata[i];
      const char *id = tela_person_get_id (person);
      gint64     *since;

      if (g_ptr_array_find (persons, person, NULL))
        {
          g_hash_table_remove (self->missed, id);
          continue;
        }
      since = g_hash_table_lookup (self->missed, id);
      if (since == NULL)
        {
          since = g_memdup2 (&now, sizeof now);
          g_hash_table_insert (self->missed, g_strdup (id), since);
        }
      if (now - *since < GRACE_MS * 1000)
        g_ptr_array_add (persons, g_object_ref (person));
      else
        g_hash_table_remove (self->missed, id);
    }
  if (g_hash_table_size (self->missed) == 0 || self->grace_source != 0)
    return;
  self->grace_source = g_timeout_add (GRACE_MS, grace_cb, self);
  g_source_set_name_by_id (self->grace_source, "[tela] people who are gone");
}

static void
sync_cb (TelaPeople *self)
{
  g_autoptr (GPtrArray) members = realtime_presence_list (self->presence);
  GPtrArray *persons = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < members->len; i++)
    {
      const RealtimeMember *member = members->pdata[i];
      TelaPerson           *person;

      if (!is_listed (self, member))
        continue;
      person = find_person (self, member->key);
      person = person != NULL ? g_object_ref (person) : tela_person_new (member->key);
      tela_person_update (person, member);
      g_ptr_array_add (persons, person);
    }
  keep_missed (self, persons);
  g_ptr_array_sort (persons, compare_persons);
  take_persons (self, persons);
  match_peers (self);
  if (self->counted_func != NULL)
    self->counted_func (self->user_data);
}

static void
synced_cb (TelaPeople *self)
{
  gboolean synced = realtime_presence_is_synced (self->presence);

  set_stale_since (self, synced || self->persons->len == 0 ? 0 : g_get_monotonic_time ());
}

static gboolean
repeat_cb (gpointer user_data)
{
  TelaPeople *self = user_data;

  self->repeat_source = 0;
  tela_people_repeat (self);

  return G_SOURCE_REMOVE;
}

/* Somebody new has heard nothing of ours yet; they may still be on their way to where we say it. */
static void
join_cb (TelaPeople *self)
{
  tela_people_repeat (self);
  if (self->repeat_source != 0)
    return;
  self->repeat_source = g_timeout_add (REPEAT_MS, repeat_cb, self);
  g_source_set_name_by_id (self->repeat_source, "[tela] cursor once more");
}

guint
tela_people_count (TelaPeople *self)
{
  g_autoptr (GPtrArray) members = NULL;
  guint n = 0;

  if (self->presence == NULL || !realtime_presence_is_synced (self->presence))
    return 0;
  members = realtime_presence_list (self->presence);
  for (guint i = 0; i < members->len; i++)
    n += ((RealtimeMember *) members->pdata[i])->n_metas;

  return n;
}

gint64
tela_people_get_stale_since (TelaPeople *self)
{
  g_return_val_if_fail (TELA_IS_PEOPLE (self), 0);

  return self->stale_since;
}

/* From and to the session */

void
tela_people_start (TelaPeople      *self,
                   RealtimeManager *realtime,
                   const char      *topic,
                   const char      *user_id)
{
  const RealtimeChannelOptions options = { .is_private = TRUE, .presence_key = user_id };

  if (self->presence != NULL || user_id == NULL)
    return;
  g_free (self->user_id);
  self->user_id = g_strdup (user_id);
  self->presence = realtime_manager_get_presence (realtime, topic, &options);
  g_signal_connect_object (self->presence, "sync", G_CALLBACK (sync_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->presence, "join", G_CALLBACK (join_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->presence, "notify::synced", G_CALLBACK (synced_cb), self, G_CONNECT_SWAPPED);
  tela_people_track (self);
}

void
tela_people_stop (TelaPeople *self)
{
  if (self->presence == NULL)
    return;
  g_clear_handle_id (&self->repeat_source, g_source_remove);
  g_clear_handle_id (&self->grace_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->presence, self);
  g_clear_object (&self->presence);
  set_stale_since (self, self->persons->len > 0 ? g_get_monotonic_time () : 0);
}

void
tela_people_close (TelaPeople *self)
{
  tela_people_stop (self);
  self->dirty_func = self->counted_func = NULL;
}

TelaPeople *
tela_people_new (guint64        actor,
                 TelaPeopleFunc dirty,
                 TelaPeopleFunc counted,
                 gpointer       user_data)
{
  TelaPeople *self = g_object_new (TELA_TYPE_PEOPLE, NULL);

  self->actor = actor;
  self->dirty_func = dirty;
  self->counted_func = counted;
  self->user_data = user_data;

  return self;
}

static void
tela_people_dispose (GObject *object)
{
  TelaPeople *self = TELA_PEOPLE (object);

  g_clear_handle_id (&self->repeat_source, g_source_remove);
  g_clear_handle_id (&self->grace_source, g_source_remove);
  g_clear_object (&self->presence);
  G_OBJECT_CLASS (tela_people_parent_class)->dispose (object);
}

static void
tela_people_finalize (GObject *object)
{
  TelaPeople *self = TELA_PEOPLE (object);

  g_ptr_array_unref (self->persons);
  g_hash_table_unref (self->missed);
  g_ptr_array_unref (self->peers);
  tela_cursor_free (self->own);
  g_free (self->user_id);
  g_free (self->name);
  g_free (self->colour);
  G_OBJECT_CLASS (tela_people_parent_class)->finalize (object);
}

static void
tela_people_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  if (prop_id == PROP_STALE_SINCE)
    g_value_set_int64 (value, TELA_PEOPLE (object)->stale_since);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
tela_people_class_init (TelaPeopleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_people_dispose;
  object_class->finalize = tela_people_finalize;
  object_class->get_property = tela_people_get_property;
  props[PROP_STALE_SINCE] =
      g_param_spec_int64 ("stale-since", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[MOVED] = g_signal_new ("moved", TELA_TYPE_PEOPLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BRING] = g_signal_new ("bring", TELA_TYPE_PEOPLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                 TELA_TYPE_PERSON, G_TYPE_UINT64);
}

static void
tela_people_init (TelaPeople *self)
{
  self->persons = g_ptr_array_new_with_free_func (g_object_unref);
  self->missed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->peers = g_ptr_array_new_with_free_func (tela_peer_free);
  self->own = tela_cursor_new ();
  self->x = NAN;
  self->n_windows = 1;
  self->since_ms = g_get_real_time () / 1000;
}
