/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-changes.h"

#include <glib/gi18n-lib.h>

#include "realtime-channel.h"

struct _RealtimeChanges
{
  GObject parent_instance;

  RealtimeRole          role;
  RealtimeChangesFilter filter; /* strings owned */
  char                **select;
  guint                 index; /* in what the last join asked for */
  gint64                id;    /* the server's */
  gboolean              has_id;
  gboolean              is_joined;
  gboolean              is_ready;
};

G_DEFINE_FINAL_TYPE (RealtimeChanges, realtime_changes, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_JOINED,
  PROP_READY,
  PROP_ERROR,
  N_PROPS
};

enum
{
  CHANGE,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static void
set_error (RealtimeChanges *self,
           const GError    *error)
{
  if (realtime_role_set_error (&self->role, error))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR]);
}

static void
set_flags (RealtimeChanges *self,
           gboolean         joined,
           gboolean         ready)
{
  const gboolean joined_changes = joined != self->is_joined, ready_changes = ready != self->is_ready;

  self->is_joined = joined;
  self->is_ready = ready;
  if (joined_changes)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_JOINED]);
  if (ready_changes)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
}

static void
fail (RealtimeChanges *self,
      const char      *message)
{
  g_autoptr (GError) error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_SUBSCRIPTION_FAILED, message);

  set_flags (self, self->is_joined, FALSE);
  set_error (self, error);
  realtime_role_note_error (&self->role, error);
}

static void
role_configure (gpointer            role,
                RealtimeJoinConfig *config)
{
  RealtimeChanges *self = role;

  self->index = config->changes->len;
  self->has_id = FALSE;
  g_ptr_array_add (config->changes, &self->filter);
}

static void
role_update (gpointer role)
{
  g_autoptr (RealtimeChanges) self = g_object_ref (role);
  RealtimeChannel *channel = realtime_role_get_channel (&self->role);

  if (channel != NULL && channel->phase == REALTIME_PHASE_JOINED)
    return;

  self->has_id = FALSE;
  set_flags (self, FALSE, FALSE);
  if (channel != NULL && channel->error != NULL)
    set_error (self, channel->error);
}

static gboolean
is_same (TelaJsonSpan object,
         const char  *name,
         const char  *value)
{
  g_autofree char *found = tela_pick_text (object, name);

  return g_strcmp0 (found, value) == 0;
}

/* The server answers in the order in which it was asked, with all that it was asked. */
static gboolean
take_id (RealtimeChanges *self,
         const char      *response)
{
  TelaJsonSpan   list, item, id;
  TelaJsonReader reader;
  guint          i = 0;

  if (!tela_json_find ((TelaJsonSpan){ response, strlen (response) }, "postgres_changes", &list))
    return FALSE;
  tela_json_reader_init (&reader, list.data, (gssize) list.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader))
    if (i++ == self->index)
      {
        TelaJsonReader inner;

        if (!tela_json_reader_span (&reader, &item) || !tela_json_find (item, "id", &id) ||
            !is_same (item, "event", self->filter.event) || !is_same (item, "schema", self->filter.schema) ||
            !is_same (item, "table", self->filter.table) || !is_same (item, "filter", self->filter.filter))
          return FALSE;
        tela_json_reader_init (&inner, id.data, (gssize) id.len);
        return tela_json_reader_peek (&inner) == TELA_JSON_NUMBER && tela_json_reader_int64 (&inner, &self->id);
      }

  return FALSE;
}

static void
role_joined (gpointer    role,
             const char *response)
{
  g_autoptr (RealtimeChanges) self = g_object_ref (role);

  self->has_id = take_id (self, response);
  if (!self->has_id)
    {
      fail (self, _ ("The server did not take the subscription as it was meant"));
      return;
    }

  set_error (self, NULL);
  set_flags (self, TRUE, FALSE);
}

static void
take_change (RealtimeChanges *self,
             RealtimeChange  *change)
{
  for (guint i = 0; self->has_id && i < change->n_ids; i++)
    if (change->ids[i] == self->id)
      {
        g_signal_emit (self, signals[CHANGE], 0, change);
        return;
      }
}

static void
role_notice (gpointer             role,
             const RealtimeEvent *event)
{
  g_autoptr (RealtimeChanges) self = g_object_ref (role);

  if (event->change != NULL)
    {
      take_change (self, event->change);
    }
  else if (event->frame == REALTIME_FRAME_SYSTEM && g_strcmp0 (event->extension, "postgres_changes") == 0)
    {
      if (!event->ok)
        {
          fail (self, event->text != NULL ? event->text : _ ("The server refused the subscription"));
          return;
        }
      if (self->has_id)
        {
          set_error (self, NULL);
          set_flags (self, TRUE, TRUE);
        }
    }
}

static const RealtimeRoleFuncs role_funcs = {
  .configure = role_configure,
  .update = role_update,
  .joined = role_joined,
  .notice = role_notice,
};

static void
realtime_changes_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  RealtimeChanges *self = REALTIME_CHANGES (object);

  switch (prop_id)
    {
    case PROP_JOINED:
      g_value_set_boolean (value, self->is_joined);
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->is_ready);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->role.error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
realtime_changes_dispose (GObject *object)
{
  RealtimeChanges *self = REALTIME_CHANGES (object);

  realtime_role_end (&self->role);

  G_OBJECT_CLASS (realtime_changes_parent_class)->dispose (object);
}

static void
realtime_changes_finalize (GObject *object)
{
  RealtimeChanges *self = REALTIME_CHANGES (object);

  g_free ((char *) self->filter.event);
  g_free ((char *) self->filter.schema);
  g_free ((char *) self->filter.table);
  g_free ((char *) self->filter.filter);
  g_strfreev (self->select);
  g_clear_error (&self->role.error);

  G_OBJECT_CLASS (realtime_changes_parent_class)->finalize (object);
}

static void
realtime_changes_class_init (RealtimeChangesClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = realtime_changes_get_property;
  object_class->dispose = realtime_changes_dispose;
  object_class->finalize = realtime_changes_finalize;

  props[PROP_JOINED] = g_param_spec_boolean ("joined", NULL, NULL, FALSE, flags);
  props[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, flags);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[CHANGE] = g_signal_new ("change", REALTIME_TYPE_CHANGES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, REALTIME_TYPE_CHANGE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
realtime_changes_init (RealtimeChanges *self)
{
}

/**
 * realtime_manager_subscribe_changes:
 * @filter: which rows; a schema or a table must be given
 * @options: (nullable): as for realtime_manager_subscribe()
 *
 * Returns: (transfer full): what hears of them, until it is dropped
 */
RealtimeChanges *
realtime_manager_subscribe_changes (RealtimeManager              *self,
                                    const char                   *topic,
                                    const RealtimeChangesFilter  *filter,
                                    const RealtimeChannelOptions *options)
{
  g_autoptr (RealtimeChanges) changes = NULL;

  g_return_val_if_fail (REALTIME_IS_MANAGER (self), NULL);
  realtime_check_thread_val (self, NULL);
  g_return_val_if_fail (filter != NULL && (filter->schema != NULL || filter->table != NULL), NULL);

  changes = g_object_new (REALTIME_TYPE_CHANGES, NULL);
  if (!realtime_role_start (&changes->role, self, topic, options, &role_funcs, changes))
    return NULL;
  changes->select = g_strdupv ((char **) filter->select);
  changes->filter = (RealtimeChangesFilter){
    .event = g_strdup (filter->event != NULL ? filter->event : "*"),
    .schema = g_strdup (filter->schema),
    .table = g_strdup (filter->table),
    .filter = g_strdup (filter->filter),
    .select = (const char *const *) changes->select,
  };

  return g_steal_pointer (&changes);
}

gboolean
realtime_changes_is_joined (RealtimeChanges *self)
{
  g_return_val_if_fail (REALTIME_IS_CHANGES (self), FALSE);
  realtime_check_manager_val (self->role.manager, FALSE);

  return self->is_joined;
}

gboolean
realtime_changes_is_ready (RealtimeChanges *self)
{
  g_return_val_if_fail (REALTIME_IS_CHANGES (self), FALSE);
  realtime_check_manager_val (self->role.manager, FALSE);

  return self->is_ready;
}

const GError *
realtime_changes_get_error (RealtimeChanges *self)
{
  g_return_val_if_fail (REALTIME_IS_CHANGES (self), NULL);
  realtime_check_manager_val (self->role.manager, NULL);

  return self->role.error;
}
