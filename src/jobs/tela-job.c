/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job.h"

static const char *const names[] = { "queued", "running", "done", "failed", "cancelled", "unknown" };

struct _TelaJob
{
  GObject parent_instance;

  TelaJobRow *row; /* owned */
};

G_DEFINE_FINAL_TYPE (TelaJob, tela_job, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* States */

const char *
tela_job_state_get_name (TelaJobState state)
{
  return names[state];
}

TelaJobState
tela_job_state_from_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (name, names[i]) == 0)
      return i;
  return TELA_JOB_UNKNOWN;
}

gboolean
tela_job_state_is_over (TelaJobState state)
{
  return state != TELA_JOB_QUEUED && state != TELA_JOB_RUNNING;
}

/* Rows */

static char *
read_text (TelaJsonReader *reader)
{
  if (tela_json_reader_peek (reader) == TELA_JSON_STRING)
    return tela_json_reader_string (reader, NULL, NULL);
  tela_json_reader_skip (reader);
  return NULL;
}

static void
read_number (TelaJsonReader *reader,
             double         *value,
             gboolean       *is_there)
{
  if (tela_json_reader_peek (reader) == TELA_JSON_NUMBER)
    *is_there = tela_json_reader_number (reader, value, NULL);
  else
    tela_json_reader_skip (reader);
}

static gint64
read_time (TelaJsonReader *reader)
{
  g_autofree char *text = read_text (reader);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  if (time == NULL)
    return 0;
  return g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
}

/* A column of JSON; null is none. */
static char *
read_json (TelaJsonReader *reader)
{
  TelaJsonSpan span;

  if (tela_json_reader_peek (reader) == TELA_JSON_OBJECT && tela_json_reader_span (reader, &span))
    return g_strndup (span.data, span.len);
  tela_json_reader_skip (reader);
  return NULL;
}

static void
set_text (char          **place,
          TelaJsonReader *reader)
{
  g_free (*place);
  *place = read_text (reader);
}

static gboolean
read_text_member (TelaJobRow     *self,
                  TelaJsonReader *reader,
                  TelaJsonSpan    name)
{
  const struct
  {
    const char *name;
    char      **place;
  } texts[] = {
    { "id", &self->id },
    { "project_id", &self->project_id },
    { "element_id", &self->element_id },
    { "request_id", &self->request_id },
    { "model", &self->model },
    { "prompt", &self->prompt },
    { "error", &self->error },
    { "asset", &self->asset },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (name.len == strlen (texts[i].name) && memcmp (name.data, texts[i].name, name.len) == 0)
      {
        set_text (texts[i].place, reader);
        return TRUE;
      }
  return FALSE;
}

static void
read_member (TelaJobRow     *self,
             TelaJsonReader *reader,
             TelaJsonSpan    name)
{
  double   number = 0;
  gboolean is_there = FALSE;

  if (read_text_member (self, reader, name))
    return;
  if (TELA_JSON_SPAN_IS (name, "status"))
    {
      g_autofree char *status = read_text (reader);

      self->state = tela_job_state_from_name (status);
    }
  else if (TELA_JSON_SPAN_IS (name, "input"))
    {
      g_free (self->input);
      self->input = read_json (reader);
    }
  else if (TELA_JSON_SPAN_IS (name, "created_at"))
    self->created_ms = read_time (reader);
  else if (TELA_JSON_SPAN_IS (name, "seed") || TELA_JSON_SPAN_IS (name, "sequence"))
    {
      gboolean is_seed = TELA_JSON_SPAN_IS (name, "seed");

      if (tela_json_reader_peek (reader) != TELA_JSON_NUMBER)
        tela_json_reader_skip (reader);
      else if (is_seed)
        self->has_seed = tela_json_reader_int64 (reader, &self->seed);
      else
        tela_json_reader_int64 (reader, &self->sequence);
    }
  else if (TELA_JSON_SPAN_IS (name, "queue_position"))
    {
      read_number (reader, &number, &is_there);
      self->place = is_there ? (int) CLAMP (number, 0, G_MAXINT) : -1;
    }
  else if (TELA_JSON_SPAN_IS (name, "progress"))
    {
      read_number (reader, &number, &is_there);
      self->progress = is_there ? CLAMP (number, 0, 1) : -1;
    }
}

TelaJobRow *
tela_job_row_parse (TelaJsonSpan object,
                    GError     **error)
{
  g_autoptr (TelaJobRow) self = g_new0 (TelaJobRow, 1);
  TelaJsonReader reader;
  TelaJsonSpan   name;

  self->state = TELA_JOB_UNKNOWN;
  self->place = -1;
  self->progress = -1;
  tela_json_reader_init (&reader, object.data, (gssize) object.len);
  if (tela_json_reader_enter_object (&reader))
    while (tela_json_reader_next_member (&reader, &name))
      read_member (self, &reader, name);
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  if (self->id == NULL)
    {
      g_set_error (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TYPE, "A job has no id");
      return NULL;
    }
  if (self->model == NULL)
    self->model = g_strdup ("");
  if (self->prompt == NULL)
    self->prompt = g_strdup ("");
  return g_steal_pointer (&self);
}

TelaJobRow *
tela_job_row_copy (const TelaJobRow *self)
{
  TelaJobRow *copy = g_new (TelaJobRow, 1);

  *copy = *self;
  copy->id = g_strdup (self->id);
  copy->project_id = g_strdup (self->project_id);
  copy->element_id = g_strdup (self->element_id);
  copy->request_id = g_strdup (self->request_id);
  copy->model = g_strdup (self->model);
  copy->prompt = g_strdup (self->prompt);
  copy->error = g_strdup (self->error);
  copy->asset = g_strdup (self->asset);
  copy->input = g_strdup (self->input);
  return copy;
}

void
tela_job_row_free (TelaJobRow *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->project_id);
  g_free (self->element_id);
  g_free (self->request_id);
  g_free (self->model);
  g_free (self->prompt);
  g_free (self->error);
  g_free (self->asset);
  g_free (self->input);
  g_free (self);
}

/* Jobs */

static void
tela_job_finalize (GObject *object)
{
  TelaJob *self = TELA_JOB (object);

  g_clear_pointer (&self->row, tela_job_row_free);
  G_OBJECT_CLASS (tela_job_parent_class)->finalize (object);
}

static void
tela_job_class_init (TelaJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_job_finalize;

  signals[CHANGED] = g_signal_new ("changed", TELA_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_job_init (TelaJob *self)
{
}

TelaJob *
tela_job_new (TelaJobRow *row)
{
  TelaJob *self = g_object_new (TELA_TYPE_JOB, NULL);

  self->row = row;
  return self;
}

const TelaJobRow *
tela_job_get_row (TelaJob *self)
{
  g_return_val_if_fail (TELA_IS_JOB (self), NULL);
  return self->row;
}

const char *
tela_job_get_id (TelaJob *self)
{
  g_return_val_if_fail (TELA_IS_JOB (self), NULL);
  return self->row->id;
}

TelaJobState
tela_job_get_state (TelaJob *self)
{
  g_return_val_if_fail (TELA_IS_JOB (self), TELA_JOB_UNKNOWN);
  return self->row->state;
}

gboolean
tela_job_is_over (TelaJob *self)
{
  return tela_job_state_is_over (tela_job_get_state (self));
}

/* The sequence alone decides, so that any order of the same events ends the same. */
gboolean
tela_job_take_row (TelaJob    *self,
                   TelaJobRow *row)
{
  g_return_val_if_fail (TELA_IS_JOB (self), FALSE);
  g_return_val_if_fail (strcmp (self->row->id, row->id) == 0, FALSE);

  if (row->sequence <= self->row->sequence)
    {
      tela_job_row_free (row);
      return FALSE;
    }
  tela_job_row_free (self->row);
  self->row = row;
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

static gboolean
find_input (TelaJob      *self,
            const char   *name,
            TelaJsonSpan *value)
{
  const char *input = self->row->input;

  return input != NULL && tela_json_find ((TelaJsonSpan){ input, strlen (input) }, name, value);
}

char *
tela_job_dup_input (TelaJob    *self,
                    const char *name)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;

  g_return_val_if_fail (TELA_IS_JOB (self), NULL);

  if (!find_input (self, name, &value))
    return NULL;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  return read_text (&reader);
}

double
tela_job_get_input_number (TelaJob    *self,
                           const char *name,
                           double      fallback)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;
  double         number = fallback;
  gboolean       is_there;

  g_return_val_if_fail (TELA_IS_JOB (self), fallback);

  if (!find_input (self, name, &value))
    return fallback;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  read_number (&reader, &number, &is_there);
  return number;
}
