/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shape-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tela-attach.h"

#define MAX_CHARS 80    /* of a text */
#define ROW_HEIGHT 24.0 /* board units: what begins within so much of the same height is a row */

struct _TelaShapeItem
{
  GObject parent_instance;

  char       *id;
  char       *words;
  const char *icon; /* static */
};

G_DEFINE_FINAL_TYPE (TelaShapeItem, tela_shape_item, G_TYPE_OBJECT)

static const struct
{
  const char *type;
  const char *words;
  const char *icon;
} kinds[] = {
  { "rectangle", N_ ("Rectangle"), "tela-rectangle-symbolic" },
  { "diamond", N_ ("Diamond"), "tela-diamond-symbolic" },
  { "ellipse", N_ ("Ellipse"), "tela-ellipse-symbolic" },
  { "arrow", N_ ("Arrow"), "tela-arrow-symbolic" },
  { "line", N_ ("Line"), "tela-line-symbolic" },
  { "freedraw", N_ ("Drawing"), "tela-pen-symbolic" },
  { "text", N_ ("Text"), "tela-text-symbolic" },
  { "image", N_ ("Image"), "image-x-generic-symbolic" },
  { "frame", N_ ("Frame"), "tela-frame-symbolic" },
  { "magicframe", N_ ("Frame"), "tela-frame-symbolic" },
  { NULL, N_ ("Shape"), "tela-board-symbolic" }, /* what newer programs put there */
};

static void
tela_shape_item_finalize (GObject *object)
{
  TelaShapeItem *self = TELA_SHAPE_ITEM (object);

  g_free (self->id);
  g_free (self->words);

  G_OBJECT_CLASS (tela_shape_item_parent_class)->finalize (object);
}

static void
tela_shape_item_class_init (TelaShapeItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_shape_item_finalize;
}

static void
tela_shape_item_init (TelaShapeItem *self)
{
}

const char *
tela_shape_item_get_id (TelaShapeItem *self)
{
  g_return_val_if_fail (TELA_IS_SHAPE_ITEM (self), NULL);

  return self->id;
}

const char *
tela_shape_item_get_icon (TelaShapeItem *self)
{
  g_return_val_if_fail (TELA_IS_SHAPE_ITEM (self), NULL);

  return self->icon;
}

const char *
tela_shape_item_get_words (TelaShapeItem *self)
{
  g_return_val_if_fail (TELA_IS_SHAPE_ITEM (self), NULL);

  return self->words;
}

static guint
kind_of (const TelaElement *element)
{
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);
  guint       i = 0;

  while (kinds[i].type != NULL && g_strcmp0 (kinds[i].type, type) != 0)
    i++;

  return i;
}

/* What is written on it, in one line and not too long; NULL: nothing. (transfer full) */
static char *
dup_text (TelaBoard         *board,
          const TelaElement *element)
{
  const char        *type = tela_element_get_string (element, TELA_KEY_TYPE);
  const TelaElement *label = tela_attach_find_text (board, tela_element_get_id (element));
  const char        *text = NULL;
  g_autofree char   *line = NULL;
  glong              n;

  if (g_strcmp0 (type, "text") == 0)
    text = tela_element_get_string (element, TELA_KEY_TEXT);
  else if (label != NULL)
    text = tela_element_get_string (label, TELA_KEY_TEXT);
  else if (type != NULL && g_str_has_suffix (type, "frame"))
    text = tela_element_get_string (element, TELA_KEY_NAME);
  if (text == NULL)
    return NULL;

  n = g_utf8_strlen (text, -1);
  line = g_utf8_substring (text, 0, MIN (n, MAX_CHARS));
  g_strdelimit (line, "\n\t", ' ');
  g_strstrip (line);
  if (line[0] == '\0')
    return NULL;

  return n > MAX_CHARS ? g_strconcat (line, "…", NULL) : g_steal_pointer (&line);
}

/* Where it leads: the words of a shape, or what it is. (transfer full) */
static char *
dup_end (TelaBoard         *board,
         const TelaElement *line,
         TelaAttachEnds     end)
{
  const TelaElement *shape = tela_attach_get_target (board, line, end);
  char              *text = shape == NULL ? NULL : dup_text (board, shape);

  return shape == NULL || text != NULL ? text : g_strdup (_ (kinds[kind_of (shape)].words));
}

char *
tela_shape_describe (TelaBoard         *board,
                     const TelaElement *element)
{
  const char      *kind = _ (kinds[kind_of (element)].words);
  g_autofree char *text = dup_text (board, element);
  g_autofree char *from = dup_end (board, element, TELA_ATTACH_START);
  g_autofree char *to = dup_end (board, element, TELA_ATTACH_END);

  if (text != NULL)
    /* Translators: what it is, and what is written on it: "Rectangle: Groceries" */
    return g_strdup_printf (_ ("%s: %s"), kind, text);
  if (from != NULL && to != NULL)
    /* Translators: "Arrow from Groceries to Shop" */
    return g_strdup_printf (_ ("%s from %s to %s"), kind, from, to);
  if (from != NULL)
    /* Translators: "Arrow from Groceries" */
    return g_strdup_printf (_ ("%s from %s"), kind, from);
  if (to != NULL)
    /* Translators: "Arrow to Shop" */
    return g_strdup_printf (_ ("%s to %s"), kind, to);

  return g_strdup (kind);
}

/* Where something begins: its bounds are asked for once, not at every comparison. */
typedef struct
{
  TelaElement *element; /* borrowed */
  double       x, y;
} Place;

static int
compare_top (gconstpointer a,
             gconstpointer b)
{
  const Place *left = a;
  const Place *right = b;

  if (left->y != right->y)
    return left->y < right->y ? -1 : 1;

  return strcmp (tela_element_get_id (left->element), tela_element_get_id (right->element));
}

static int
compare_start (gconstpointer a,
               gconstpointer b)
{
  const Place *left = a;
  const Place *right = b;

  if (left->x != right->x)
    return left->x < right->x ? -1 : 1;

  return compare_top (a, b);
}

/* A text in a shape is told with the shape. */
static gboolean
is_label (TelaBoard         *board,
          const TelaElement *element)
{
  const char *container = tela_element_get_string (element, TELA_KEY_CONTAINER_ID);

  return container != NULL && tela_board_lookup_shown (board, container) != NULL &&
         tela_attach_find_text (board, container) == element;
}

static void
sort_rows (GArray *places)
{
  Place *place = (Place *) (gpointer) places->data;

  qsort (place, places->len, sizeof (Place), compare_top);
  for (guint first = 0, end; first < places->len; first = end)
    {
      double bottom = place[first].y + ROW_HEIGHT;

      for (end = first + 1; end < places->len && place[end].y < bottom; end++)
        ;
      qsort (&place[first], end - first, sizeof (Place), compare_start);
    }
}

/* By the frame that holds them, "" for none. (transfer full) */
static GHashTable *
sort_into_frames (TelaBoard *board,
                  GPtrArray *all)
{
  GHashTable *frames = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_array_unref);

  for (guint i = 0; i < all->len; i++)
    {
      const char *id = tela_element_get_string (all->pdata[i], TELA_KEY_FRAME_ID);
      const char *frame = id != NULL && tela_board_lookup_shown (board, id) != NULL ? id : "";
      GArray     *inside;
      TelaRect    bounds;
      Place       place;

      if (is_label (board, all->pdata[i]))
        continue;
      inside = g_hash_table_lookup (frames, frame);
      if (inside == NULL)
        g_hash_table_insert (frames, (char *) frame, inside = g_array_new (FALSE, FALSE, sizeof (Place)));
      bounds = tela_element_get_bounds (all->pdata[i]);
      place = (Place){ all->pdata[i], bounds.x, bounds.y };
      g_array_append_val (inside, place);
    }

  return frames;
}

/* What is in a frame follows it. Each is taken once: no frames in a circle. */
static void
take_rows (GHashTable *frames,
           const char *frame,
           GPtrArray  *order)
{
  g_autoptr (GArray) inside = NULL;

  if (!g_hash_table_steal_extended (frames, frame, NULL, (gpointer *) &inside))
    return;
  sort_rows (inside);
  for (guint i = 0; i < inside->len; i++)
    {
      TelaElement *element = g_array_index (inside, Place, i).element;

      g_ptr_array_add (order, tela_element_ref (element));
      take_rows (frames, tela_element_get_id (element), order);
    }
}

/* (transfer full)(element-type TelaElement) */
static GPtrArray *
in_reading_order (TelaBoard *board)
{
  GPtrArray *order = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) all = board == NULL ? g_ptr_array_new () : tela_board_query (board, NULL);
  g_autoptr (GHashTable) frames = sort_into_frames (board, all);

  take_rows (frames, "", order);

  return order;
}

static TelaShapeItem *
item_new (TelaBoard         *board,
          const TelaElement *element)
{
  TelaShapeItem *self = g_object_new (TELA_TYPE_SHAPE_ITEM, NULL);

  self->id = g_strdup (tela_element_get_id (element));
  self->words = tela_shape_describe (board, element);
  self->icon = kinds[kind_of (element)].icon;

  return self;
}

static gboolean
is_same (GListStore    *store,
         guint          position,
         TelaShapeItem *item)
{
  g_autoptr (TelaShapeItem) other = g_list_model_get_item (G_LIST_MODEL (store), position);

  return strcmp (other->id, item->id) == 0 && strcmp (other->words, item->words) == 0 && other->icon == item->icon;
}

void
tela_shape_list_update (GListStore *self,
                        TelaBoard  *board)
{
  g_autoptr (GPtrArray) elements = in_reading_order (board);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));
  guint head = 0, tail = 0;

  for (guint i = 0; i < elements->len; i++)
    g_ptr_array_add (items, item_new (board, elements->pdata[i]));
  /* A list that stays as it is, but for its middle, keeps its place and the focus. */
  while (head < MIN (n, items->len) && is_same (self, head, items->pdata[head]))
    head++;
  while (tail < MIN (n, items->len) - head && is_same (self, n - 1 - tail, items->pdata[items->len - 1 - tail]))
    tail++;
  if (head < n || head < items->len)
    g_list_store_splice (self, head, n - head - tail, items->pdata + head, items->len - head - tail);
}
