/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shelf-private.h"

#include <glib/gi18n.h>

#include "tela-paint.h"

#define MAX_SCALE 2.0

struct _TelaShelfItem
{
  GObject parent_instance;

  char   *name;
  char   *text;
  char   *source;
  GBytes *picture; /* owned; nullable */
};

G_DEFINE_FINAL_TYPE (TelaShelfItem, tela_shelf_item, G_TYPE_OBJECT)

static void
tela_shelf_item_finalize (GObject *object)
{
  TelaShelfItem *self = TELA_SHELF_ITEM (object);

  g_free (self->name);
  g_free (self->text);
  g_free (self->source);
  g_clear_pointer (&self->picture, g_bytes_unref);

  G_OBJECT_CLASS (tela_shelf_item_parent_class)->finalize (object);
}

static void
tela_shelf_item_class_init (TelaShelfItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_shelf_item_finalize;
}

static void
tela_shelf_item_init (TelaShelfItem *self)
{
}

const char *
tela_shelf_item_get_name (TelaShelfItem *self)
{
  return self->name;
}

GBytes *
tela_shelf_item_get_picture (TelaShelfItem *self)
{
  return self->picture;
}

const char *
tela_shelf_item_get_text (TelaShelfItem *self)
{
  return self->text;
}

const char *
tela_shelf_item_get_source (TelaShelfItem *self)
{
  return self->source;
}

static GBytes *
paint (GPtrArray *elements)
{
  TelaPictureOptions options = { .scale = MAX_SCALE };
  TelaRect           extent = { 0 };

  if (elements->len == 0)
    return NULL;
  for (guint i = 0; i < elements->len; i++)
    {
      TelaRect bounds = tela_element_get_bounds (elements->pdata[i]);

      extent = i == 0 ? bounds : tela_rect_union (extent, bounds);
    }
  options.scale = MIN (MAX_SCALE, TELA_SHELF_PICTURE_SIZE / MAX (MAX (extent.width, extent.height), 1));

  return tela_paint_png ((TelaElement *const *) elements->pdata, elements->len, &options, NULL);
}

TelaShelfItem *
tela_shelf_item_new (const TelaLibraryItem *source)
{
  TelaShelfItem *self = g_object_new (TELA_TYPE_SHELF_ITEM, NULL);
  g_autoptr (TelaImport) import = tela_library_item_read (source, (TelaStamp){ .time = 1 }, NULL, NULL);

  self->name = g_strdup (source->name == NULL || *source->name == '\0' ? _ ("Drawing") : source->name);
  self->text = g_strdup_printf ("{\"type\":\"excalidraw/clipboard\",\"elements\":%s}", source->elements);
  self->source = g_strdup (source->source);
  if (import != NULL)
    {
      for (guint i = import->elements->len; i > 0; i--)
        if (!tela_element_is_visible (import->elements->pdata[i - 1]))
          g_ptr_array_remove_index (import->elements, i - 1);
      self->picture = paint (import->elements);
    }

  return self;
}
