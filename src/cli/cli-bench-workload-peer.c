/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli-bench-workload.h"

static void
write_properties (const TelaElement *element,
                  TelaJsonWriter    *writer)
{
  for (guint i = 0; i < tela_element_get_n (element); i++)
    {
      TelaValue value;

      tela_json_writer_name (writer, tela_key_get_name (tela_element_get_nth (element, i, &value, NULL)));
      tela_value_write (value, writer);
    }
}

/* A line each: how many there are; {"new":ID,"p":{…}} for each element; {"t":TIME,"c":ACTOR,"id","k":NAME,"v":VALUE} for
 * each write. */
static char *
write_workload (CliWorkload *self)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  g_string_append_printf (out, "{\"n\":%u,\"writes\":%u,\"clients\":%u,\"round\":%u}\n", CLI_WORKLOAD_ELEMENTS,
                          CLI_WORKLOAD_WRITES, CLI_WORKLOAD_ACTORS, CLI_WORKLOAD_ROUND);
  for (guint i = 0; i < self->scene->len; i++)
    {
      const TelaElement *element = g_ptr_array_index (self->scene, i);

      g_string_append_printf (out, "{\"new\":\"%s\",\"p\":", tela_element_get_id (element));
      tela_json_writer_init (&writer, out, 0);
      tela_json_writer_begin_object (&writer);
      write_properties (element, &writer);
      tela_json_writer_end_object (&writer);
      g_string_append (out, "}\n");
    }
  for (guint i = 0; i < self->writes->len; i++)
    {
      const TelaElement *write = g_ptr_array_index (self->writes, i);
      TelaValue          value;
      TelaKey            key = tela_element_get_nth (write, 0, &value, NULL);

      g_string_append_printf (out, "{\"t\":%u,\"c\":%u,\"id\":\"%s\",\"k\":\"%s\",\"v\":", i / CLI_WORKLOAD_ACTORS + 1,
                              i % CLI_WORKLOAD_ACTORS, tela_element_get_id (write), tela_key_get_name (key));
      tela_json_writer_init (&writer, out, 0);
      tela_value_write (value, &writer);
      g_string_append (out, "}\n");
    }
  return g_string_free (out, FALSE);
}

/* A number, of the answer or of an object in it. */
static double
find_number (const char *answer,
             const char *member,
             const char *inner)
{
  TelaJsonSpan value = { answer, strlen (answer) };

  if (!tela_json_find (value, member, &value) || (inner != NULL && !tela_json_find (value, inner, &value)))
    return NAN;
  return g_ascii_strtod (value.data, NULL);
}

CliPeer *
cli_workload_run_peer (CliWorkload *self,
                       const char  *command,
                       const char  *engine)
{
  g_autofree char *text = NULL;
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  g_autofree char *answer = NULL;
  CliPeer         *peer = NULL;
  int              file = command != NULL ? g_file_open_tmp ("tela-bench-XXXXXX.jsonl", &path, NULL) : -1;

  if (file < 0)
    return NULL;
  g_close (file, NULL);
  text = write_workload (self);
  line = g_strdup_printf ("%s %s --ops %s", command, engine, path);
  if (g_file_set_contents (path, text, -1, NULL) && g_spawn_command_line_sync (line, &answer, NULL, NULL, NULL) &&
      !isnan (find_number (answer, "bytes", NULL)))
    {
      peer = g_new (CliPeer, 1);
      peer->text = find_number (answer, "merge", "perSec");
      peer->parsed = find_number (answer, "mergeParsed", "perSec");
      peer->bytes = find_number (answer, "bytes", NULL);
      peer->load_ms = find_number (answer, "loadMs", NULL);
    }
  g_unlink (path);
  return peer;
}
