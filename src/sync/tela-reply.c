/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-reply.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
refused_free (TelaRefused *self)
{
  g_free (self->code);
  g_free (self->message);
  g_free (self);
}

static void
init_reader (TelaJsonReader *reader,
             GBytes         *body)
{
  gsize       len = 0;
  const char *data = g_bytes_get_data (body, &len);

  tela_json_reader_init (reader, data != NULL ? data : "", (gssize) len);
}

/* Text of a member that may be null; other kinds fail the reader. */
static void
read_text (TelaJsonReader *reader,
           char          **text)
{
  g_clear_pointer (text, g_free);
  if (tela_json_reader_peek (reader) == TELA_JSON_NULL)
    tela_json_reader_skip (reader);
  else
    *text = tela_json_reader_string (reader, NULL, NULL);
}

static void
read_text_or_int (TelaJsonReader *reader,
                  char          **text)
{
  gint64 number = 0;

  if (tela_json_reader_peek (reader) != TELA_JSON_NUMBER)
    {
      read_text (reader, text);
      return;
    }
  g_clear_pointer (text, g_free);
  if (tela_json_reader_int64 (reader, &number))
    *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

/* A time: milliseconds, or ISO 8601 as Postgres and we write it. */
static gint64
read_ms (TelaJsonReader *reader)
{
  g_autofree char *text = NULL;
  g_autoptr (GDateTime) time = NULL;
  double number = 0;

  switch (tela_json_reader_peek (reader))
    {
    case TELA_JSON_NUMBER:
      if (!tela_json_reader_number (reader, &number, NULL) || !(number >= 0 && number < 1e15))
        return 0;
      return (gint64) number;
    case TELA_JSON_STRING:
      text = tela_json_reader_string (reader, NULL, NULL);
      if (text != NULL)
        {
          g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

          time = g_date_time_new_from_iso8601 (text, utc);
        }
      return time != NULL ? g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000 : 0;
    default:
      tela_json_reader_skip (reader);
      return 0;
    }
}

static void
read_refused (TelaJsonReader *reader,
              GPtrArray      *refused)
{
  TelaJsonSpan name;

  if (!tela_json_reader_enter_array (reader))
    return;
  while (tela_json_reader_next_item (reader))
    {
      TelaRefused *one = g_new0 (TelaRefused, 1);
      gint64       i = -1;

      g_ptr_array_add (refused, one);
      if (!tela_json_reader_enter_object (reader))
        return;
      while (tela_json_reader_next_member (reader, &name))
        if (TELA_JSON_SPAN_IS (name, "i"))
          tela_json_reader_int64 (reader, &i);
        else if (TELA_JSON_SPAN_IS (name, "code"))
          read_text (reader, &one->code);
        else if (TELA_JSON_SPAN_IS (name, "message"))
          read_text (reader, &one->message);
      if (i < 0 || i > G_MAXINT)
        tela_json_reader_fail (reader, TELA_JSON_ERROR_TYPE, N_ ("a refusal that does not say of what"));
      one->i = (guint) MAX (i, 0);
    }
}

TelaHead *
tela_head_parse (GBytes  *body,
                 GError **error)
{
  g_autoptr (TelaHead) self = g_new0 (TelaHead, 1);
  TelaJsonReader reader;
  TelaJsonSpan   name;

  self->rev = -1;
  self->refused = g_ptr_array_new_with_free_func ((GDestroyNotify) refused_free);
  init_reader (&reader, body);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    if (TELA_JSON_SPAN_IS (name, "epoch"))
      read_text_or_int (&reader, &self->epoch);
    else if (TELA_JSON_SPAN_IS (name, "rev"))
      tela_json_reader_int64 (&reader, &self->rev);
    else if (TELA_JSON_SPAN_IS (name, "pruned_rev"))
      tela_json_reader_int64 (&reader, &self->pruned_rev);
    else if (TELA_JSON_SPAN_IS (name, "now"))
      self->now_ms = read_ms (&reader);
    else if (TELA_JSON_SPAN_IS (name, "refused"))
      read_refused (&reader, self->refused);
  if ((self->epoch == NULL || self->rev < 0) && !tela_json_reader_failed (&reader))
    tela_json_reader_fail (&reader, TELA_JSON_ERROR_TYPE, N_ ("no epoch and revision"));
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tela_head_free (TelaHead *self)
{
  g_free (self->epoch);
  g_clear_pointer (&self->refused, g_ptr_array_unref);
  g_free (self);
}

/* What only says when it was written as a whole: all of it was written then, by nobody in particular. The result is borrowed
 * from @text. */
static TelaJsonSpan
stamps_of_row (const char *updated_at,
               char      **text)
{
  char      stamp_text[TELA_STAMP_LENGTH + 1];
  TelaStamp stamp;

  if (updated_at == NULL || !tela_stamp_from_iso (updated_at, &stamp))
    return (TelaJsonSpan){ NULL, 0 };
  tela_stamp_format (stamp, stamp_text);
  *text = g_strdup_printf ("{\"base\":\"%s\"}", stamp_text);
  return (TelaJsonSpan){ *text, strlen (*text) };
}

static void
read_row (TelaJsonReader *reader,
          TelaPage       *page)
{
  TelaJsonSpan     name, props = { NULL, 0 }, stamps = { NULL, 0 };
  g_autofree char *id = NULL;
  g_autofree char *updated_at = NULL;
  g_autofree char *text = NULL;
  gint64           rev = -1;
  TelaElement     *element;

  if (!tela_json_reader_enter_object (reader))
    return;
  while (tela_json_reader_next_member (reader, &name))
    if (TELA_JSON_SPAN_IS (name, "id"))
      read_text (reader, &id);
    else if (TELA_JSON_SPAN_IS (name, "rev"))
      tela_json_reader_int64 (reader, &rev);
    else if (TELA_JSON_SPAN_IS (name, "props"))
      tela_json_reader_span (reader, &props);
    else if (TELA_JSON_SPAN_IS (name, "stamps"))
      tela_json_reader_span (reader, &stamps);
    else if (TELA_JSON_SPAN_IS (name, "updated_at"))
      read_text (reader, &updated_at);
  if (tela_json_reader_failed (reader))
    return;
  if (stamps.data == NULL || TELA_JSON_SPAN_IS (stamps, "null"))
    stamps = stamps_of_row (updated_at, &text);
  if (id == NULL || rev < 0 || props.data == NULL || stamps.data == NULL)
    {
      tela_json_reader_fail (reader, TELA_JSON_ERROR_TYPE, N_ ("an element without id, rev, props or stamps"));
      return;
    }

  element = tela_element_id_is_valid (id, strlen (id)) ? tela_element_from_row (id, props, stamps, NULL) : NULL;
  if (element != NULL)
    g_ptr_array_add (page->elements, element);
  page->n_rows++;
  page->rev = rev;
  g_free (page->id);
  page->id = g_steal_pointer (&id);
}

TelaPage *
tela_page_parse (GBytes  *body,
                 GError **error)
{
  g_autoptr (TelaPage) self = g_new0 (TelaPage, 1);
  TelaJsonReader reader;

  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->rev = -1;
  init_reader (&reader, body);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader))
    read_row (&reader, self);
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tela_page_free (TelaPage *self)
{
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_free (self->id);
  g_free (self);
}

void
tela_project_row_free (TelaProjectRow *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->role);
  g_free (self->thumbnail);
  g_free (self);
}

GPtrArray *
tela_project_rows_parse (GBytes  *body,
                         GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_project_row_free);
  TelaJsonReader reader;
  TelaJsonSpan   name;

  init_reader (&reader, body);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader))
    {
      TelaProjectRow *row = g_new0 (TelaProjectRow, 1);

      g_ptr_array_add (rows, row);
      tela_json_reader_enter_object (&reader);
      while (tela_json_reader_next_member (&reader, &name))
        if (TELA_JSON_SPAN_IS (name, "id") || TELA_JSON_SPAN_IS (name, "project_id"))
          read_text (&reader, &row->id);
        else if (TELA_JSON_SPAN_IS (name, "name"))
          read_text (&reader, &row->name);
        else if (TELA_JSON_SPAN_IS (name, "role"))
          read_text (&reader, &row->role);
        else if (TELA_JSON_SPAN_IS (name, "updated_at") || TELA_JSON_SPAN_IS (name, "updated_ms"))
          row->updated_ms = read_ms (&reader);
        else if (TELA_JSON_SPAN_IS (name, "deleted_at") || TELA_JSON_SPAN_IS (name, "deleted_ms"))
          row->deleted_ms = read_ms (&reader);
        else if (TELA_JSON_SPAN_IS (name, "thumbnail"))
          read_text (&reader, &row->thumbnail);
      if (!tela_json_reader_failed (&reader) && (row->id == NULL || !g_uuid_string_is_valid (row->id)))
        tela_json_reader_fail (&reader, TELA_JSON_ERROR_TYPE, N_ ("a board without a proper id"));
    }
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&rows);
}

static void
read_ops (TelaJsonReader *reader,
          GPtrArray      *ops)
{
  if (!tela_json_reader_enter_array (reader))
    return;
  while (tela_json_reader_next_item (reader))
    {
      TelaElement *op = tela_op_read (reader, NULL, NULL);

      if (op == NULL)
        {
          if (!tela_json_reader_failed (reader))
            tela_json_reader_fail (reader, TELA_JSON_ERROR_TYPE, N_ ("an operation that cannot be read"));
          return;
        }
      g_ptr_array_add (ops, op);
    }
}

TelaFeedChange *
tela_feed_change_parse (const char *data,
                        gsize       len,
                        GError    **error)
{
  g_autoptr (TelaFeedChange) self = g_new0 (TelaFeedChange, 1);
  TelaJsonReader reader;
  TelaJsonSpan   name;

  self->rev = -1;
  self->of = 1;
  self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  tela_json_reader_init (&reader, data, (gssize) len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    if (TELA_JSON_SPAN_IS (name, "epoch"))
      read_text_or_int (&reader, &self->epoch);
    else if (TELA_JSON_SPAN_IS (name, "rev"))
      tela_json_reader_int64 (&reader, &self->rev);
    else if (TELA_JSON_SPAN_IS (name, "part"))
      tela_json_reader_int64 (&reader, &self->part);
    else if (TELA_JSON_SPAN_IS (name, "of"))
      tela_json_reader_int64 (&reader, &self->of);
    else if (TELA_JSON_SPAN_IS (name, "ops"))
      read_ops (&reader, self->ops);
  if ((self->epoch == NULL || self->rev < 0 || self->of < 1) && !tela_json_reader_failed (&reader))
    tela_json_reader_fail (&reader, TELA_JSON_ERROR_TYPE, N_ ("a change without epoch and revision"));
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tela_feed_change_free (TelaFeedChange *self)
{
  g_free (self->epoch);
  g_clear_pointer (&self->ops, g_ptr_array_unref);
  g_free (self);
}

void
tela_problem_parse (GBytes *body,
                    char  **code,
                    char  **message)
{
  TelaJsonReader reader;
  TelaJsonSpan   name;

  init_reader (&reader, body);
  if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (&reader))
    return;
  while (tela_json_reader_next_member (&reader, &name))
    if (tela_json_reader_peek (&reader) != TELA_JSON_STRING)
      tela_json_reader_skip (&reader);
    else if (TELA_JSON_SPAN_IS (name, "message") || TELA_JSON_SPAN_IS (name, "msg") ||
             TELA_JSON_SPAN_IS (name, "error_description"))
      read_text (&reader, message);
    else if (TELA_JSON_SPAN_IS (name, "error_code") || TELA_JSON_SPAN_IS (name, "code") ||
             TELA_JSON_SPAN_IS (name, "statusCode"))
      read_text (&reader, code);
}
