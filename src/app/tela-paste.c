/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paste.h"

#include <glib/gi18n.h>

#include "tela-copies.h"
#include "tela-factory.h"
#include "tela-formats.h"
#include "tela-frame.h"
#include "tela-paint.h"

#define MAX_BYTES (256 * 1024 * 1024)
#define GAP 24.0  /* board units between files */
#define SHARE 0.8 /* of the view that one picture may take */

/* One thing to be read, and what came of it. */
typedef struct
{
  GBytes     *bytes;  /* owned; NULL: those of @file */
  GFile      *file;   /* owned; nullable */
  char       *name;   /* owned; nullable */
  TelaImport *import; /* owned; NULL until read */
  GHashTable *files;  /* owned; fileId → hash of its bytes */
  gboolean    is_picture;
} Piece;

typedef struct
{
  GPtrArray  *pieces; /* owned */
  TelaAssets *assets; /* owned; nullable; main thread */
  TelaStore  *store;  /* owned; nullable */
  double      x, y;
  char       *replaced; /* owned; id of the image that it replaces; nullable */
} Job;

static void
piece_free (gpointer data)
{
  Piece *self = data;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->file);
  g_clear_pointer (&self->import, tela_import_free);
  g_clear_pointer (&self->files, g_hash_table_unref);
  g_free (self->name);
  g_free (self);
}

static void
job_free (gpointer data)
{
  Job *self = data;

  g_ptr_array_unref (self->pieces);
  g_clear_object (&self->assets);
  g_clear_object (&self->store);
  g_free (self->replaced);
  g_free (self);
}

static GBytes *
load (GFile        *file,
      GCancellable *cancellable,
      GError      **error)
{
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                         G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return NULL;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || g_file_info_get_size (info) > MAX_BYTES)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("it is too large, or no file"));
      return NULL;
    }

  return g_file_load_bytes (file, cancellable, NULL, error);
}

/* One that only shows a box is of no use. */
static gboolean
check_picture (TelaImport *import,
               GError    **error)
{
  GHashTableIter iter;
  gpointer       bytes;

  g_hash_table_iter_init (&iter, import->assets);
  while (g_hash_table_iter_next (&iter, NULL, &bytes))
    if (!tela_paint_can_show (bytes))
      {
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             _ ("the image is damaged, of a kind that this computer cannot show, or too large"));
        return FALSE;
      }

  return TRUE;
}

/* The images are on disk before any element names them. */
static gboolean
read_piece (Piece        *piece,
            TelaStore    *store,
            GCancellable *cancellable,
            GError      **error)
{
  GHashTableIter iter;
  gpointer       id, bytes;
  const char    *data;
  gsize          len;

  if (piece->bytes == NULL)
    piece->bytes = load (piece->file, cancellable, error);
  if (piece->bytes == NULL)
    return FALSE;

  data = g_bytes_get_data (piece->bytes, &len);
  piece->import = tela_format_read (data, len, (TelaStamp){ .time = 1 }, NULL, NULL, error);
  if (piece->import == NULL)
    return FALSE;

  piece->is_picture = *data != '{' && piece->import->elements->len <= 2;
  if (piece->is_picture && !check_picture (piece->import, error))
    return FALSE;
  piece->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, piece->import->assets);
  while (store != NULL && g_hash_table_iter_next (&iter, &id, &bytes))
    {
      char *hash = tela_store_put_asset (store, bytes, error);

      if (hash == NULL)
        return FALSE;
      g_hash_table_insert (piece->files, g_strdup (id), hash);
    }

  return TRUE;
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Job    *job = data;
  GError *error = NULL;

  for (guint i = 0; i < job->pieces->len; i++)
    {
      Piece *piece = job->pieces->pdata[i];
      g_autoptr (GError) problem = NULL;

      if (read_piece (piece, job->store, cancellable, &problem))
        continue;
      g_clear_pointer (&piece->import, tela_import_free);
      if (error != NULL)
        continue;
      error = g_error_new (problem->domain, problem->code, "%s%s%s", piece->name == NULL ? "" : piece->name,
                           piece->name == NULL ? "" : ": ", problem->message);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
is_image (const TelaElement *element)
{
  return g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "image") == 0;
}

/* A picture of its own: no larger than the view has room for, and called like its file. */
static TelaElement *
fit_picture (const TelaElement *image,
             const char        *name,
             TelaRect           visible)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (image));
  TelaRect       box = tela_element_get_box (image);
  double         scale =
      MIN (1, MIN (SHARE * visible.width / MAX (box.width, 1), SHARE * visible.height / MAX (box.height, 1)));
  g_autoptr (TelaElement) change = NULL;

  tela_factory_set_rect (op, (TelaRect){ box.x, box.y, box.width * scale, box.height * scale });
  if (name != NULL)
    tela_op_builder_set_string (op, TELA_KEY_NAME, name);
  change = tela_op_builder_end (op, (TelaStamp){ .time = 2 });

  return tela_element_merge (image, change, NULL);
}

/* (transfer full) What of the piece is to be seen. */
static GPtrArray *
collect (Piece   *piece,
         TelaRect visible)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < piece->import->elements->len; i++)
    {
      TelaElement *element = piece->import->elements->pdata[i];

      if (!tela_element_is_visible (element) || !tela_element_validate (element, NULL))
        continue;
      if (piece->is_picture && is_image (element))
        g_ptr_array_add (all, fit_picture (element, piece->name, visible));
      else
        g_ptr_array_add (all, tela_element_ref (element));
    }

  return all;
}

/* They are on disk already: this has them sent to the server. */
static void
queue_uploads (Job   *job,
               Piece *piece)
{
  GHashTableIter iter;
  gpointer       hash;

  g_hash_table_iter_init (&iter, piece->files);
  while (job->assets != NULL && g_hash_table_iter_next (&iter, NULL, &hash))
    tela_assets_upload (job->assets, hash);
}

/* Around the wished place; several things side by side. FALSE: there is nothing. */
static gboolean
insert (TelaCanvas *canvas,
        Job        *job)
{
  g_autoptr (TelaCopies) copies = tela_copies_new (tela_canvas_get_board (canvas));
  TelaRect visible = tela_viewport_get_visible (tela_canvas_get_viewport (canvas));
  double   left = 0;
  gboolean any = FALSE;

  for (guint i = 0; i < job->pieces->len; i++)
    {
      Piece *piece = job->pieces->pdata[i];
      g_autoptr (GPtrArray) elements = NULL;
      TelaFrame frame;

      if (piece->import == NULL)
        continue;
      elements = collect (piece, visible);
      if (elements->len == 0)
        continue;
      any = TRUE;
      queue_uploads (job, piece);
      frame = tela_frame_of (elements);
      if (left == 0)
        left = job->x - frame.box.width / 2;
      tela_copies_add (copies, elements, piece->files, left - frame.box.x, job->y - frame.box.height / 2 - frame.box.y);
      left += frame.box.width + GAP;
    }
  tela_copies_insert (copies, canvas);

  return any;
}

/* As wide as before; its crop was the other's. */
static gboolean
replace (TelaCanvas *canvas,
         Job        *job)
{
  Piece             *piece = job->pieces->pdata[0];
  const TelaElement *old = tela_board_lookup_shown (tela_canvas_get_board (canvas), job->replaced);
  const TelaElement *image = NULL;
  const char        *file;
  TelaOpBuilder     *op;
  TelaRect           from, to;
  g_autoptr (TelaElement) change = NULL;

  for (guint i = 0; piece->import != NULL && image == NULL && i < piece->import->elements->len; i++)
    if (is_image (piece->import->elements->pdata[i]))
      image = piece->import->elements->pdata[i];
  if (old == NULL || image == NULL || !piece->is_picture)
    return FALSE;

  from = tela_element_get_box (image);
  to = tela_element_get_box (old);
  to.y += to.height / 2;
  to.height = to.width * from.height / MAX (from.width, 1e-3);
  to.y -= to.height / 2;
  file = tela_element_get_string (image, TELA_KEY_FILE_ID);
  op = tela_op_builder_new (job->replaced);
  tela_factory_set_rect (op, to);
  tela_op_builder_set_string (op, TELA_KEY_FILE_ID, g_hash_table_lookup (piece->files, file) ?: file);
  tela_op_builder_set_json (op, TELA_KEY_CROP, "null");
  tela_op_builder_set_string (op, TELA_KEY_NAME, piece->name);
  change = tela_op_builder_end (op, (TelaStamp){ 0 });

  queue_uploads (job, piece);
  tela_session_edit (tela_canvas_get_session (canvas), &change, 1);

  return TRUE;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  TelaCanvas *canvas = TELA_CANVAS (source);
  Job        *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (TelaSession) session = user_data; /* of the board it is for */
  g_autoptr (GError) error = NULL;
  gboolean any;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (tela_canvas_get_session (canvas) != session || !tela_canvas_can_edit (canvas))
    return;

  any = job->replaced != NULL ? replace (canvas, job) : insert (canvas, job);
  if (error == NULL && !any)
    tela_canvas_tell (canvas, _ ("There is nothing in it to be inserted"));
  else if (error != NULL)
    {
      g_autofree char *text = NULL;

      /* Translators: %s says why, perhaps after the name of the file */
      text = g_strdup_printf (_ ("It cannot be inserted: %s"), error->message);
      tela_canvas_tell (canvas, text);
    }
}

static Job *
job_new (TelaCanvas *canvas,
         double      x,
         double      y)
{
  Job        *job = g_new0 (Job, 1);
  TelaAssets *assets = tela_canvas_get_assets (canvas);
  TelaStore  *store = tela_canvas_get_store (canvas);

  job->pieces = g_ptr_array_new_with_free_func (piece_free);
  job->assets = assets == NULL ? NULL : g_object_ref (assets);
  job->store = store == NULL ? NULL : g_object_ref (store);
  job->x = x;
  job->y = y;

  return job;
}

static void
start (TelaCanvas *canvas,
       Job        *job)
{
  g_autoptr (GTask) task = g_task_new (canvas, NULL, read_cb, g_object_ref (tela_canvas_get_session (canvas)));

  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, read_in_thread);
}

void
tela_paste_bytes (TelaCanvas *canvas,
                  GBytes     *bytes,
                  const char *name,
                  double      x,
                  double      y)
{
  Job   *job;
  Piece *piece;

  g_return_if_fail (TELA_IS_CANVAS (canvas));

  if (!tela_canvas_can_edit (canvas) || g_bytes_get_size (bytes) == 0)
    return;

  job = job_new (canvas, x, y);
  piece = g_new0 (Piece, 1);
  piece->bytes = g_bytes_ref (bytes);
  piece->name = g_strdup (name);
  g_ptr_array_add (job->pieces, piece);
  start (canvas, job);
}

static void
add_file (Job   *job,
          GFile *file)
{
  Piece           *piece = g_new0 (Piece, 1);
  g_autofree char *base = g_file_get_basename (file);

  piece->file = g_object_ref (file);
  piece->name = g_filename_display_name (base);
  g_ptr_array_add (job->pieces, piece);
}

void
tela_paste_replace (TelaCanvas *canvas,
                    GFile      *file,
                    const char *id)
{
  Job *job;

  g_return_if_fail (TELA_IS_CANVAS (canvas));

  if (!tela_canvas_can_edit (canvas))
    return;

  job = job_new (canvas, 0, 0);
  job->replaced = g_strdup (id);
  add_file (job, file);
  start (canvas, job);
}

void
tela_paste_files (TelaCanvas *canvas,
                  GPtrArray  *files,
                  double      x,
                  double      y)
{
  Job *job;

  g_return_if_fail (TELA_IS_CANVAS (canvas));

  if (!tela_canvas_can_edit (canvas))
    return;

  job = job_new (canvas, x, y);
  for (guint i = 0; i < files->len; i++)
    add_file (job, files->pdata[i]);
  start (canvas, job);
}
