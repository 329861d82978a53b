/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-element.h"

#define GAP 24.0 /* board units between a deleted placeholder's place and the picture */
#define STROKE "#868e96"
#define FACE "#f1f3f5"

/* customData */

static gboolean
find_custom (const TelaElement *element,
             TelaJsonSpan      *custom)
{
  TelaValue value;

  if (element == NULL || !tela_element_get (element, TELA_KEY_CUSTOM_DATA, &value, NULL) ||
      value.kind != TELA_VALUE_JSON)
    return FALSE;
  *custom = (TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) };
  return custom->data[0] == '{';
}

static gboolean
find_tela (const TelaElement *element,
           TelaJsonSpan      *tela)
{
  TelaJsonSpan custom;

  return find_custom (element, &custom) && tela_json_find (custom, "tela", tela);
}

static gboolean
is_string (TelaJsonSpan object,
           const char  *name,
           const char  *text)
{
  TelaJsonSpan     value;
  TelaJsonReader   reader;
  g_autofree char *string = NULL;

  if (!tela_json_find (object, name, &value))
    return FALSE;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_STRING)
    string = tela_json_reader_string (&reader, NULL, NULL);
  return g_strcmp0 (string, text) == 0;
}

static void
write_name_and_string (TelaJsonWriter *writer,
                       const char     *name,
                       const char     *value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_string (writer, value);
}

static void
write_job (TelaJsonWriter   *writer,
           const TelaJobRow *row)
{
  tela_json_writer_name (writer, "job");
  tela_json_writer_begin_object (writer);
  write_name_and_string (writer, "id", row->id);
  write_name_and_string (writer, "element", row->element_id);
  write_name_and_string (writer, "state", tela_job_state_get_name (row->state));
  if (row->state == TELA_JOB_QUEUED && row->place >= 0)
    {
      tela_json_writer_name (writer, "place");
      tela_json_writer_int (writer, row->place);
    }
  if (row->state == TELA_JOB_RUNNING && row->progress >= 0)
    {
      tela_json_writer_name (writer, "progress");
      tela_json_writer_number (writer, row->progress);
    }
  if (row->error != NULL)
    write_name_and_string (writer, "error", row->error);
  tela_json_writer_end_object (writer);
}

/* What others keep there stays. (transfer full) */
static char *
write_custom (const TelaElement *element,
              const TelaJobRow  *row,
              gboolean           is_done)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;
  TelaJsonReader reader;
  TelaJsonSpan   custom, name, value;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  if (find_custom (element, &custom))
    {
      tela_json_reader_init (&reader, custom.data, (gssize) custom.len);
      tela_json_reader_enter_object (&reader);
      while (tela_json_reader_next_member (&reader, &name))
        {
          g_autofree char *text = tela_json_unescape (name, NULL, NULL);

          if (strcmp (text, "tela") == 0 || !tela_json_reader_span (&reader, &value))
            continue;
          tela_json_writer_name (&writer, text);
          tela_json_writer_raw (&writer, value.data, value.len);
        }
    }
  tela_json_writer_name (&writer, "tela");
  tela_json_writer_begin_object (&writer);
  if (is_done)
    write_name_and_string (&writer, "jobId", row->id);
  else
    write_job (&writer, row);
  write_name_and_string (&writer, "prompt", row->prompt);
  write_name_and_string (&writer, "model", row->model);
  if (row->has_seed)
    {
      tela_json_writer_name (&writer, "seed");
      tela_json_writer_int (&writer, row->seed);
    }
  tela_json_writer_end_object (&writer);
  tela_json_writer_end_object (&writer);
  return g_string_free (out, FALSE);
}

static void
set_custom (TelaOpBuilder     *op,
            const TelaElement *element,
            const TelaJobRow  *row,
            gboolean           is_done)
{
  g_autofree char *json = write_custom (element, row, is_done);

  tela_op_builder_set_json (op, TELA_KEY_CUSTOM_DATA, json);
}

static void
set_box (TelaOpBuilder *op,
         TelaRect       box)
{
  tela_op_builder_set_number (op, TELA_KEY_X, box.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, box.y);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, box.width);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, box.height);
}

static void
set_plain (TelaOpBuilder *op,
           const char    *index,
           const char    *frame_id)
{
  tela_op_builder_set_number (op, TELA_KEY_ANGLE, 0);
  tela_op_builder_set_string (op, TELA_KEY_FILL_STYLE, "solid");
  tela_op_builder_set_number (op, TELA_KEY_STROKE_WIDTH, 1);
  tela_op_builder_set_number (op, TELA_KEY_ROUGHNESS, 0);
  tela_op_builder_set_number (op, TELA_KEY_OPACITY, 100);
  tela_op_builder_set_number (op, TELA_KEY_SEED, 1);
  tela_op_builder_set_json (op, TELA_KEY_GROUP_IDS, "[]");
  if (frame_id != NULL)
    tela_op_builder_set_string (op, TELA_KEY_FRAME_ID, frame_id);
  else
    tela_op_builder_set_json (op, TELA_KEY_FRAME_ID, "null");
  tela_op_builder_set_string (op, TELA_KEY_INDEX, index);
  tela_op_builder_set_boolean (op, TELA_KEY_IS_DELETED, FALSE);
  tela_op_builder_set_json (op, TELA_KEY_LINK, "null");
  tela_op_builder_set_boolean (op, TELA_KEY_LOCKED, FALSE);
}

/* The placeholder */

TelaElement *
tela_job_element_new (const TelaJobRow *row,
                      const char       *index,
                      TelaRect          box,
                      const char       *frame_id)
{
  TelaOpBuilder *op = tela_op_builder_new (row->element_id);

  tela_op_builder_set_string (op, TELA_KEY_TYPE, "rectangle");
  set_box (op, box);
  set_plain (op, index, frame_id);
  tela_op_builder_set_string (op, TELA_KEY_STROKE_COLOR, STROKE);
  tela_op_builder_set_string (op, TELA_KEY_BACKGROUND_COLOR, FACE);
  tela_op_builder_set_string (op, TELA_KEY_STROKE_STYLE, "dashed");
  tela_op_builder_set_json (op, TELA_KEY_ROUNDNESS, "{\"type\":3}");
  set_custom (op, NULL, row, FALSE);
  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

gboolean
tela_job_element_is_placeholder (const TelaElement *element,
                                 const char        *job_id)
{
  TelaJsonSpan tela, job;

  return element != NULL && tela_element_is_visible (element) && find_tela (element, &tela) &&
         tela_json_find (tela, "job", &job) && is_string (job, "id", job_id);
}

TelaElement *
tela_job_element_tell (const TelaElement *placeholder,
                       const char        *job_id,
                       const TelaJobRow  *row)
{
  TelaOpBuilder   *op;
  g_autofree char *json = NULL;
  TelaJsonSpan     custom;

  if (!tela_job_element_is_placeholder (placeholder, job_id))
    return NULL;
  json = write_custom (placeholder, row, FALSE);
  if (find_custom (placeholder, &custom) && tela_json_equal (custom, (TelaJsonSpan){ json, strlen (json) }))
    return NULL;
  op = tela_op_builder_new (tela_element_get_id (placeholder));
  tela_op_builder_set_json (op, TELA_KEY_CUSTOM_DATA, json);
  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

/* The picture */

TelaRect
tela_job_get_next_box (TelaRect box)
{
  box.x += box.width + GAP;
  return box;
}

TelaRect
tela_job_fit (TelaRect box,
              int      width,
              int      height)
{
  double   scale = MIN (box.width / width, box.height / height);
  TelaRect fit = { 0, 0, width * scale, height * scale };

  fit.x = box.x + (box.width - fit.width) / 2;
  fit.y = box.y + (box.height - fit.height) / 2;
  return fit;
}

static void
set_picture (TelaOpBuilder        *op,
             const TelaJobPicture *picture)
{
  tela_op_builder_set_string (op, TELA_KEY_TYPE, "image");
  tela_op_builder_set_string (op, TELA_KEY_FILE_ID, picture->sha256);
  tela_op_builder_set_string (op, TELA_KEY_STATUS, "saved");
  tela_op_builder_set_json (op, TELA_KEY_SCALE, "[1,1]");
  tela_op_builder_set_json (op, TELA_KEY_CROP, "null");
  tela_op_builder_set_string (op, TELA_KEY_STROKE_COLOR, "transparent");
  tela_op_builder_set_string (op, TELA_KEY_BACKGROUND_COLOR, "transparent");
  tela_op_builder_set_string (op, TELA_KEY_STROKE_STYLE, "solid");
  tela_op_builder_set_json (op, TELA_KEY_ROUNDNESS, "null");
}

static gboolean
is_there (const TelaElement *element,
          const TelaJobRow  *row)
{
  TelaJsonSpan tela;

  return element != NULL && find_tela (element, &tela) && is_string (tela, "jobId", row->id);
}

/* The one beside has an id that follows from the job's, so that twice is once. (transfer full) */
static char *
dup_id_beside (const TelaJobRow *row)
{
  return g_strconcat ("job-", row->id, NULL);
}

static TelaElement *
place_beside (TelaBoard            *board,
              const TelaJobRow     *row,
              TelaRect              box,
              const TelaJobPicture *picture)
{
  g_autofree char *id = dup_id_beside (row);
  g_autofree char *index = tela_board_top_index (board);
  TelaOpBuilder   *op;

  if (is_there (tela_board_lookup (board, id), row))
    return NULL;
  box = tela_job_get_next_box (box);
  op = tela_op_builder_new (id);
  set_picture (op, picture);
  set_plain (op, index, NULL);
  set_box (op, tela_job_fit (box, picture->width, picture->height));
  set_custom (op, NULL, row, TRUE);
  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

TelaElement *
tela_job_element_place (TelaBoard            *board,
                        const TelaJobRow     *row,
                        TelaRect              box,
                        const TelaJobPicture *picture)
{
  const TelaElement *old = row->element_id != NULL ? tela_board_lookup (board, row->element_id) : NULL;
  TelaOpBuilder     *op;

  if (is_there (old, row))
    return NULL;
  if (!tela_job_element_is_placeholder (old, row->id))
    return place_beside (board, row, old != NULL && tela_element_has (old, TELA_KEY_X) ? tela_element_get_box (old) : box,
                         picture);
  op = tela_op_builder_new (row->element_id);
  set_picture (op, picture);
  set_box (op, tela_job_fit (tela_element_get_box (old), picture->width, picture->height));
  set_custom (op, old, row, TRUE);
  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

const TelaElement *
tela_job_element_find (TelaBoard        *board,
                       const TelaJobRow *row)
{
  g_autofree char   *beside = dup_id_beside (row);
  const TelaElement *element = row->element_id != NULL ? tela_board_lookup_shown (board, row->element_id) : NULL;

  return element != NULL ? element : tela_board_lookup_shown (board, beside);
}

TelaRect
tela_job_get_box (TelaJob *self)
{
  return (TelaRect){ tela_job_get_input_number (self, "x", 0), tela_job_get_input_number (self, "y", 0),
                     MAX (tela_job_get_input_number (self, "width", 512), 1),
                     MAX (tela_job_get_input_number (self, "height", 512), 1) };
}
