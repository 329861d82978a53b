/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-raw.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 60

int
raw_connect (guint port)
{
  struct sockaddr_in   address = { .sin_family = AF_INET, .sin_port = htons ((guint16) port) };
  const struct timeval patience = { PATIENCE_S, 0 };
  int                  fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

gboolean
raw_write (int           fd,
           gconstpointer data,
           gsize         len)
{
  const char *at = data;

  while (len > 0)
    {
      gssize written = send (fd, at, len, MSG_NOSIGNAL);

      if (written <= 0)
        return FALSE;
      at += written;
      len -= (gsize) written;
    }
  return TRUE;
}

char *
raw_upgrade (int         fd,
             const char *key,
             const char *lines)
{
  g_autofree char *request =
      g_strdup_printf ("GET /socket/websocket?vsn=2.0.0&apikey=%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                       key, lines);
  GString *head = g_string_new (NULL);
  char     c;

  raw_write (fd, request, strlen (request));
  while (!g_str_has_suffix (head->str, "\r\n\r\n") && recv (fd, &c, 1, 0) == 1)
    g_string_append_c (head, c);
  return g_string_free (head, FALSE);
}

gboolean
raw_frame (int           fd,
           guint8        first,
           gconstpointer data,
           gsize         len)
{
  guint8 head[14] = { first, (guint8) (0x80 | MIN (len, 126)) };
  gsize  n = 2;

  if (len > 0xffff)
    head[1] = 0x80 | 127;
  for (int shift = len > 0xffff ? 56 : 8; len >= 126 && shift >= 0; shift -= 8)
    head[n++] = (guint8) ((guint64) len >> shift);
  return raw_write (fd, head, n + 4) && raw_write (fd, data, len);
}

gboolean
raw_text (int         fd,
          const char *text)
{
  return raw_frame (fd, 0x81, text, strlen (text));
}

void
raw_drain (int fd)
{
  char buffer[65536];

  while (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) > 0)
    ;
}

gboolean
raw_is_over (int fd)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  char   buffer[65536];

  while (g_get_monotonic_time () < end)
    {
      struct pollfd ready = { fd, POLLIN, 0 };

      if (poll (&ready, 1, 1000) > 0 && recv (fd, buffer, sizeof buffer, 0) <= 0)
        return TRUE;
    }
  return FALSE;
}
