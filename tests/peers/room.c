/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* room URL KEY TOKEN VSN: our client in a room, told by lines of JSON what to do, telling by lines of JSON what it hears.
 *   {"join":TOPIC,"private":…,"ack":…,"self":…,"key":…,"since":…,"changes":TABLE}   {"joined":TOPIC} or {"refused":…}, then
 *                                                {"heard":EVENT,"topic":…,"payload":… or "base64":…,"replayed":true},
 *                                                with a key {"members":[…]} each time that they change,
 *                                                with changes {"ready":TOPIC}, {"changed":TABLE,"type":…,"name":…}
 *   {"send":TOPIC,"event":…,"payload":… or "base64":…}      {"sent":true} or false
 *   {"post":TOPIC,"private":…,"event":…,"payload":…}        the same, by HTTP
 *   {"track":TOPIC,"payload":…}
 *   {"leave":TOPIC} */

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <unistd.h>

#include "realtime.h"
#include "tela-json.h"

typedef struct
{
  RealtimeManager  *manager;
  GDataInputStream *in;
  GMainLoop        *loop;
  GHashTable       *rooms; /* topic → owned Room */
} Peer;

typedef struct
{
  RealtimeSubscription *subscription;
  RealtimePresence     *presence; /* nullable */
  RealtimeChanges      *changes;  /* nullable */
} Room;

static void
room_free (gpointer data)
{
  Room *room = data;

  g_clear_object (&room->changes);
  g_clear_object (&room->presence);
  g_object_unref (room->subscription);
  g_free (room);
}

/* ---- What is heard ---- */

static void
say (const char *format,
     ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format,
     ...)
{
  g_autofree char *line = NULL;
  va_list          args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  puts (line); /* UTF-8, whatever the locale */
  fflush (stdout);
}

static void
message_cb (RealtimeSubscription *subscription,
            RealtimeMessage      *message)
{
  g_autofree char *base64 = NULL;
  const char      *replayed = message->is_replayed ? ",\"replayed\":true" : "";

  if (message->is_json)
    {
      say ("{\"heard\":\"%s\",\"topic\":\"%s\",\"payload\":%s%s}", message->event, message->topic, message->payload,
           replayed);
      return;
    }
  base64 = g_base64_encode ((const guchar *) message->payload, message->payload_len);
  say ("{\"heard\":\"%s\",\"topic\":\"%s\",\"base64\":\"%s\"%s}", message->event, message->topic, base64, replayed);
}

static void
joined_cb (RealtimeSubscription *subscription,
           const char           *response)
{
  say ("{\"joined\":\"%s\"}", realtime_subscription_get_topic (subscription));
}

static void
error_cb (RealtimeSubscription *subscription)
{
  const GError *error = realtime_subscription_get_error (subscription);

  if (error != NULL)
    say ("{\"refused\":\"%s\",\"error\":\"%s\"}", realtime_subscription_get_topic (subscription), error->message);
}

static void
sync_cb (RealtimePresence *presence)
{
  g_autoptr (GPtrArray) members = realtime_presence_list (presence);
  g_autoptr (GString) keys = g_string_new (NULL);

  for (guint i = 0; i < members->len; i++)
    g_string_append_printf (keys, "%s\"%s\"", i > 0 ? "," : "", ((RealtimeMember *) members->pdata[i])->key);
  say ("{\"members\":[%s]}", keys->str);
}

static void
change_cb (RealtimeChanges *changes,
           RealtimeChange  *change)
{
  TelaJsonSpan record = { change->record, strlen (change->record) }, name;

  g_assert_true (tela_json_find (record, "name", &name));
  say ("{\"changed\":\"%s\",\"type\":\"%s\",\"name\":%.*s}", change->table, change->type, (int) name.len, name.data);
}

static void
ready_cb (RealtimeChanges *changes,
          GParamSpec      *pspec,
          const char      *topic)
{
  if (realtime_changes_is_ready (changes))
    say ("{\"ready\":\"%s\"}", topic);
}

/* ---- What is to be done ---- */

/* (transfer full) (nullable) */
static char *
text_member (TelaJsonSpan command,
             const char  *name)
{
  TelaJsonSpan   value;
  TelaJsonReader reader;

  if (!tela_json_find (command, name, &value))
    return NULL;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  return tela_json_reader_peek (&reader) == TELA_JSON_STRING ? tela_json_reader_string (&reader, NULL, NULL)
                                                             : g_strndup (value.data, value.len);
}

static gboolean
flag_member (TelaJsonSpan command,
             const char  *name)
{
  g_autofree char *text = text_member (command, name);

  return g_strcmp0 (text, "true") == 0;
}

static void
join (Peer        *peer,
      const char  *topic,
      TelaJsonSpan command)
{
  g_autofree char       *key = text_member (command, "key");
  g_autofree char       *since = text_member (command, "since");
  g_autofree char       *table = text_member (command, "changes");
  RealtimeChannelOptions options = { .is_private = flag_member (command, "private"),
                                     .ack = flag_member (command, "ack"),
                                     .self = flag_member (command, "self"),
                                     .presence_key = key,
                                     .replay_since = since != NULL ? g_ascii_strtoll (since, NULL, 10) : 0 };
  Room                  *room = g_new0 (Room, 1);

  if (key != NULL)
    {
      room->presence = realtime_manager_get_presence (peer->manager, topic, &options);
      g_signal_connect (room->presence, "sync", G_CALLBACK (sync_cb), NULL);
    }
  if (table != NULL)
    {
      RealtimeChangesFilter filter = { .event = "*", .schema = "public", .table = table };

      room->changes = realtime_manager_subscribe_changes (peer->manager, topic, &filter, &options);
      g_signal_connect (room->changes, "change", G_CALLBACK (change_cb), NULL);
      g_signal_connect_data (room->changes, "notify::ready", G_CALLBACK (ready_cb), g_strdup (topic),
                             (GClosureNotify) (GCallback) g_free, 0);
    }
  room->subscription = realtime_manager_subscribe (peer->manager, topic, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (room->subscription, "message", G_CALLBACK (message_cb), NULL);
  g_signal_connect (room->subscription, "joined", G_CALLBACK (joined_cb), NULL);
  g_signal_connect (room->subscription, "notify::error", G_CALLBACK (error_cb), NULL);
  g_hash_table_replace (peer->rooms, g_strdup (topic), room);
}

static void
sent_cb (GObject      *manager,
         GAsyncResult *result,
         gpointer      data)
{
  say ("{\"sent\":%s}", realtime_manager_broadcast_finish (REALTIME_MANAGER (manager), result, NULL) ? "true" : "false");
}

static void
posted_cb (GObject      *manager,
           GAsyncResult *result,
           gpointer      data)
{
  say ("{\"sent\":%s}", realtime_manager_post_finish (REALTIME_MANAGER (manager), result, NULL) ? "true" : "false");
}

static void
send (Peer        *peer,
      const char  *topic,
      TelaJsonSpan command)
{
  g_autofree char *event = text_member (command, "event");
  g_autofree char *payload = text_member (command, "payload");
  g_autofree char *base64 = text_member (command, "base64");
  g_autoptr (GBytes) bytes = NULL;
  gsize len;

  if (base64 == NULL)
    {
      realtime_manager_broadcast_async (peer->manager, topic, event, payload, NULL, sent_cb, NULL);
      return;
    }
  g_base64_decode_inplace (base64, &len);
  bytes = g_bytes_new (base64, len);
  realtime_manager_broadcast_bytes_async (peer->manager, topic, event, bytes, NULL, sent_cb, NULL);
}

static void
post (Peer        *peer,
      const char  *topic,
      TelaJsonSpan command)
{
  g_autofree char *event = text_member (command, "event");
  g_autofree char *payload = text_member (command, "payload");
  RealtimePost     one = {
        .topic = topic, .event = event, .payload = payload, .is_private = flag_member (command, "private")
  };

  realtime_manager_post_async (peer->manager, &one, 1, NULL, posted_cb, NULL);
}

static void
take (Peer        *peer,
      TelaJsonSpan command)
{
  g_autofree char *topic = NULL;

  if ((topic = text_member (command, "join")) != NULL)
    join (peer, topic, command);
  else if ((topic = text_member (command, "send")) != NULL)
    send (peer, topic, command);
  else if ((topic = text_member (command, "post")) != NULL)
    post (peer, topic, command);
  else if ((topic = text_member (command, "leave")) != NULL)
    g_hash_table_remove (peer->rooms, topic);
  else if ((topic = text_member (command, "track")) != NULL)
    {
      g_autofree char *payload = text_member (command, "payload");
      Room            *room = g_hash_table_lookup (peer->rooms, topic);

      realtime_presence_track (room->presence, payload);
    }
}

static void
line_cb (GObject      *in,
         GAsyncResult *result,
         gpointer      data)
{
  Peer            *peer = data;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (in), result, NULL, NULL);

  if (line == NULL)
    {
      g_main_loop_quit (peer->loop);
      return;
    }
  take (peer, (TelaJsonSpan){ line, strlen (line) });
  g_data_input_stream_read_line_async (peer->in, G_PRIORITY_DEFAULT, NULL, line_cb, peer);
}

static void
ended_cb (GObject      *manager,
          GAsyncResult *result,
          gpointer      data)
{
  realtime_manager_shutdown_finish (REALTIME_MANAGER (manager), result, NULL);
  g_main_loop_quit (data);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GInputStream) in = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (in);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GHashTable) rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, room_free);
  g_autoptr (RealtimeManager) manager = realtime_manager_new ();
  Peer peer = { manager, lines, loop, rooms };

  g_assert_cmpint (argc, ==, 5);
  realtime_manager_set_protocol (manager,
                                 g_str_equal (argv[4], "1.0.0") ? REALTIME_PROTOCOL_1_0_0 : REALTIME_PROTOCOL_2_0_0);
  realtime_manager_set_endpoint (manager, argv[1], argv[2]);
  realtime_manager_set_token (manager, argv[3]);
  realtime_manager_connect (manager);
  say ("\"ready\"");
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, line_cb, &peer);
  g_main_loop_run (loop);
  g_hash_table_remove_all (rooms);
  realtime_manager_shutdown_async (manager, NULL, ended_cb, loop);
  g_main_loop_run (loop);
  return 0;
}
