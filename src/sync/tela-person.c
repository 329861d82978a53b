/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-people-private.h"

#include <string.h>

#include "tela-json.h"
#include "tela-live-message.h"

#define MAX_NAME 60 /* characters */
#define MAX_WINDOWS 100
#define NO_COLOUR "#868e96"

struct _TelaPerson
{
  GObject parent_instance;

  char           *id;
  char           *name;
  char           *colour;
  TelaPersonState state;
  gint64          since;
  guint           n_windows;
  GArray         *actors; /* guint64 */
};

G_DEFINE_FINAL_TYPE (TelaPerson, tela_person, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_COLOUR,
  PROP_STATE,
  PROP_N_WINDOWS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* What one process shows of its user. */
typedef struct
{
  guint64         actor;
  char           *name;
  char           *colour;
  TelaPersonState state;
  gint64          since_ms; /* wall clock */
  gint64          windows;
} Meta;

static void
meta_clear (Meta *self)
{
  g_free (self->name);
  g_free (self->colour);
}

static gboolean
is_colour (const char *text)
{
  return text != NULL && text[0] == '#' && strlen (text) == 7 && strspn (text + 1, "0123456789abcdef") == 6;
}

static TelaPersonState
parse_state (const char *text)
{
  return g_strcmp0 (text, "active") == 0 ? TELA_PERSON_ACTIVE
         : g_strcmp0 (text, "idle") == 0 ? TELA_PERSON_IDLE
                                         : TELA_PERSON_AWAY;
}

static void
read_member (TelaJsonReader *reader,
             TelaJsonSpan    name,
             Meta           *self)
{
  g_autofree char *text = NULL;

  if (TELA_JSON_SPAN_IS (name, "since"))
    tela_json_reader_int64 (reader, &self->since_ms);
  else if (TELA_JSON_SPAN_IS (name, "windows"))
    tela_json_reader_int64 (reader, &self->windows);
  else if (tela_json_reader_peek (reader) != TELA_JSON_STRING)
    return;
  else if (TELA_JSON_SPAN_IS (name, "name") && self->name == NULL)
    self->name = tela_json_reader_string (reader, NULL, NULL);
  else if (TELA_JSON_SPAN_IS (name, "colour") && self->colour == NULL)
    self->colour = tela_json_reader_string (reader, NULL, NULL);
  else if (TELA_JSON_SPAN_IS (name, "state"))
    self->state = parse_state (text = tela_json_reader_string (reader, NULL, NULL));
  else if (TELA_JSON_SPAN_IS (name, "actor"))
    {
      g_autofree char *event = NULL;

      text = tela_json_reader_string (reader, NULL, NULL);
      event = g_strconcat ("l.", text, NULL);
      tela_live_event_parse (event, &self->actor);
    }
}

/* What is wrong in it is as if it were not there: others may show what they like. */
static Meta
read_meta (const char *payload)
{
  Meta           self = { .state = TELA_PERSON_ACTIVE, .windows = 1 };
  TelaJsonReader reader;
  TelaJsonSpan   name;

  tela_json_reader_init (&reader, payload, -1);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    read_member (&reader, name, &self);
  self.windows = CLAMP (self.windows, 0, MAX_WINDOWS);
  if (self.name != NULL && g_utf8_strlen (self.name, -1) > MAX_NAME)
    *g_utf8_offset_to_pointer (self.name, MAX_NAME) = '\0';

  return self;
}

static void
set_string (TelaPerson *self,
            char      **field,
            const char *value,
            guint       prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static gint64
to_monotonic (gint64 wall_ms)
{
  gint64 ago_ms = MAX (g_get_real_time () / 1000 - wall_ms, 0);

  return g_get_monotonic_time () - MIN (ago_ms, G_GINT64_CONSTANT (1000) * 3600 * 24 * 365) * 1000;
}

static void
set_state (TelaPerson *self,
           const Meta *meta)
{
  gboolean changed = self->state != meta->state;

  self->state = meta->state;
  self->since = to_monotonic (meta->since_ms);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/* One of several processes speaks for its user: the one that is used, or the first that began to rest. */
static gboolean
speaks_before (const Meta *a,
               const Meta *b)
{
  if (a->state != b->state)
    return a->state < b->state;
  return a->since_ms != b->since_ms ? a->since_ms > b->since_ms : a->actor < b->actor;
}

void
tela_person_update (TelaPerson           *self,
                    const RealtimeMember *member)
{
  Meta  best = { 0 };
  guint n_windows = 0;

  g_array_set_size (self->actors, 0);
  for (guint i = 0; i < member->n_metas; i++)
    {
      Meta meta = read_meta (member->metas[i].payload);

      g_array_append_val (self->actors, meta.actor);
      n_windows += (guint) meta.windows;
      if (i > 0 && !speaks_before (&meta, &best))
        {
          meta_clear (&meta);
          continue;
        }
      meta_clear (&best);
      best = meta;
    }
  set_string (self, &self->name, best.name, PROP_NAME);
  set_string (self, &self->colour, is_colour (best.colour) ? best.colour : NO_COLOUR, PROP_COLOUR);
  set_state (self, &best);
  meta_clear (&best);
  if (self->n_windows == n_windows)
    return;
  self->n_windows = n_windows;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_WINDOWS]);
}

gboolean
tela_person_has_actor (TelaPerson *self,
                       guint64     actor)
{
  for (guint i = 0; i < self->actors->len; i++)
    if (g_array_index (self->actors, guint64, i) == actor)
      return TRUE;
  return FALSE;
}

TelaPerson *
tela_person_new (const char *id)
{
  TelaPerson *self = g_object_new (TELA_TYPE_PERSON, NULL);

  self->id = g_strdup (id);
  self->colour = g_strdup (NO_COLOUR);

  return self;
}

static void
tela_person_finalize (GObject *object)
{
  TelaPerson *self = TELA_PERSON (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->colour);
  g_array_unref (self->actors);
  G_OBJECT_CLASS (tela_person_parent_class)->finalize (object);
}

static void
tela_person_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  TelaPerson *self = TELA_PERSON (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_COLOUR:
      g_value_set_string (value, self->colour);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_N_WINDOWS:
      g_value_set_uint (value, self->n_windows);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tela_person_class_init (TelaPersonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = tela_person_finalize;
  object_class->get_property = tela_person_get_property;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_COLOUR] = g_param_spec_string ("colour", NULL, NULL, NULL, flags);
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, TELA_PERSON_AWAY, TELA_PERSON_ACTIVE, flags);
  props[PROP_N_WINDOWS] = g_param_spec_uint ("n-windows", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tela_person_init (TelaPerson *self)
{
  self->actors = g_array_new (FALSE, FALSE, sizeof (guint64));
}

const char *
tela_person_get_id (TelaPerson *self)
{
  g_return_val_if_fail (TELA_IS_PERSON (self), NULL);

  return self->id;
}

const char *
tela_person_get_name (TelaPerson *self)
{
  g_return_val_if_fail (TELA_IS_PERSON (self), NULL);

  return self->name;
}

const char *
tela_person_get_colour (TelaPerson *self)
{
  g_return_val_if_fail (TELA_IS_PERSON (self), NULL);

  return self->colour;
}

TelaPersonState
tela_person_get_state (TelaPerson *self)
{
  g_return_val_if_fail (TELA_IS_PERSON (self), TELA_PERSON_AWAY);

  return self->state;
}

gint64
tela_person_get_since (TelaPerson *self)
{
  g_return_val_if_fail (TELA_IS_PERSON (self), 0);

  return self->since;
}

guint
tela_person_get_n_windows (TelaPerson *self)
{
  g_return_val_if_fail (TELA_IS_PERSON (self), 0);

  return self->n_windows;
}
