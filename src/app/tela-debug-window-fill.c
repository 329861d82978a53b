/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-debug-window-private.h"

#include <glib/gi18n.h>

#include "tela-debug-info.h"

#define HISTORY_SHOWN 12
#define ERRORS_SHOWN 12

static char *
dup_text (TelaJsonSpan object,
          const char  *name)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;

  if (!tela_json_find (object, name, &value))
    return NULL;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);

  return tela_json_reader_peek (&reader) == TELA_JSON_STRING ? tela_json_reader_string (&reader, NULL, NULL) : NULL;
}

/* 0: there is none. */
static gint64
get_int (TelaJsonSpan object,
         const char  *name)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;
  gint64         number = 0;

  if (!tela_json_find (object, name, &value))
    return 0;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_NUMBER)
    tela_json_reader_int64 (&reader, &number);

  return number;
}

/* 0: there is none. */
static double
get_double (TelaJsonSpan object,
            const char  *name)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;
  double         number = 0;

  if (!tela_json_find (object, name, &value))
    return 0;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_NUMBER)
    tela_json_reader_number (&reader, &number, NULL);

  return number;
}

/* Milliseconds since 1970; 0: never. (transfer full) */
static char *
format_time (gint64 at)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;

  if (at == 0)
    return g_strdup (_ ("never"));
  utc = g_date_time_new_from_unix_utc (at / 1000);
  local = g_date_time_to_local (utc);

  return g_date_time_format (local, "%X");
}

static void
begin_list (TelaDebugList *list)
{
  list->n = 0;
}

static void
add_row (TelaDebugList *list,
         const char    *title,
         const char    *subtitle)
{
  GtkWidget *row;

  if (list->n == list->rows->len)
    {
      row = adw_action_row_new ();
      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title_selectable (ADW_PREFERENCES_ROW (row), TRUE);
      adw_preferences_group_add (list->group, row);
      g_ptr_array_add (list->rows, row);
    }
  row = list->rows->pdata[list->n++];
  if (g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title) != 0)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), subtitle) != 0)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_visible (row, TRUE);
}

static void
end_list (TelaDebugList *list)
{
  for (guint i = list->n; i < list->rows->len; i++)
    gtk_widget_set_visible (list->rows->pdata[i], FALSE);
  gtk_widget_set_visible (GTK_WIDGET (list->group), list->n > 0);
}

typedef void (*ItemFunc) (TelaDebugList *list, TelaJsonSpan item);

static void
fill_list (TelaDebugList *list,
           TelaJsonSpan   object,
           const char    *name,
           guint          max,
           ItemFunc       func)
{
  TelaJsonReader reader;
  TelaJsonSpan   array, item;

  begin_list (list);
  if (tela_json_find (object, name, &array))
    {
      tela_json_reader_init (&reader, array.data, (gssize) array.len);
      if (tela_json_reader_enter_array (&reader))
        while (list->n < max && tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
          func (list, item);
    }
  end_list (list);
}

static void
add_history (TelaDebugList *list,
             TelaJsonSpan   item)
{
  g_autofree char *state = dup_text (item, "state");
  g_autofree char *cause = dup_text (item, "cause");
  g_autofree char *at = format_time (get_int (item, "at"));
  g_autofree char *title = g_strdup_printf ("%s · %s", at, state);

  add_row (list, title, cause);
}

static void
add_channel (TelaDebugList *list,
             TelaJsonSpan   item)
{
  const gint64     n = get_int (item, "subscriberCount");
  g_autofree char *topic = dup_text (item, "topic");
  g_autofree char *state = dup_text (item, "state");
  g_autofree char *error = dup_text (item, "error");
  g_autofree char *last = format_time (get_int (item, "lastMessage"));
  /* Translators: of a channel: %d programs parts listen to it */
  g_autofree char *subscribers =
      g_strdup_printf (g_dngettext (NULL, "%d subscriber", "%d subscribers", (gulong) n), (int) n);
  /* Translators: %s is a time of day, or "never" */
  g_autofree char *message = g_strdup_printf (_ ("last message: %s"), last);
  g_autofree char *subtitle =
      g_strdup_printf ("%s · %s · %s%s%s", state, subscribers, message, error == NULL ? "" : "\n", error ?: "");

  add_row (list, topic, subtitle);
}

static void
add_board (TelaDebugList *list,
           TelaJsonSpan   item)
{
  const gint64     n = get_int (item, "waiting");
  g_autofree char *id = dup_text (item, "id");
  g_autofree char *state = dup_text (item, "state");
  g_autofree char *role = dup_text (item, "role");
  g_autofree char *waiting =
      g_strdup_printf (g_dngettext (NULL, "%u change waiting", "%u changes waiting", (gulong) n), (guint) n);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s · %s", role ?: "–", state, waiting);

  add_row (list, id, subtitle);
}

static void
add_error (TelaDebugList *list,
           TelaJsonSpan   item)
{
  TelaJsonSpan     context = { "{}", 2 };
  g_autofree char *type = dup_text (item, "type");
  g_autofree char *message = dup_text (item, "message");
  g_autofree char *at = format_time (get_int (item, "at"));
  g_autofree char *topic = tela_json_find (item, "context", &context) ? dup_text (context, "topic") : NULL;
  g_autofree char *title = g_strdup_printf ("%s · %s", at, type);
  g_autofree char *subtitle = topic == NULL ? g_strdup (message) : g_strdup_printf ("%s\n%s", topic, message);

  add_row (list, title, subtitle);
}

static void
fill_state (TelaDebugWindow *self,
            TelaJsonSpan     info,
            TelaJsonSpan     realtime)
{
  g_autofree char *state = dup_text (realtime, "connectionState");
  g_autofree char *cause = dup_text (realtime, "cause");
  g_autofree char *since = format_time (get_int (realtime, "since"));
  g_autofree char *title = g_strdup_printf ("%s · %s", since, state ?: "–");
  g_autofree char *clock = NULL;
  g_autofree char *retry = NULL;
  TelaJsonSpan     offset;

  begin_list (&self->state);
  add_row (&self->state, title, cause);
  if (get_int (realtime, "retryAt") != 0)
    {
      retry = format_time (get_int (realtime, "retryAt"));
      add_row (&self->state, _ ("Next try"), retry);
    }
  if (tela_json_find (info, "clockOffset", &offset) && !TELA_JSON_SPAN_IS (offset, "null"))
    /* Translators: %d milliseconds */
    clock = g_strdup_printf (_ ("The server is %+d ms from this computer"), (int) get_int (info, "clockOffset"));
  add_row (&self->state, _ ("Clock"), clock != NULL ? clock : _ ("Not measured"));
  end_list (&self->state);
}

static void
add_shares (TelaDebugList *list,
            const char    *title,
            TelaJsonSpan   canvas,
            const char    *name)
{
  TelaJsonSpan     shares = { "{}", 2 };
  g_autofree char *text = NULL;

  tela_json_find (canvas, name, &shares);
  /* Translators: milliseconds: half of the frames take at most the first, 95 % the second, 99 % the third, all the last */
  text = g_strdup_printf (_ ("p50 %.1f · p95 %.1f · p99 %.1f · max %.1f ms"), get_double (shares, "p50"),
                          get_double (shares, "p95"), get_double (shares, "p99"), get_double (shares, "max"));
  add_row (list, title, text);
}

/* What the frames, the tiles and the process take. */
static void
fill_canvas (TelaDebugList *list,
             TelaJsonSpan   canvas)
{
  g_autofree char *cache = g_format_size_full ((guint64) get_int (canvas, "cache_bytes"), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *rss = g_format_size_full ((guint64) get_int (canvas, "rss_bytes"), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *renderer = dup_text (canvas, "renderer");
  /* Translators: frames since the program began, and how many more a display of 60 Hz would have shown */
  g_autofree char *frames = g_strdup_printf (_ ("%u painted · %u missed"), (guint) get_int (canvas, "frames"),
                                             (guint) get_int (canvas, "missed"));
  /* Translators: how many tiles were painted, and how much memory those take that are kept */
  g_autofree char *tiles =
      g_strdup_printf (_ ("%u painted · %s kept"), (guint) get_int (canvas, "tiles_painted"), cache);
  /* Translators: milliseconds */
  g_autofree char *first = g_strdup_printf (_ ("%.0f ms after the board was asked for"), get_double (canvas, "first_paint_ms"));

  begin_list (list);
  add_row (list, _ ("Frames"), frames);
  add_shares (list, _ ("Cost of a Frame"), canvas, "cost_ms");
  add_shares (list, _ ("From Frame to Frame"), canvas, "interval_ms");
  add_row (list, _ ("Tiles"), tiles);
  add_row (list, _ ("First Full Picture"), get_double (canvas, "first_paint_ms") > 0 ? first : _ ("Not measured"));
  add_row (list, _ ("Renderer"), renderer);
  add_row (list, _ ("Memory of the Program"), rss);
  end_list (list);
}

void
tela_debug_window_fill (TelaDebugWindow *self,
                        const char      *text)
{
  const TelaJsonSpan info = { text, strlen (text) };
  TelaJsonSpan       realtime = { "{}", 2 };
  TelaJsonSpan       outbox = { "{}", 2 };
  TelaJsonSpan       canvas = { "{}", 2 };

  tela_json_find (info, "realtime", &realtime);
  tela_json_find (info, "outbox", &outbox);
  tela_json_find (info, "canvas", &canvas);
  fill_state (self, info, realtime);
  fill_canvas (&self->canvas, canvas);
  fill_list (&self->history, realtime, "history", HISTORY_SHOWN, add_history);
  fill_list (&self->channels, realtime, "channels", G_MAXUINT, add_channel);
  fill_list (&self->boards, outbox, "boards", G_MAXUINT, add_board);
  fill_list (&self->errors, realtime, "recentErrors", ERRORS_SHOWN, add_error);
}
