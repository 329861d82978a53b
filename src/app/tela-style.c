/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-style.h"

enum
{
  PROP_0,
  PROP_STROKE_COLOR,
  PROP_BACKGROUND_COLOR,
  PROP_FILL_STYLE,
  PROP_STROKE_STYLE,
  PROP_EDGES,
  PROP_START_ARROWHEAD,
  PROP_END_ARROWHEAD,
  PROP_TEXT_ALIGN,
  PROP_STROKE_WIDTH,
  PROP_ROUGHNESS,
  PROP_OPACITY,
  PROP_FONT_SIZE,
  PROP_FONT_FAMILY,
  N_PROPS
};

#define N_TEXTS PROP_STROKE_WIDTH

#define NO_ARROWHEAD "none" /* null in an element */

struct _TelaStyle
{
  GObject parent_instance;

  char  *texts[N_TEXTS];   /* owned; by property */
  double numbers[N_PROPS]; /* by property */
  guint  mixed;            /* bits of properties in which what was read differs */
};

G_DEFINE_FINAL_TYPE (TelaStyle, tela_style, G_TYPE_OBJECT)

/* What has which looks. */
enum
{
  BOX = 1 << 0, /* with edges */
  OVAL = 1 << 1,
  LINE = 1 << 2,
  ARROW = 1 << 3,
  INK = 1 << 4,
  TEXT = 1 << 5,
  OTHER = 1 << 6, /* images, frames, and what nobody knows */
};

#define ALL (BOX | OVAL | LINE | ARROW | INK | TEXT | OTHER)
#define FILLED (BOX | OVAL | LINE | INK)
#define DRAWN (BOX | OVAL | LINE | ARROW)

static const struct
{
  const char  *name;
  TelaKnownKey key;
  guint        kinds;
} fields[N_PROPS] = {
  [PROP_STROKE_COLOR] = { "stroke-color", TELA_KEY_STROKE_COLOR, DRAWN | INK | TEXT },
  [PROP_BACKGROUND_COLOR] = { "background-color", TELA_KEY_BACKGROUND_COLOR, FILLED },
  [PROP_FILL_STYLE] = { "fill-style", TELA_KEY_FILL_STYLE, FILLED },
  [PROP_STROKE_STYLE] = { "stroke-style", TELA_KEY_STROKE_STYLE, DRAWN },
  [PROP_EDGES] = { "edges", TELA_KEY_ROUNDNESS, BOX | LINE | ARROW },
  [PROP_START_ARROWHEAD] = { "start-arrowhead", TELA_KEY_START_ARROWHEAD, ARROW },
  [PROP_END_ARROWHEAD] = { "end-arrowhead", TELA_KEY_END_ARROWHEAD, ARROW },
  [PROP_TEXT_ALIGN] = { "text-align", TELA_KEY_TEXT_ALIGN, TEXT },
  [PROP_STROKE_WIDTH] = { "stroke-width", TELA_KEY_STROKE_WIDTH, DRAWN | INK },
  [PROP_ROUGHNESS] = { "roughness", TELA_KEY_ROUGHNESS, DRAWN },
  [PROP_OPACITY] = { "opacity", TELA_KEY_OPACITY, ALL },
  [PROP_FONT_SIZE] = { "font-size", TELA_KEY_FONT_SIZE, TEXT },
  [PROP_FONT_FAMILY] = { "font-family", TELA_KEY_FONT_FAMILY, TEXT },
};

static GParamSpec *props[N_PROPS];

static guint
prop_of (TelaKey key)
{
  for (guint i = 1; i < N_PROPS; i++)
    if (fields[i].key == key)
      return i;

  return 0;
}

static gboolean
is_mixed (TelaStyle *self,
          guint      prop)
{
  return (self->mixed & 1u << prop) != 0;
}

static void
tela_style_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  TelaStyle *self = TELA_STYLE (object);

  if (prop_id < N_TEXTS)
    g_value_set_string (value, self->texts[prop_id]);
  else
    g_value_set_double (value, self->numbers[prop_id]);
}

static void
tela_style_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  TelaStyle *self = TELA_STYLE (object);

  if (prop_id < N_TEXTS)
    {
      if (g_value_get_string (value) == NULL ||
          (!is_mixed (self, prop_id) && g_strcmp0 (self->texts[prop_id], g_value_get_string (value)) == 0))
        return;
      g_free (self->texts[prop_id]);
      self->texts[prop_id] = g_value_dup_string (value);
    }
  else
    {
      if (!is_mixed (self, prop_id) && self->numbers[prop_id] == g_value_get_double (value))
        return;
      self->numbers[prop_id] = g_value_get_double (value);
    }

  self->mixed &= ~(1u << prop_id);
  g_object_notify_by_pspec (object, pspec);
}

static void
tela_style_finalize (GObject *object)
{
  TelaStyle *self = TELA_STYLE (object);

  for (guint i = 1; i < N_TEXTS; i++)
    g_free (self->texts[i]);

  G_OBJECT_CLASS (tela_style_parent_class)->finalize (object);
}

static void
tela_style_class_init (TelaStyleClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tela_style_get_property;
  object_class->set_property = tela_style_set_property;
  object_class->finalize = tela_style_finalize;

  for (guint i = 1; i < N_TEXTS; i++)
    props[i] = g_param_spec_string (fields[i].name, NULL, NULL, NULL, flags);
  for (guint i = N_TEXTS; i < N_PROPS; i++)
    props[i] = g_param_spec_double (fields[i].name, NULL, NULL, 0.0, 1000.0, 0.0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tela_style_init (TelaStyle *self)
{
  self->texts[PROP_STROKE_COLOR] = g_strdup ("#1e1e1e");
  self->texts[PROP_BACKGROUND_COLOR] = g_strdup ("transparent");
  self->texts[PROP_FILL_STYLE] = g_strdup ("solid");
  self->texts[PROP_STROKE_STYLE] = g_strdup ("solid");
  self->texts[PROP_EDGES] = g_strdup ("round");
  self->texts[PROP_START_ARROWHEAD] = g_strdup (NO_ARROWHEAD);
  self->texts[PROP_END_ARROWHEAD] = g_strdup ("arrow");
  self->texts[PROP_TEXT_ALIGN] = g_strdup ("left");
  self->numbers[PROP_STROKE_WIDTH] = 2.0;
  self->numbers[PROP_ROUGHNESS] = 1.0;
  self->numbers[PROP_OPACITY] = 100.0;
  self->numbers[PROP_FONT_SIZE] = 20.0;
  self->numbers[PROP_FONT_FAMILY] = TELA_STYLE_FONT_FAMILY;
}

TelaStyle *
tela_style_new (void)
{
  return g_object_new (TELA_TYPE_STYLE, NULL);
}

const char *
tela_style_get_string (TelaStyle *self,
                       TelaKey    key)
{
  guint prop = prop_of (key);

  g_return_val_if_fail (TELA_IS_STYLE (self), NULL);

  return prop > 0 && prop < N_TEXTS ? self->texts[prop] : NULL;
}

double
tela_style_get_number (TelaStyle *self,
                       TelaKey    key)
{
  g_return_val_if_fail (TELA_IS_STYLE (self), 0.0);

  return self->numbers[prop_of (key)];
}

static guint
kind_of (const TelaElement *element)
{
  static const struct
  {
    const char *type;
    guint       kind;
  } kinds[] = {
    { "rectangle", BOX },
    { "diamond", BOX },
    { "embeddable", BOX },
    { "ellipse", OVAL },
    { "line", LINE },
    { "arrow", ARROW },
    { "freedraw", INK },
    { "text", TEXT },
  };
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (type, kinds[i].type) == 0)
      return kinds[i].kind;

  return OTHER;
}

gboolean
tela_style_applies (TelaKey            key,
                    const TelaElement *element)
{
  return (fields[prop_of (key)].kinds & kind_of (element)) != 0;
}

static const char *
read_text (TelaKey            key,
           const TelaElement *element)
{
  TelaValue value;

  if (key == TELA_KEY_ROUNDNESS && tela_element_get_boolean (element, TELA_KEY_ELBOWED, FALSE))
    return "elbow";
  if (key == TELA_KEY_ROUNDNESS)
    return tela_element_get (element, key, &value, NULL) && value.kind == TELA_VALUE_JSON ? "round" : "sharp";
  if (key == TELA_KEY_START_ARROWHEAD || key == TELA_KEY_END_ARROWHEAD)
    return tela_element_get_string (element, key) ?: NO_ARROWHEAD;

  return tela_element_get_string (element, key);
}

/* What has such a field: the shape, or else its label; NULL: neither. */
static const TelaElement *
source_of (TelaKey            key,
           const TelaElement *element,
           const TelaElement *label)
{
  if (tela_style_applies (key, element))
    return element;

  return label != NULL && tela_style_applies (key, label) ? label : NULL;
}

static void
set_mixed (TelaStyle *self,
           guint      prop,
           gboolean   value)
{
  if (is_mixed (self, prop) == value)
    return;

  self->mixed ^= 1u << prop;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static double
read_number (TelaStyle         *self,
             guint              prop,
             const TelaElement *source)
{
  return CLAMP (tela_element_get_number (source, fields[prop].key, self->numbers[prop]), 0.0, 1000.0);
}

static gboolean
differs (TelaStyle         *self,
         guint              prop,
         const TelaElement *source)
{
  if (prop < N_TEXTS)
    return g_strcmp0 (read_text (fields[prop].key, source), self->texts[prop]) != 0;

  return read_number (self, prop, source) != self->numbers[prop];
}

/* The first one says it, the others whether that is all. */
static void
read_prop (TelaStyle                *self,
           guint                     prop,
           const TelaElement *const *elements,
           const TelaElement *const *labels,
           guint                     n)
{
  gboolean is_first = TRUE;
  gboolean mixed = FALSE;

  for (guint i = 0; i < n && !mixed; i++)
    {
      const TelaElement *source = source_of (fields[prop].key, elements[i], labels[i]);

      if (source == NULL)
        continue;
      if (!is_first)
        mixed = differs (self, prop, source);
      else if (prop < N_TEXTS)
        g_object_set (self, fields[prop].name, read_text (fields[prop].key, source), NULL);
      else
        g_object_set (self, fields[prop].name, read_number (self, prop, source), NULL);
      is_first = FALSE;
    }
  set_mixed (self, prop, mixed);
}

void
tela_style_read (TelaStyle                *self,
                 const TelaElement *const *elements,
                 const TelaElement *const *labels,
                 guint                     n)
{
  g_return_if_fail (TELA_IS_STYLE (self));

  for (guint i = 1; i < N_PROPS; i++)
    read_prop (self, i, elements, labels, n);
}

gboolean
tela_style_is_mixed (TelaStyle *self,
                     TelaKey    key)
{
  g_return_val_if_fail (TELA_IS_STYLE (self), FALSE);

  return is_mixed (self, prop_of (key));
}

TelaKey
tela_style_key_of (const char *property)
{
  for (guint i = 1; i < N_PROPS; i++)
    if (strcmp (fields[i].name, property) == 0)
      return fields[i].key;

  return TELA_KEY_NONE;
}

/* Only arrows have elbows; other shapes are round then, as they are by default. */
static void
write_edges (const char    *edges,
             const char    *type,
             TelaOpBuilder *op)
{
  gboolean is_arrow = g_strcmp0 (type, "arrow") == 0;
  gboolean is_elbow = is_arrow && strcmp (edges, "elbow") == 0;

  if (is_elbow || strcmp (edges, "sharp") == 0)
    tela_op_builder_set_json (op, TELA_KEY_ROUNDNESS, "null");
  else
    tela_op_builder_set_json (op, TELA_KEY_ROUNDNESS,
                              g_strcmp0 (type, "rectangle") == 0 || g_strcmp0 (type, "embeddable") == 0
                                  ? "{\"type\":3}"
                                  : "{\"type\":2}");
  if (is_arrow)
    tela_op_builder_set_boolean (op, TELA_KEY_ELBOWED, is_elbow);
}

void
tela_style_write (TelaStyle     *self,
                  TelaKey        key,
                  const char    *type,
                  TelaOpBuilder *op)
{
  guint prop = prop_of (key);

  g_return_if_fail (TELA_IS_STYLE (self));
  g_return_if_fail (prop > 0);

  if (prop == PROP_EDGES)
    write_edges (self->texts[prop], type, op);
  else if ((prop == PROP_START_ARROWHEAD || prop == PROP_END_ARROWHEAD) &&
           strcmp (self->texts[prop], NO_ARROWHEAD) == 0)
    tela_op_builder_set_json (op, key, "null");
  else if (prop < N_TEXTS)
    tela_op_builder_set_string (op, key, self->texts[prop]);
  else
    tela_op_builder_set_number (op, key, self->numbers[prop]);
}

/* Mixed is like nothing that can be chosen. */
static GVariant *
state_of (TelaStyle *self,
          guint      prop)
{
  if (prop < N_TEXTS)
    return g_variant_new_string (is_mixed (self, prop) ? "" : self->texts[prop]);

  return g_variant_new_double (is_mixed (self, prop) ? -1.0 : self->numbers[prop]);
}

static guint
prop_of_action (GSimpleAction *action)
{
  return prop_of (tela_style_key_of (g_action_get_name (G_ACTION (action))));
}

/* Chosen again where it is mixed, the value is one for all. */
static void
chosen_cb (GSimpleAction *action,
           GVariant      *value,
           gpointer       user_data)
{
  guint prop = prop_of_action (action);

  if (prop < N_TEXTS)
    g_object_set (user_data, fields[prop].name, g_variant_get_string (value, NULL), NULL);
  else
    g_object_set (user_data, fields[prop].name, g_variant_get_double (value), NULL);
}

static void
update_state_cb (GSimpleAction *action,
                 GParamSpec    *pspec,
                 TelaStyle     *self)
{
  g_simple_action_set_state (action, state_of (self, prop_of_action (action)));
}

void
tela_style_add_actions (TelaStyle  *self,
                        GActionMap *map)
{
  g_return_if_fail (TELA_IS_STYLE (self));

  for (guint i = 1; i < N_PROPS; i++)
    {
      g_autoptr (GVariant) state = g_variant_ref_sink (state_of (self, i));
      g_autoptr (GSimpleAction) action =
          g_simple_action_new_stateful (fields[i].name, g_variant_get_type (state), state);
      g_autofree char *signal = g_strconcat ("notify::", fields[i].name, NULL);

      g_signal_connect_object (action, "change-state", G_CALLBACK (chosen_cb), self, 0);
      g_signal_connect_object (self, signal, G_CALLBACK (update_state_cb), action, G_CONNECT_SWAPPED);
      g_action_map_add_action (map, G_ACTION (action));
    }
}
