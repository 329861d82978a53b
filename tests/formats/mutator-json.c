/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mutator.h"

#define MAX_LEN (2 * 1024 * 1024)
#define GIANT (100 * 1000)

/* A member of an object or an item of an array. */
typedef struct
{
  TelaJsonSpan name; /* raw; data is NULL of an item */
  TelaJsonSpan value;
} Node;

static void
list_nodes (TelaJsonSpan value,
            TelaJsonSpan name,
            GArray      *nodes)
{
  Node           node = { name, value };
  TelaJsonReader reader;
  TelaJsonSpan   child, none = { NULL, 0 };

  g_array_append_val (nodes, node);
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (value.data[0] == '{' && tela_json_reader_enter_object (&reader))
    while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &child))
      list_nodes (child, name, nodes);
  else if (value.data[0] == '[' && tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &child))
      list_nodes (child, none, nodes);
}

/* Rarely one of the many numbers of long lists. Never the root, if there is another. */
static const Node *
pick_node (GRand  *rand,
           GArray *nodes)
{
  const Node *node;

  for (guint i = 0; i < 8; i++)
    {
      node = &g_array_index (nodes, Node, nodes->len > 1 ? 1 + mutator_pick (rand, nodes->len - 1) : 0);
      if (node->name.data != NULL || node->value.data[0] == '{' || node->value.data[0] == '"')
        break;
    }
  return node;
}

/* One of that name, from anywhere in the text. */
static const Node *
pick_named (GRand      *rand,
            GArray     *nodes,
            const char *name)
{
  guint start = (guint) mutator_pick (rand, nodes->len);

  for (guint i = 0; i < nodes->len; i++)
    {
      const Node *node = &g_array_index (nodes, Node, (start + i) % nodes->len);

      if (node->name.len == strlen (name) && memcmp (node->name.data, name, node->name.len) == 0)
        return node;
    }
  return pick_node (rand, nodes);
}

static gsize
offset_of (const GString *text,
           const Node    *node)
{
  return (gsize) ((node->name.data != NULL ? node->name.data - 1 : node->value.data) - text->str);
}

static gsize
length_of (const GString *text,
           const Node    *node)
{
  return (gsize) (node->value.data + node->value.len - text->str) - offset_of (text, node);
}

static void
set_value (GString    *text,
           const Node *node,
           const char *value,
           gsize       len)
{
  mutator_replace (text, (gsize) (node->value.data - text->str), node->value.len, value, len);
}

/* With one comma beside it. */
static void
drop (GString    *text,
      const Node *node)
{
  gsize at = offset_of (text, node), end = at + length_of (text, node);

  end += strspn (text->str + end, " \t\r\n");
  if (text->str[end] == ',')
    end++;
  else
    while (at > 0 && strchr (" \t\r\n,", text->str[at - 1]) != NULL)
      at--;
  g_string_erase (text, (gssize) at, (gssize) (end - at));
}

static void
repeat (GString    *text,
        const Node *node,
        gsize       n)
{
  gsize            at = offset_of (text, node), len = length_of (text, node);
  g_autofree char *copy = g_strndup (text->str + at, len);
  g_autoptr (GString) copies = g_string_new (NULL);

  if (node->value.data == text->str)
    return;
  for (; n > 0 && copies->len < MAX_LEN / 4; n--)
    {
      g_string_append_len (copies, copy, (gssize) len);
      g_string_append_c (copies, ',');
    }
  g_string_insert_len (text, (gssize) at, copies->str, (gssize) copies->len);
}

static void
nest (GRand      *rand,
      GString    *text,
      const Node *node)
{
  static const guint depths[] = { 1, 5, 100, 126, 127, 128, 129, 5000 };
  guint              depth = depths[mutator_pick (rand, G_N_ELEMENTS (depths))];
  const char        *open = mutator_pick (rand, 2) == 0 ? "[" : "{\"a\":", *close = open[0] == '[' ? "]" : "}";
  g_autoptr (GString) value = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (value, open);
  g_string_append_len (value, node->value.data, (gssize) node->value.len);
  for (guint i = 0; i < depth; i++)
    g_string_append (value, close);
  set_value (text, node, value->str, value->len);
}

static void
grow_string (GRand      *rand,
             GString    *text,
             const Node *node)
{
  static const char *const units[] = { "A", "word ", "\\n", "\\u0301", "\303\251", "\\ud83d\\ude00", "\\t", "\\u202e", "  " };
  const char              *unit = units[mutator_pick (rand, G_N_ELEMENTS (units))];
  gsize                    n = mutator_pick (rand, 8) == 0 ? 12 * GIANT : mutator_pick (rand, GIANT);
  g_autoptr (GString) value = g_string_new ("\"");

  while (value->len < n)
    g_string_append (value, unit);
  g_string_append_c (value, '"');
  set_value (text, node, value->str, value->len);
}

static void
rename_key (GRand      *rand,
            GString    *text,
            const Node *node,
            const Node *other)
{
  static const char *const names[] = { "", "__proto__", "$unset", "tela:file", "type", "id", "points", "index", "base", "=base", "isDeleted", "elements", "\\u0000", "\\ud800" };
  const char              *name = names[mutator_pick (rand, G_N_ELEMENTS (names))];
  TelaJsonSpan             with = { name, strlen (name) };
  g_autofree char         *copy = NULL;

  if (node->name.data == NULL)
    return;
  if (other->name.data != NULL && mutator_pick (rand, 2) == 0)
    with = other->name;
  copy = g_strndup (with.data, with.len);
  mutator_replace (text, (gsize) (node->name.data - text->str), node->name.len, copy, with.len);
}

/* Circles, dangling ends, and what is named twice. */
static void
refer (GRand   *rand,
       GString *text,
       GArray  *nodes)
{
  static const char *const names[] = { "id", "containerId", "frameId", "elementId", "startBinding", "endBinding", "boundElements", "groupIds", "fileId", "index", "parentId", "fromId", "toId" };
  const char              *name = names[mutator_pick (rand, G_N_ELEMENTS (names))];
  const Node              *node = pick_named (rand, nodes, name), *id = pick_named (rand, nodes, "id");
  g_autoptr (GString) value = g_string_new (NULL);

  if (g_str_has_suffix (name, "Binding"))
    g_string_printf (value, "{\"elementId\":%.*s,\"focus\":%d,\"gap\":%d}", (int) id->value.len, id->value.data,
                     g_rand_int_range (rand, -3, 4), g_rand_int_range (rand, -100, 100));
  else if (strcmp (name, "boundElements") == 0)
    g_string_printf (value, "[{\"id\":%.*s,\"type\":\"arrow\"}]", (int) id->value.len, id->value.data);
  else if (strcmp (name, "groupIds") == 0)
    g_string_printf (value, "[\"g\",%.*s,\"g\"]", (int) id->value.len, id->value.data);
  else
    g_string_append_len (value, id->value.data, (gssize) id->value.len);
  set_value (text, node, value->str, value->len);
}

static void
scale_number (GRand      *rand,
              GString    *text,
              const Node *node)
{
  static const double factors[] = { -1, 0, 1e-9, 10, 1000, 1e5, 1e9, 1e300 };
  char                out[TELA_JSON_NUMBER_LENGTH];
  double              value = g_ascii_strtod (node->value.data, NULL) * factors[mutator_pick (rand, G_N_ELEMENTS (factors))];

  set_value (text, node, out, tela_json_format_number (value, out));
}

/* A member of one object in another. */
static void
move_in (GString    *text,
         const Node *object,
         const Node *member)
{
  g_autofree char *copy = g_strndup (text->str + offset_of (text, member), length_of (text, member));
  g_autoptr (GString) with = g_string_new (copy);
  gsize at = (gsize) (object->value.data - text->str) + 1;

  if (object->value.data[0] != '{' || member->name.data == NULL)
    return;
  if (text->str[at + strspn (text->str + at, " \t\r\n")] != '}')
    g_string_append_c (with, ',');
  g_string_insert_len (text, (gssize) at, with->str, (gssize) with->len);
}

static void
damage_node (GRand   *rand,
             GString *text,
             GArray  *nodes)
{
  const Node      *node = pick_node (rand, nodes), *other = pick_node (rand, nodes);
  const char      *value = mutator_pick_value (rand);
  g_autofree char *copy = g_strndup (other->value.data, other->value.len);

  switch (mutator_pick (rand, 14))
    {
    case 0:
      drop (text, node);
      break;
    case 1:
      repeat (text, node, 1);
      break;
    case 2:
      repeat (text, node, 20001);
      break;
    case 3:
      set_value (text, node, copy, other->value.len);
      break;
    case 4:
      nest (rand, text, node);
      break;
    case 5:
      grow_string (rand, text, node);
      break;
    case 6:
      rename_key (rand, text, node, other);
      break;
    case 7:
    case 8:
    case 9:
      refer (rand, text, nodes);
      break;
    case 10:
      scale_number (rand, text, node);
      break;
    case 11:
      move_in (text, node, other);
      break;
    default:
      set_value (text, node, value, strlen (value));
      break;
    }
}

void
mutator_damage_json (GRand   *rand,
                     GString *text)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  gsize skip = g_str_has_prefix (text->str, "\357\273\277") ? 3 : 0;

  if (text->len > MAX_LEN || !tela_json_check (text->str + skip, (gssize) (text->len - skip), NULL))
    {
      mutator_damage_bytes (rand, text);
      return;
    }
  skip += strspn (text->str + skip, " \t\r\n");
  list_nodes ((TelaJsonSpan){ text->str + skip, text->len - skip }, (TelaJsonSpan){ NULL, 0 }, nodes);
  damage_node (rand, text, nodes);
}
