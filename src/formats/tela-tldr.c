/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-formats-private.h"
#include "tela-tldr-private.h"

#define MAX_DEPTH 64
#define PAGE_PADDING 40.0
#define PAGE_GAP 100.0

/* Grows around points. */
typedef struct
{
  double   left, top, right, bottom;
  gboolean any;
} Extent;

double
tela_tldr_get_number (TelaJsonSpan object,
                      const char  *name,
                      double       fallback)
{
  TelaJsonSpan   value;
  TelaJsonReader reader;
  double         number;

  if (!tela_format_span_is_object (object) || !tela_json_find (object, name, &value))
    return fallback;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (!tela_json_reader_number (&reader, &number, NULL) || !isfinite (number))
    return fallback;
  return CLAMP (number, -1e6, 1e6);
}

char *
tela_tldr_get_string (TelaJsonSpan object,
                      const char  *name)
{
  TelaJsonSpan value;

  if (!tela_format_span_is_object (object) || !tela_json_find (object, name, &value))
    return NULL;
  return tela_span_to_string (value);
}

gboolean
tela_tldr_get_boolean (TelaJsonSpan object,
                       const char  *name)
{
  TelaJsonSpan value;

  return tela_format_span_is_object (object) && tela_json_find (object, name, &value) &&
         TELA_JSON_SPAN_IS (value, "true");
}

gboolean
tela_tldr_is (TelaJsonSpan object,
              const char  *name,
              const char  *value)
{
  g_autofree char *text = tela_tldr_get_string (object, name);

  return g_strcmp0 (text, value) == 0;
}

TelaJsonSpan
tela_tldr_get_object (TelaJsonSpan object,
                      const char  *name)
{
  TelaJsonSpan value;

  if (tela_format_span_is_object (object) && tela_json_find (object, name, &value) &&
      tela_format_span_is_object (value))
    return value;
  return (TelaJsonSpan){ "{}", 2 };
}

void
tela_tldr_to_board (TelaTldrPlace place,
                    double        x,
                    double        y,
                    double        out[2])
{
  double c = cos (place.angle), s = sin (place.angle);

  out[0] = place.x + x * c - y * s;
  out[1] = place.y + x * s + y * c;
}

TelaTldrPlace
tela_tldr_place (TelaTldrPlace parent,
                 TelaTldrPlace own)
{
  double out[2];

  tela_tldr_to_board (parent, own.x, own.y, out);
  return (TelaTldrPlace){ out[0], out[1], remainder (parent.angle + own.angle, 2 * G_PI) };
}

static void
shape_free (gpointer data)
{
  TelaTldrShape *self = data;

  g_free ((char *) self->id);
  g_free (self->type);
  g_free (self->parent);
  g_free (self->index);
  g_ptr_array_unref (self->children);
  g_free (self);
}

static void
asset_free (gpointer data)
{
  TelaTldrAsset *self = data;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static TelaTldrShape *
shape_new (TelaJsonSpan record,
           const char  *id)
{
  TelaTldrShape *self = g_new0 (TelaTldrShape, 1);

  self->id = g_strdup (id);
  self->type = tela_tldr_get_string (record, "type");
  if (self->type == NULL)
    self->type = g_strdup ("");
  self->parent = tela_tldr_get_string (record, "parentId");
  self->index = tela_tldr_get_string (record, "index");
  self->record = record;
  self->props = tela_tldr_get_object (record, "props");
  self->own = (TelaTldrPlace){ tela_tldr_get_number (record, "x", 0), tela_tldr_get_number (record, "y", 0),
                               tela_tldr_get_number (record, "rotation", 0) };
  self->children = g_ptr_array_new ();
  if (tela_tldr_is (self->props, "geo", "ellipse") || tela_tldr_is (self->props, "geo", "oval"))
    self->outline = TELA_TLDR_ELLIPSE;
  else if (tela_tldr_is (self->props, "geo", "diamond"))
    self->outline = TELA_TLDR_DIAMOND;
  tela_tldr_measure (self);
  return self;
}

static void
add_binding (TelaTldr    *self,
             TelaJsonSpan record)
{
  g_autofree char *from = tela_tldr_get_string (record, "fromId");
  g_autofree char *terminal = tela_tldr_get_string (tela_tldr_get_object (record, "props"), "terminal");

  if (tela_tldr_is (record, "type", "arrow") && from != NULL && terminal != NULL && g_str_has_prefix (from, "shape:"))
    g_hash_table_replace (self->bindings, g_strdup_printf ("%s %s", from + strlen ("shape:"), terminal),
                          g_memdup2 (&record, sizeof record));
}

static void
add_record (TelaTldr    *self,
            TelaJsonSpan record)
{
  g_autofree char *id = tela_tldr_get_string (record, "id");

  if (id == NULL)
    return;
  if (tela_tldr_is (record, "typeName", "page"))
    g_ptr_array_add (self->pages, shape_new (record, id));
  else if (tela_tldr_is (record, "typeName", "asset"))
    {
      TelaTldrAsset *asset = g_new0 (TelaTldrAsset, 1);

      asset->props = tela_tldr_get_object (record, "props");
      g_hash_table_replace (self->assets, g_steal_pointer (&id), asset);
    }
  else if (tela_tldr_is (record, "typeName", "binding"))
    add_binding (self, record);
  else if (tela_tldr_is (record, "typeName", "shape") && g_str_has_prefix (id, "shape:"))
    {
      TelaTldrShape *shape = shape_new (record, id + strlen ("shape:"));

      g_hash_table_replace (self->shapes, (gpointer) shape->id, shape);
    }
}

static gboolean
read_records (TelaTldr    *self,
              TelaJsonSpan text,
              GError     **error)
{
  TelaJsonSpan   records = { NULL, 0 }, record;
  TelaJsonReader reader;
  guint          n = 0;

  if (!tela_json_find (text, "records", &records) || records.data[0] != '[')
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID,
                           _ ("records: missing, or not an array"));
      return FALSE;
    }
  tela_json_reader_init (&reader, records.data, (gssize) records.len);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &record))
    {
      if (++n > TELA_DRAFT_MAX_ELEMENTS)
        {
          g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE,
                               _ ("records: there are too many"));
          return FALSE;
        }
      if (tela_format_span_is_object (record))
        add_record (self, record);
    }
  return TRUE;
}

/* *upgraded: what the records lie in, of an old file. */
static gboolean
read_text (TelaTldr    *self,
           TelaJsonSpan text,
           char       **upgraded,
           GError     **error)
{
  g_autoptr (GError) problem = NULL;
  gsize len;

  if (!tela_json_check (text.data, (gssize) text.len, &problem))
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, problem->message);
      return FALSE;
    }
  *upgraded = tela_tldr_upgrade (text, &len);

  return read_records (self, *upgraded == NULL ? text : (TelaJsonSpan){ *upgraded, len }, error);
}

static int
compare_index_cb (gconstpointer a,
                  gconstpointer b)
{
  const TelaTldrShape *one = *(TelaTldrShape *const *) a, *other = *(TelaTldrShape *const *) b;
  int                  order = g_strcmp0 (one->index, other->index);

  return order != 0 ? order : strcmp (one->id, other->id);
}

/* Hangs every shape on its parent, in order. */
static void
link_shapes (TelaTldr *self)
{
  g_autoptr (GHashTable) pages = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer       value;

  for (guint i = 0; i < self->pages->len; i++)
    g_hash_table_insert (pages, (gpointer) ((TelaTldrShape *) self->pages->pdata[i])->id, self->pages->pdata[i]);
  g_hash_table_iter_init (&iter, self->shapes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TelaTldrShape *shape = value, *parent = NULL;

      if (shape->parent != NULL && g_str_has_prefix (shape->parent, "shape:"))
        parent = g_hash_table_lookup (self->shapes, shape->parent + strlen ("shape:"));
      else if (shape->parent != NULL)
        parent = g_hash_table_lookup (pages, shape->parent);
      if (parent != NULL)
        g_ptr_array_add (parent->children, shape);
    }
  g_hash_table_iter_init (&iter, self->shapes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_sort (((TelaTldrShape *) value)->children, compare_index_cb);
  for (guint i = 0; i < self->pages->len; i++)
    g_ptr_array_sort (((TelaTldrShape *) self->pages->pdata[i])->children, compare_index_cb);
  g_ptr_array_sort (self->pages, compare_index_cb);
}

/* Those that are nested too deep have no place. */
static void
place_children (TelaTldrShape *parent,
                TelaTldrPlace  place,
                guint          depth)
{
  for (guint i = 0; depth < MAX_DEPTH && i < parent->children->len; i++)
    {
      TelaTldrShape *shape = parent->children->pdata[i];

      shape->place = tela_tldr_place (place, shape->own);
      shape->is_placed = TRUE;
      place_children (shape, shape->place, depth + 1);
    }
}

static void
extend (Extent      *self,
        const double point[2])
{
  self->left = self->any ? MIN (self->left, point[0]) : point[0];
  self->right = self->any ? MAX (self->right, point[0]) : point[0];
  self->top = self->any ? MIN (self->top, point[1]) : point[1];
  self->bottom = self->any ? MAX (self->bottom, point[1]) : point[1];
  self->any = TRUE;
}

static void
extend_over (const TelaTldr      *self,
             const TelaTldrShape *parent,
             Extent              *extent)
{
  for (guint i = 0; i < parent->children->len; i++)
    {
      const TelaTldrShape *shape = parent->children->pdata[i];
      g_autoptr (GArray) points = NULL;
      double corner[2];

      if (!shape->is_placed)
        continue;
      points = tela_tldr_get_points (self, shape, NULL);
      for (guint j = 0; points != NULL && j < points->len; j += 2)
        extend (extent, &g_array_index (points, double, j));
      for (guint j = 0; points == NULL && j < 4; j++)
        {
          tela_tldr_to_board (shape->place, j % 2 == 0 ? 0 : shape->width, j < 2 ? 0 : shape->height, corner);
          extend (extent, corner);
        }
      extend_over (self, shape, extent);
    }
}

static void
add_children (TelaTldr             *self,
              const TelaTldrShape  *parent,
              const TelaDraftStyle *base)
{
  for (guint i = 0; i < parent->children->len && !tela_draft_is_full (&self->draft); i++)
    {
      const TelaTldrShape *shape = parent->children->pdata[i];
      g_autoptr (GPtrArray) groups = NULL;
      TelaDraftStyle inside = *base;

      if (!shape->is_placed)
        {
          tela_draft_note (&self->draft, _ ("Shapes that are nested too deep were left out"));
          continue;
        }
      if (strcmp (shape->type, "frame") == 0)
        inside.frame_id = shape->id;
      if (strcmp (shape->type, "group") == 0)
        {
          groups = g_ptr_array_new ();
          g_ptr_array_add (groups, (gpointer) shape->id);
          for (guint j = 0; base->group_ids != NULL && j < base->group_ids->len; j++)
            g_ptr_array_add (groups, base->group_ids->pdata[j]);
          inside.group_ids = groups;
        }
      /* What lies in a frame lies below it. */
      if (strcmp (shape->type, "frame") != 0)
        tela_tldr_add_shape (self, shape, base);
      add_children (self, shape, &inside);
      if (strcmp (shape->type, "frame") == 0)
        tela_tldr_add_shape (self, shape, base);
    }
}

static void
add_page (TelaTldr      *self,
          TelaTldrShape *page,
          double        *right)
{
  g_autofree char *name = tela_tldr_get_string (page->record, "name");
  TelaDraftStyle   base = { .frame_id = page->id }, style = { .stroke = "#bbbbbb", .stroke_width = 2 };
  Extent           extent = { 0 };
  TelaDraftBox     box;

  extend_over (self, page, &extent);
  box = (TelaDraftBox){ *right, 0, extent.right - extent.left + 2 * PAGE_PADDING,
                        extent.bottom - extent.top + 2 * PAGE_PADDING, 0 };
  place_children (page, (TelaTldrPlace){ *right + PAGE_PADDING - extent.left, PAGE_PADDING - extent.top, 0 }, 0);
  add_children (self, page, &base);
  tela_draft_begin (&self->draft, page->id, "frame", &box, &style);
  tela_json_writer_name (&self->draft.writer, "name");
  tela_json_writer_string (&self->draft.writer, name);
  tela_draft_end (&self->draft);
  *right += box.width + PAGE_GAP;
}

static void
add_pages (TelaTldr *self)
{
  const TelaDraftStyle base = { NULL };
  double               right = 0;

  for (guint i = 0; i < self->pages->len; i++)
    place_children (self->pages->pdata[i], (TelaTldrPlace){ 0, 0, 0 }, 0);
  if (self->pages->len == 1)
    add_children (self, self->pages->pdata[0], &base);
  else
    for (guint i = 0; i < self->pages->len; i++)
      add_page (self, self->pages->pdata[i], &right);
}

TelaImport *
tela_tldr_read (const char *data,
                gsize       len,
                TelaStamp   stamp,
                TelaBoard  *board,
                const char *name,
                GError    **error)
{
  g_autoptr (GHashTable) shapes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, shape_free);
  g_autoptr (GHashTable) assets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, asset_free);
  g_autoptr (GHashTable) bindings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) pages = g_ptr_array_new_with_free_func (shape_free);
  g_autofree char *upgraded = NULL;
  TelaTldr         self = { .shapes = shapes, .assets = assets, .bindings = bindings, .pages = pages };
  TelaImport      *import = NULL;

  tela_draft_init (&self.draft);
  if (read_text (&self, (TelaJsonSpan){ data, len }, &upgraded, error))
    {
      link_shapes (&self);
      add_pages (&self);
      if (tela_draft_is_full (&self.draft))
        g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE, _ ("there are too many shapes"));
      else
        import = tela_draft_finish (&self.draft, stamp, board, name, error);
    }
  tela_draft_clear (&self.draft);
  return import;
}
