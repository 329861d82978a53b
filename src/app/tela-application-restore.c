/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The windows of the last time: which boards, where on them, with which tool. What is on the boards is elsewhere, and on
 * disk at every edit. */

#include "tela-application-private.h"

#include "tela-json.h"
#include "tela-window-private.h"

#define NOTE "windows"
#define SAVE_SECONDS 2 /* after a change: a kill loses no more of a camera's way */
#define MAX_WINDOWS 32 /* a damaged note opens no more */

static char *
write_windows (TelaApplication *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, text, 0);
  tela_json_writer_begin_array (&writer);
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (TELA_IS_WINDOW (l->data))
      tela_window_write_state (l->data, &writer);
  tela_json_writer_end_array (&writer);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The last window is gone only on the way out, and was saved as it went. */
void
tela_application_save_windows (TelaApplication *self)
{
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->save_source, g_source_remove);
  if (self->store == NULL || gtk_application_get_windows (GTK_APPLICATION (self)) == NULL)
    return;

  text = write_windows (self);
  if (g_strcmp0 (text, self->windows) == 0)
    return;
  g_free (self->windows);
  self->windows = g_steal_pointer (&text);
  tela_store_put_note (self->store, NOTE, self->windows);
}

static gboolean
save_cb (gpointer user_data)
{
  TelaApplication *self = user_data;

  self->save_source = 0;
  tela_application_save_windows (self);

  return G_SOURCE_REMOVE;
}

void
tela_application_windows_changed (TelaApplication *self)
{
  g_return_if_fail (TELA_IS_APPLICATION (self));

  if (self->is_quitting || self->save_source != 0)
    return;

  self->save_source = g_timeout_add_seconds (SAVE_SECONDS, save_cb, self);
  g_source_set_name_by_id (self->save_source, "[tela] save the windows");
}

gboolean
tela_application_restore_windows (TelaApplication *self)
{
  g_autofree char *text = tela_store_get_note (self->store, NOTE);
  TelaJsonReader   reader;
  TelaJsonSpan     state;
  guint            n = 0;

  if (text == NULL || !tela_json_check (text, -1, NULL))
    return FALSE;

  tela_json_reader_init (&reader, text, -1);
  if (!tela_json_reader_enter_array (&reader))
    return FALSE;
  /* The list has the window used last first: it is opened last, and so on top. */
  {
    g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof state);

    while (tela_json_reader_next_item (&reader))
      if (tela_json_reader_span (&reader, &state) && state.len > 0 && state.data[0] == '{')
        g_array_append_val (states, state);
    for (n = 0; n < MIN (states->len, MAX_WINDOWS); n++)
      {
        TelaWindow *window = tela_window_new (self);

        tela_window_read_state (window, g_array_index (states, TelaJsonSpan, MIN (states->len, MAX_WINDOWS) - 1 - n));
        gtk_window_present (GTK_WINDOW (window));
      }
  }

  return n > 0;
}
