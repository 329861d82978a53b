/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The stand-in as a program of its own, for tests of whole processes: it prints its address, answers until it is ended, and does
 * as /control?NAME=NUMBER&… tells it; what it has seen it says there, too. */

#include <string.h>

#include "fal-stand-in.h"

static void
set (Fal        *self,
     const char *name,
     guint       value)
{
  const struct
  {
    const char *name;
    guint      *place;
  } numbers[] = {
    { "queued", &self->n_queued },
    { "running", &self->n_running },
    { "delay", &self->delay_ms },
    { "faults", &self->n_faults },
    { "fault", &self->fault },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (name, numbers[i].name) == 0)
      *numbers[i].place = value;
  if (strcmp (name, "fails") == 0)
    self->fails = value != 0;
}

static void
control_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  Fal           *self = user_data;
  GHashTableIter iter;
  gpointer       name, value;
  char          *json;

  if (query != NULL)
    {
      g_hash_table_iter_init (&iter, query);
      while (g_hash_table_iter_next (&iter, &name, &value))
        set (self, name, (guint) g_ascii_strtoull (value, NULL, 10));
    }
  json = g_strdup_printf ("{\"submits\":%u,\"cancels\":%u,\"leaked\":%s,\"missing\":%s}", self->n_submits, self->n_cancels,
                          self->key_leaked ? "true" : "false", self->key_missing ? "true" : "false");
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, json, strlen (json));
}

int
main (void)
{
  Fal *self = fal_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  soup_server_add_handler (self->server, "/control", control_cb, self, NULL);
  g_print ("%s\n", self->url);
  g_main_loop_run (loop);
  return 0;
}
