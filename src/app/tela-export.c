/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-export.h"

#include "tela-formats.h"
#include "tela-pages.h"
#include "tela-paint.h"

#define PADDING 16.0 /* board units */

/* What the thread works on. */
typedef struct
{
  TelaExportOptions options;
  GPtrArray        *elements; /* owned */
  TelaElement      *own;      /* owned; the board's own element; nullable */
  TelaImages       *images;   /* owned; nullable */
  char             *paper;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_ptr_array_unref (self->elements);
  g_clear_pointer (&self->own, tela_element_unref);
  g_clear_pointer (&self->images, tela_images_unref);
  g_free (self->paper);
  g_free (self);
}

static char *
write_scene (Job   *job,
             gsize *len)
{
  g_autoptr (TelaBoard) board = tela_board_new ("export");

  if (job->own != NULL)
    tela_board_merge (board, &job->own, 1);
  tela_board_merge (board, (TelaElement *const *) job->elements->pdata, job->elements->len);

  return tela_excalidraw_write (board, job->images == NULL ? NULL : tela_images_get, job->images, NULL, len);
}

static GBytes *
paint (Job     *job,
       GError **error)
{
  const TelaPictureOptions options = {
    .scale = job->options.scale,
    .padding = PADDING,
    .background = job->options.is_transparent ? NULL : job->paper,
    .asset = job->images == NULL ? NULL : tela_images_get,
    .asset_data = job->images,
  };
  g_autoptr (GBytes) png = NULL;
  g_autofree char *scene = NULL;
  gsize            len;

  png = tela_paint_png ((TelaElement *const *) job->elements->pdata, job->elements->len, &options, error);
  if (png == NULL || !job->options.embeds)
    return g_steal_pointer (&png);

  scene = write_scene (job, &len);

  return tela_png_embed_scene (png, scene, len, TELA_CARRIER_COMPRESSED, error);
}

static GBytes *
make (Job          *job,
      GCancellable *cancellable,
      GError      **error)
{
  if (job->options.format == TELA_EXPORT_PNG)
    return paint (job, error);
  if (job->options.format == TELA_EXPORT_PDF)
    {
      g_autoptr (TelaPages) pages = tela_pages_new (job->elements, job->images, job->options.by_frame);

      return tela_pages_write_pdf (pages, cancellable, error);
    }

  {
    gsize len;
    char *text = write_scene (job, &len);

    return g_bytes_new_take (text, len);
  }
}

static void
make_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = make (data, cancellable, &error);

  if (bytes == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

void
tela_export_async (GPtrArray               *elements,
                   TelaBoard               *board,
                   TelaImages              *images,
                   const char              *paper,
                   const TelaExportOptions *options,
                   GCancellable            *cancellable,
                   GAsyncReadyCallback      callback,
                   gpointer                 user_data)
{
  const TelaElement *own = tela_board_lookup (board, TELA_BOARD_ELEMENT_ID);
  Job               *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  job->options = *options;
  job->elements = g_ptr_array_ref (elements);
  job->own = own == NULL ? NULL : tela_element_ref (own);
  job->images = images == NULL ? NULL : tela_images_ref (images);
  job->paper = g_strdup (paper);
  g_task_set_source_tag (task, tela_export_async);
  g_task_set_task_data (task, job, job_free);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, make_in_thread);
}

GBytes *
tela_export_finish (GAsyncResult *result,
                    GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
tela_export_get_suffix (TelaExportFormat format)
{
  static const char *const suffixes[TELA_N_EXPORTS] = { ".png", ".pdf", ".excalidraw" };

  g_return_val_if_fail (format < TELA_N_EXPORTS, NULL);

  return suffixes[format];
}
