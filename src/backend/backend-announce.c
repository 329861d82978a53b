/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-announce.h"

#define AVAHI "org.freedesktop.Avahi"
#define SERVER AVAHI ".Server"
#define GROUP AVAHI ".EntryGroup"
#define ANY_INTERFACE (-1)
#define ANY_PROTOCOL (-1)
#define CALL_MS 5000

struct _TelaAnnounce
{
  guint            port;
  char            *host_id;
  GCancellable    *cancellable;
  GDBusConnection *bus;
  char            *group; /* NULL: not there yet */
  gboolean         heard;
};

static void
call (TelaAnnounce       *self,
      const char         *path,
      const char         *interface,
      const char         *method,
      GVariant           *arguments,
      const char         *answer,
      GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->bus, AVAHI, path, interface, method, arguments,
                          answer != NULL ? G_VARIANT_TYPE (answer) : NULL, G_DBUS_CALL_FLAGS_NONE, CALL_MS,
                          self->cancellable, callback, self);
}

/* The answer; NULL: cancelled, and @data is gone, or Avahi is not there, which is no fault. */
static GVariant *
answer_of (GObject      *source,
           GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("Not announced: %s", error->message);
  return answer;
}

static void
committed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GVariant) answer = answer_of (source, result);

  if (answer != NULL)
    ((TelaAnnounce *) data)->heard = TRUE;
}

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TelaAnnounce *self = data;
  g_autoptr (GVariant) answer = answer_of (source, result);

  if (answer != NULL)
    call (self, self->group, GROUP, "Commit", NULL, NULL, committed_cb);
}

static void
group_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  TelaAnnounce *self = data;
  g_autoptr (GVariant) answer = answer_of (source, result);
  g_autofree char *name = NULL;
  g_autofree char *id = NULL;
  GVariantBuilder  text;

  if (answer == NULL)
    return;
  g_variant_get (answer, "(o)", &self->group);
  name = g_strdup_printf ("Tela %.8s", self->host_id);
  id = g_strconcat ("id=", self->host_id, NULL);
  g_variant_builder_init (&text, G_VARIANT_TYPE ("aay"));
  g_variant_builder_add_value (&text, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, id, strlen (id), 1));
  call (self, self->group, GROUP, "AddService",
        g_variant_new ("(iiussssqaay)", ANY_INTERFACE, ANY_PROTOCOL, 0u, name, "_tela._tcp", "", "",
                       (guint16) self->port, &text),
        NULL, added_cb);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);
  TelaAnnounce    *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bus == NULL)
    {
      g_debug ("Not announced: %s", error->message);
      return;
    }
  self->bus = bus;
  g_dbus_connection_set_exit_on_close (bus, FALSE); /* a bus that goes takes nobody along */
  call (self, "/", SERVER, "EntryGroupNew", NULL, "(o)", group_cb);
}

TelaAnnounce *
tela_announce_new (guint       port,
                   const char *host_id)
{
  TelaAnnounce *self = g_new0 (TelaAnnounce, 1);

  self->port = port;
  self->host_id = g_strdup (host_id);
  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, bus_cb, self);
  return self;
}

/* It kept the bus until this was said. */
static void
freed_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GDBusConnection) bus G_GNUC_UNUSED = data;
  g_autoptr (GVariant) answer     G_GNUC_UNUSED = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
}

void
tela_announce_free (TelaAnnounce *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  if (self->group != NULL)
    g_dbus_connection_call (self->bus, AVAHI, self->group, GROUP, "Free", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, CALL_MS,
                            NULL, freed_cb, g_object_ref (self->bus));
  g_clear_object (&self->bus);
  g_free (self->group);
  g_free (self->host_id);
  g_free (self);
}

gboolean
tela_announce_is_heard (TelaAnnounce *self)
{
  return self->heard;
}
