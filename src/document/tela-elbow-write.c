/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

/* The fixed segments of a line as they are stored: [{index, start, end}, …]; segment i goes from point i - 1 to point i. */
static gboolean
enter_fixed (const TelaElement *line,
             TelaKey            key,
             TelaJsonReader    *reader)
{
  TelaValue value;

  if (!tela_element_get (line, key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return FALSE;
  tela_json_reader_init (reader, value.as.string, (gssize) g_ref_string_length (value.as.string));

  return tela_json_reader_peek (reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (reader);
}

/* FALSE: no more. 0: one that makes no sense. */
static gboolean
next_fixed (TelaJsonReader *reader,
            guint           n,
            guint          *number)
{
  TelaJsonSpan item, index;
  guint64      at;

  if (!tela_json_reader_next_item (reader) || !tela_json_reader_span (reader, &item))
    return FALSE;

  at = tela_json_find (item, "index", &index) ? g_ascii_strtoull (index.data, NULL, 10) : 0;
  *number = at < n ? (guint) at : 0;

  return TRUE;
}

static void
write_spot (TelaJsonWriter *writer,
            const char     *name,
            TelaSpot        spot,
            TelaSpot        origin)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_begin_array (writer);
  tela_json_writer_number (writer, spot.x - origin.x);
  tela_json_writer_number (writer, spot.y - origin.y);
  tela_json_writer_end_array (writer);
}

/* Those that the route still has stay listed. */
static void
write_fixed (TelaOpBuilder     *op,
             const TelaElement *line,
             TelaKey            key,
             guint              n_before,
             const TelaSpot    *spots,
             int                shift)
{
  TelaJsonReader reader;
  TelaJsonWriter writer;
  guint          number;
  g_autoptr (GString) out = g_string_new (NULL);

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  if (enter_fixed (line, key, &reader))
    while (next_fixed (&reader, n_before, &number))
      if (number > 0)
        {
          guint at = (guint) ((int) number + shift);

          tela_json_writer_begin_object (&writer);
          write_spot (&writer, "start", spots[at - 1], spots[0]);
          write_spot (&writer, "end", spots[at], spots[0]);
          tela_json_writer_name (&writer, "index");
          tela_json_writer_int (&writer, at);
          tela_json_writer_end_object (&writer);
        }
  tela_json_writer_end_array (&writer);
  tela_op_builder_set_json (op, key, out->str);
}

void
tela_elbow_write (TelaOpBuilder       *op,
                  const TelaElement   *line,
                  const TelaSpot      *spots,
                  guint                n,
                  const TelaElbowEnds *ends)
{
  TelaKey              key = tela_key_intern ("fixedSegments", 13);
  guint                fixed[2] = { n, 0 };
  guint                number, n_route;
  int                  shift;
  TelaJsonReader       reader;
  g_autofree TelaSpot *route = NULL;

  if (enter_fixed (line, key, &reader))
    while (next_fixed (&reader, n, &number))
      if (number > 0)
        {
          fixed[0] = MIN (fixed[0], number - 1);
          fixed[1] = MAX (fixed[1], number);
        }

  route = tela_elbow_route (spots, n, ends, fixed, &n_route, &shift);
  tela_line_set_spots (op, route, n_route, 0);
  if (fixed[0] < fixed[1])
    write_fixed (op, line, key, n, route, shift);
}
