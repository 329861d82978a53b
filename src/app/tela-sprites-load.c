/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sprites-private.h"

#include "tela-paint.h"

struct _TelaSpriteLoader
{
  GHashTable    *under_way;   /* id:scale */
  GCancellable  *cancellable; /* owned */
  TelaImagesFunc loaded;
  gpointer       user_data;
};

/* An image to be decoded. */
typedef struct
{
  TelaImages  *images;  /* owned */
  TelaElement *element; /* owned */
  double       scale;
  char        *key; /* owned; in `under_way` */
} Load;

static void
load_free (gpointer data)
{
  Load *self = data;

  tela_images_unref (self->images);
  tela_element_unref (self->element);
  g_free (self->key);
  g_free (self);
}

static void
load_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Load            *load = data;
  const TelaPaintOptions options = { .scale = load->scale, .asset = tela_images_get, .asset_data = load->images };

  tela_paint_load (load->element, &options);
  g_task_return_boolean (task, TRUE);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  TelaSpriteLoader      *self = user_data;
  const Load            *load = g_task_get_task_data (G_TASK (result));
  const TelaPaintOptions options = { .scale = load->scale,
                                     .known = tela_images_get_size,
                                     .asset_data = load->images };

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return; /* cancelled: there may be no loader any more */

  /* One that is not here yet is not asked for again in every frame. */
  if (!tela_paint_is_loaded (load->element, &options))
    return;
  g_hash_table_remove (self->under_way, load->key);
  self->loaded (self->user_data);
}

TelaSpriteLoader *
tela_sprite_loader_new (TelaImagesFunc loaded,
                        gpointer       user_data)
{
  TelaSpriteLoader *self = g_new (TelaSpriteLoader, 1);

  *self = (TelaSpriteLoader){ .under_way = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                              .cancellable = g_cancellable_new (),
                              .loaded = loaded,
                              .user_data = user_data };

  return self;
}

void
tela_sprite_loader_free (TelaSpriteLoader *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->under_way);
  g_free (self);
}

void
tela_sprite_loader_cancel (TelaSpriteLoader *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_hash_table_remove_all (self->under_way);
}

void
tela_sprite_loader_start (TelaSpriteLoader  *self,
                          TelaImages        *images,
                          const TelaElement *element,
                          double             scale)
{
  g_autofree char *key = g_strdup_printf ("%s:%g", tela_element_get_id (element), scale);
  g_autoptr (GTask) task = NULL;
  Load *load;

  if (g_hash_table_contains (self->under_way, key))
    return;
  g_hash_table_add (self->under_way, g_strdup (key));
  load = g_new (Load, 1);
  *load = (Load){ .images = tela_images_ref (images),
                  .element = tela_element_ref (element),
                  .scale = scale,
                  .key = g_steal_pointer (&key) };
  task = g_task_new (NULL, self->cancellable, loaded_cb, self);
  g_task_set_source_tag (task, tela_sprite_loader_start);
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_in_thread);
}
