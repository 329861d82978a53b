/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-cursor.h"

#include <math.h>

#include "tela-json.h"

#define MAX_NAME 64
#define MAX_AGO_MS 10000

TelaCursor *
tela_cursor_new (void)
{
  return g_new0 (TelaCursor, 1);
}

void
tela_cursor_free (TelaCursor *self)
{
  g_clear_pointer (&self->selected, g_ptr_array_unref);
  g_free (self->writing);
  g_free (self->tool);
  g_free (self);
}

/* Of what does not fit the shape stays: each other sample goes, the last one never. */
static guint
add_sample (TelaCursorSample *samples,
            guint             n,
            TelaCursorSample  sample)
{
  if (n == TELA_CURSOR_MAX_SAMPLES)
    {
      for (guint i = 1; 2 * i < n; i++)
        samples[i] = samples[2 * i];
      n /= 2;
    }
  samples[n] = sample;

  return n + 1;
}

void
tela_cursor_add_path (TelaCursor *self,
                      gint64      at,
                      double      x,
                      double      y)
{
  self->n_path = add_sample (self->path, self->n_path, (TelaCursorSample){ at, x, y });
}

void
tela_cursor_add_laser (TelaCursor *self,
                       gint64      at,
                       double      x,
                       double      y)
{
  self->n_laser = add_sample (self->laser, self->n_laser, (TelaCursorSample){ at, x, y });
}

/* A hundredth of a unit is finer than any pointer. */
static double
rounded (double value)
{
  return round (value * 100) / 100;
}

static void
write_samples (TelaJsonWriter         *writer,
               const char             *name,
               const TelaCursorSample *samples,
               guint                   n,
               gint64                  at)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_begin_array (writer);
  for (guint i = 0; i < n; i++)
    {
      tela_json_writer_begin_array (writer);
      tela_json_writer_int (writer, at - samples[i].at);
      tela_json_writer_number (writer, rounded (samples[i].x));
      tela_json_writer_number (writer, rounded (samples[i].y));
      tela_json_writer_end_array (writer);
    }
  tela_json_writer_end_array (writer);
}

static void
write_rect (TelaJsonWriter *writer,
            const char     *name,
            TelaRect        rect)
{
  if (rect.width <= 0)
    return;
  tela_json_writer_name (writer, name);
  tela_json_writer_begin_array (writer);
  tela_json_writer_number (writer, rounded (rect.x));
  tela_json_writer_number (writer, rounded (rect.y));
  tela_json_writer_number (writer, rounded (rect.width));
  tela_json_writer_number (writer, rounded (rect.height));
  tela_json_writer_end_array (writer);
}

static void
write_string (TelaJsonWriter *writer,
              const char     *name,
              const char     *value)
{
  if (value == NULL)
    return;
  tela_json_writer_put_string (writer, name, value);
}

char *
tela_cursor_write (const TelaCursor *self)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_int (&writer, "at", self->at);
  write_samples (&writer, "path", self->path, self->n_path, self->at);
  if (self->n_laser > 0)
    write_samples (&writer, "laser", self->laser, self->n_laser, self->at);
  write_rect (&writer, "view", self->view);
  write_rect (&writer, "around", self->around);
  if (self->selected != NULL && self->selected->len > 0)
    {
      tela_json_writer_name (&writer, "selected");
      tela_json_writer_begin_array (&writer);
      for (guint i = 0; i < self->selected->len; i++)
        tela_json_writer_string (&writer, self->selected->pdata[i]);
      tela_json_writer_end_array (&writer);
    }
  write_string (&writer, "writing", self->writing);
  write_string (&writer, "tool", self->tool);
  if (self->bring > 0)
    {
      tela_json_writer_put_int (&writer, "bring", self->bring);
    }
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}

/* So many numbers; what is more of them is passed over. */
static void
read_numbers (TelaJsonReader *reader,
              double         *values,
              guint           n)
{
  guint found = 0;

  if (!tela_json_reader_enter_array (reader))
    return;
  while (tela_json_reader_next_item (reader))
    if (found < n && tela_json_reader_number (reader, &values[found], NULL))
      found += isfinite (values[found]);
  if (found < n)
    tela_json_reader_fail (reader, TELA_JSON_ERROR_TYPE, "too few numbers");
}

static TelaRect
read_rect (TelaJsonReader *reader)
{
  double v[4] = { 0 };

  read_numbers (reader, v, G_N_ELEMENTS (v));
  if (v[2] < 0 || v[3] < 0)
    tela_json_reader_fail (reader, TELA_JSON_ERROR_TYPE, "a size below nothing");

  return (TelaRect){ v[0], v[1], v[2], v[3] };
}

/* With times before the message's. */
static guint
read_samples (TelaJsonReader   *reader,
              TelaCursorSample *samples)
{
  guint n = 0;

  if (!tela_json_reader_enter_array (reader))
    return 0;
  while (tela_json_reader_next_item (reader))
    {
      double v[3] = { 0 };

      read_numbers (reader, v, G_N_ELEMENTS (v));
      n = add_sample (samples, n, (TelaCursorSample){ -(gint64) CLAMP (v[0], 0, MAX_AGO_MS), v[1], v[2] });
    }

  return n;
}

static GPtrArray *
read_ids (TelaJsonReader *reader)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  if (!tela_json_reader_enter_array (reader))
    return ids;
  while (tela_json_reader_next_item (reader))
    if (ids->len < TELA_CURSOR_MAX_SELECTED)
      {
        char *id = tela_json_reader_string (reader, NULL, NULL);

        if (id != NULL)
          g_ptr_array_add (ids, id);
      }

  return ids;
}

static char *
read_name (TelaJsonReader *reader)
{
  gsize len = 0;
  char *name = tela_json_reader_string (reader, &len, NULL);

  if (len > MAX_NAME)
    tela_json_reader_fail (reader, TELA_JSON_ERROR_TOO_LARGE, "a long name");

  return name;
}

static void
read_member (TelaJsonReader *reader,
             TelaJsonSpan    name,
             TelaCursor     *self)
{
  double number = 0;

  if (TELA_JSON_SPAN_IS (name, "at"))
    tela_json_reader_int64 (reader, &self->at);
  else if (TELA_JSON_SPAN_IS (name, "path"))
    self->n_path = read_samples (reader, self->path);
  else if (TELA_JSON_SPAN_IS (name, "laser"))
    self->n_laser = read_samples (reader, self->laser);
  else if (TELA_JSON_SPAN_IS (name, "view"))
    self->view = read_rect (reader);
  else if (TELA_JSON_SPAN_IS (name, "around"))
    self->around = read_rect (reader);
  else if (TELA_JSON_SPAN_IS (name, "selected") && self->selected == NULL)
    self->selected = read_ids (reader);
  else if (TELA_JSON_SPAN_IS (name, "writing") && self->writing == NULL)
    self->writing = read_name (reader);
  else if (TELA_JSON_SPAN_IS (name, "tool") && self->tool == NULL)
    self->tool = read_name (reader);
  else if (TELA_JSON_SPAN_IS (name, "bring") && tela_json_reader_number (reader, &number, NULL))
    self->bring = (guint) CLAMP (number, 0, G_MAXINT32);
}

TelaCursor *
tela_cursor_read (const char *data,
                  gsize       len,
                  GError    **error)
{
  g_autoptr (TelaCursor) self = tela_cursor_new ();
  TelaJsonReader reader;
  TelaJsonSpan   name;

  tela_json_reader_init (&reader, data, (gssize) len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    read_member (&reader, name, self);
  if (!tela_json_reader_failed (&reader) && (self->at < 0 || self->at > G_MAXINT64 / 2000))
    tela_json_reader_fail (&reader, TELA_JSON_ERROR_TYPE, "no time");
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  for (guint i = 0; i < self->n_path; i++)
    self->path[i].at += self->at;
  for (guint i = 0; i < self->n_laser; i++)
    self->laser[i].at += self->at;

  return g_steal_pointer (&self);
}
