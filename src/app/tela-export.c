/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-export.h"

#include "tela-paint.h"

#define DEFAULT_SCALE 2.0

static const char *const suffixes[TELA_N_EXPORTS] = { ".png", ".svg", ".pdf", ".excalidraw", ".tela" };

/* What the thread works on. */
typedef struct
{
  TelaExportOptions options;
  GPtrArray        *elements; /* owned */
  TelaImages       *images;   /* owned; nullable */
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_ptr_array_unref (self->elements);
  g_clear_pointer (&self->images, tela_images_unref);
  g_free (self);
}

static GBytes *
paint (TelaBoard               *board,
       TelaImages              *images,
       const TelaExportOptions *options,
       GCancellable            *cancellable,
       GError                 **error)
{
  g_autoptr (GPtrArray) shown = tela_board_query (board, NULL);
  g_autofree char         *paper = tela_excalidraw_dup_paper (board);
  const TelaPictureOptions how = {
    .scale = MAX (options->scale, 1),
    .padding = TELA_EXPORT_PADDING,
    .background = options->is_transparent ? NULL : paper,
    .dark = options->is_dark,
    .page_per_frame = options->by_frame,
    .cancellable = cancellable,
    .asset = images == NULL ? NULL : tela_images_get,
    .asset_data = images,
  };
  TelaElement *const *all = (TelaElement *const *) shown->pdata;

  if (options->format == TELA_EXPORT_PDF)
    return tela_paint_pdf (all, shown->len, &how, error);
  if (options->format == TELA_EXPORT_SVG)
    return tela_paint_svg (all, shown->len, &how);

  return tela_paint_png (all, shown->len, &how, error);
}

static GBytes *
embed (GBytes                  *picture,
       const char              *scene,
       gsize                    scene_len,
       const TelaExportOptions *options,
       GError                 **error)
{
  TelaCarrierVersion version = options->version == 0 ? TELA_CARRIER_COMPRESSED : options->version;
  gsize              len;
  const char        *svg = g_bytes_get_data (picture, &len);
  char              *text;

  if (options->format == TELA_EXPORT_PNG)
    return tela_png_embed_scene (picture, scene, scene_len, version, error);
  text = tela_svg_embed_scene (svg, len, scene, scene_len, version, &len, error);

  return text == NULL ? NULL : g_bytes_new_take (text, len);
}

GBytes *
tela_export_make (GPtrArray               *elements,
                  TelaImages              *images,
                  const TelaExportOptions *options,
                  guint                   *n_missing,
                  GCancellable            *cancellable,
                  GError                 **error)
{
  /* Elements are shared between threads, boards are not: this thread makes one of its own. */
  g_autoptr (TelaBoard) board = tela_board_new ("");
  TelaFileFunc file = images == NULL ? NULL : tela_images_get;
  g_autoptr (GBytes) picture = NULL;
  g_autofree char *scene = NULL;
  gsize            len;

  tela_board_merge (board, (TelaElement *const *) elements->pdata, elements->len);
  if (options->format == TELA_EXPORT_TELA)
    return tela_tela_write (board, file, images, n_missing, error);
  if (options->format == TELA_EXPORT_EXCALIDRAW || (options->embeds && options->format != TELA_EXPORT_PDF))
    scene = tela_excalidraw_write (board, file, images, n_missing, &len);
  if (options->format == TELA_EXPORT_EXCALIDRAW)
    return g_bytes_new_take (g_steal_pointer (&scene), len);

  picture = paint (board, images, options, cancellable, error);
  if (picture == NULL || scene == NULL)
    return g_steal_pointer (&picture);

  return embed (picture, scene, len, options, error);
}

static void
make_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  GBytes *bytes = tela_export_make (job->elements, job->images, &job->options, NULL, cancellable, &error);

  if (bytes == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

void
tela_export_async (GPtrArray               *elements,
                   TelaImages              *images,
                   const TelaExportOptions *options,
                   GCancellable            *cancellable,
                   GAsyncReadyCallback      callback,
                   gpointer                 user_data)
{
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  job->options = *options;
  job->elements = g_ptr_array_ref (elements);
  job->images = images == NULL ? NULL : tela_images_ref (images);
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
  g_return_val_if_fail (format < TELA_N_EXPORTS, NULL);

  return suffixes[format];
}

gboolean
tela_export_choose (const char        *path,
                    TelaExportOptions *options)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (guint i = 0; i < TELA_N_EXPORTS; i++)
    if (i != TELA_EXPORT_PDF && g_str_has_suffix (lower, suffixes[i]))
      {
        *options = (TelaExportOptions){ .format = i, .scale = DEFAULT_SCALE };
        options->embeds = i == TELA_EXPORT_PNG || i == TELA_EXPORT_SVG;
        return TRUE;
      }

  return FALSE;
}
