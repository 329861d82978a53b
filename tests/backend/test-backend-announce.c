/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What Avahi is told, by a stand-in on a bus of its own; and that nothing is missed where there is neither. */

#include <string.h>

#include "backend-announce.h"

#define HOST_ID "5a0b1ba4-7ad5-4c9b-8a2f-3d7e4f1c2b3a"

static const char interfaces[] =
    "<node>"
    "<interface name='org.freedesktop.Avahi.Server'><method name='EntryGroupNew'><arg type='o' direction='out'/></method>"
    "</interface>"
    "<interface name='org.freedesktop.Avahi.EntryGroup'>"
    "<method name='AddService'><arg type='i'/><arg type='i'/><arg type='u'/><arg type='s'/><arg type='s'/><arg type='s'/>"
    "<arg type='s'/><arg type='q'/><arg type='aay'/></method><method name='Commit'/><method name='Free'/>"
    "</interface></node>";

typedef struct
{
  GTestDBus       *bus;
  GDBusConnection *connection;
  GDBusNodeInfo   *info;
  char            *type, *text;
  guint16          port;
  gboolean         committed, freed;
} Avahi;

static void
method_cb (GDBusConnection       *connection,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *arguments,
           GDBusMethodInvocation *invocation,
           gpointer               data)
{
  Avahi *self = data;

  if (strcmp (method, "EntryGroupNew") == 0)
    {
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", "/group"));
      return;
    }
  if (strcmp (method, "AddService") == 0)
    {
      g_autoptr (GVariant) text = g_variant_get_child_value (arguments, 8);
      g_autoptr (GVariant) first = g_variant_get_child_value (text, 0);
      gsize       n;
      const char *bytes = g_variant_get_fixed_array (first, &n, 1);

      g_variant_get_child (arguments, 4, "s", &self->type);
      g_variant_get_child (arguments, 7, "q", &self->port);
      self->text = g_strndup (bytes, n);
    }
  else if (strcmp (method, "Commit") == 0)
    self->committed = TRUE;
  else if (strcmp (method, "Free") == 0)
    self->freed = TRUE;
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static const GDBusInterfaceVTable vtable = { method_cb };

static void
named_cb (GDBusConnection *connection,
          const char      *name,
          gpointer         data)
{
  *(gboolean *) data = TRUE;
}

static gboolean
late_cb (gpointer data)
{
  g_error ("waited for too long");
  return G_SOURCE_REMOVE;
}

#define WAIT(condition)                                            \
  G_STMT_START                                                     \
  {                                                                \
    guint timer_ = g_timeout_add_seconds (20, late_cb, NULL);      \
    guint tick_ = g_timeout_add (10, (GSourceFunc) tick_cb, NULL); \
    while (!(condition))                                           \
      g_main_context_iteration (NULL, TRUE);                       \
    g_source_remove (tick_);                                       \
    g_source_remove (timer_);                                      \
  }                                                                \
  G_STMT_END

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
avahi_start (Avahi *self)
{
  gboolean named = FALSE;
  guint    id;

  self->connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (self->bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);
  g_assert_nonnull (self->connection);
  self->info = g_dbus_node_info_new_for_xml (interfaces, NULL);
  g_dbus_connection_register_object (self->connection, "/", self->info->interfaces[0], &vtable, self, NULL, NULL);
  g_dbus_connection_register_object (self->connection, "/group", self->info->interfaces[1], &vtable, self, NULL, NULL);
  id = g_bus_own_name_on_connection (self->connection, "org.freedesktop.Avahi", G_BUS_NAME_OWNER_FLAGS_NONE, named_cb,
                                     NULL, &named, NULL);
  WAIT (named);
  g_assert_cmpuint (id, >, 0);
}

static void
test_announced (void)
{
  Avahi         avahi = { .bus = g_test_dbus_new (G_TEST_DBUS_NONE) };
  TelaAnnounce *announce;

  g_test_dbus_up (avahi.bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (avahi.bus), TRUE);
  avahi_start (&avahi);
  announce = tela_announce_new (41000, HOST_ID);
  WAIT (tela_announce_is_heard (announce));
  g_assert_true (avahi.committed);
  g_assert_cmpstr (avahi.type, ==, "_tela._tcp");
  g_assert_cmpstr (avahi.text, ==, "id=" HOST_ID);
  g_assert_cmpuint (avahi.port, ==, 41000);
  tela_announce_free (announce);
  WAIT (avahi.freed);

  g_dbus_connection_close_sync (avahi.connection, NULL, NULL);
  g_object_unref (avahi.connection);
  g_dbus_node_info_unref (avahi.info);
  g_free (avahi.type);
  g_free (avahi.text);
  g_test_dbus_stop (avahi.bus);
  g_object_unref (avahi.bus);
}

/* The bus has gone; and so has who asked, before there was an answer. */
static void
test_absent (void)
{
  TelaAnnounce *announce;

  announce = tela_announce_new (41000, HOST_ID);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (tela_announce_is_heard (announce));
  tela_announce_free (announce);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/announce/announced", test_announced);
  g_test_add_func ("/backend/announce/absent", test_absent);
  return g_test_run ();
}
