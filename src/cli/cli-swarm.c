/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-swarm.h"

#include <errno.h>
#include <gio/gnetworking.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_EVENTS 256
#define READ_BYTES (256 * 1024)
#define PATIENCE_US (20 * G_USEC_PER_SEC)
#define MAX_FILES 4096

typedef struct
{
  int         fd; /* -1: gone */
  GByteArray *in; /* what is left of an unfinished frame */
  GByteArray *out;
  gsize       sent;  /* of out */
  gboolean    waits; /* for the socket to take more */
  gboolean    joined;
} Member;

struct _CliSwarm
{
  char           *host; /* for the header */
  char           *key;
  GSocketAddress *address;
  CliSwarmFunc    func;
  gpointer        user_data;
  int             epoll;
  GPtrArray      *members; /* owned Member */
  guint           n_connected, n_joined;
  GSocket        *http; /* kept from one request to the next */
  char            buffer[READ_BYTES];
};

/* ---- Members ---- */

static void
leave (CliSwarm *self,
       Member   *member)
{
  if (member->fd < 0)
    return;
  close (member->fd);
  member->fd = -1;
  self->n_connected--;
}

static void
member_free (Member *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
  g_free (self);
}

static void
watch (CliSwarm *self,
       Member   *member,
       guint     i,
       int       how,
       gboolean  output)
{
  struct epoll_event event = { .events = output ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.u32 = i };

  epoll_ctl (self->epoll, how, member->fd, &event);
  member->waits = output;
}

static void
flush (CliSwarm *self,
       guint     i)
{
  Member *member = self->members->pdata[i];

  while (member->fd >= 0 && member->sent < member->out->len)
    {
      gssize n =
          send (member->fd, member->out->data + member->sent, member->out->len - member->sent,
                MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno == EAGAIN)
        {
          if (!member->waits)
            watch (self, member, i, EPOLL_CTL_MOD, TRUE);
          return;
        }
      if (n <= 0)
        {
          leave (self, member);
          return;
        }
      member->sent += (gsize) n;
    }
  g_byte_array_set_size (member->out, 0);
  member->sent = 0;
  if (member->fd >= 0 && member->waits)
    watch (self, member, i, EPOLL_CTL_MOD, FALSE);
}

/* The mask is nought, so that what is sent is what was given. */
static void
queue_frame (Member     *member,
             guint8      opcode,
             const char *data,
             gsize       len)
{
  guint8 head[14] = { 0x80 | opcode };
  gsize  n = 2;

  if (len < 126)
    head[1] = (guint8) (0x80 | len);
  else if (len < 65536)
    {
      head[1] = 0x80 | 126;
      head[n++] = (guint8) (len >> 8);
      head[n++] = (guint8) len;
    }
  else
    {
      head[1] = 0x80 | 127;
      for (guint k = 0; k < 8; k++)
        head[n++] = (guint8) ((guint64) len >> (56 - 8 * k));
    }
  g_byte_array_append (member->out, head, (guint) n + 4);
  g_byte_array_append (member->out, (const guint8 *) data, (guint) len);
}

void
cli_swarm_send (CliSwarm   *self,
                guint       i,
                gboolean    binary,
                const char *data,
                gsize       len)
{
  Member *member = self->members->pdata[i];

  queue_frame (member, binary ? 2 : 1, data, len);
  flush (self, i);
}

void
cli_swarm_broadcast (CliSwarm   *self,
                     guint       i,
                     const char *topic,
                     const char *event,
                     const char *payload)
{
  g_autoptr (GString) out = g_string_sized_new (256);
  const char head[] = { 3, 1, 1, (char) (strlen (topic) + 9), (char) strlen (event), 0, 1, '1', '1' };

  g_string_append_len (out, head, sizeof head);
  g_string_append (out, "realtime:");
  g_string_append (out, topic);
  g_string_append (out, event);
  g_string_append (out, payload);
  cli_swarm_send (self, i, TRUE, out->str, out->len);
}

/* ---- Receiving ---- */

static void
take_message (CliSwarm   *self,
              guint       i,
              guint8      opcode,
              const char *data,
              gsize       len)
{
  Member *member = self->members->pdata[i];

  if (opcode == 8)
    leave (self, member);
  else if (opcode == 9)
    {
      queue_frame (member, 10, data, len);
      flush (self, i);
    }
  else if (opcode == 1 && !member->joined && g_strstr_len (data, (gssize) len, "\"phx_reply\"") != NULL)
    {
      member->joined = g_strstr_len (data, (gssize) len, "\"ok\"") != NULL;
      self->n_joined += member->joined ? 1 : 0;
    }
  else if (opcode <= 2)
    self->func (self, i, opcode == 2, data, len, self->user_data);
}

/* Bytes of whole frames at @data. */
static gsize
take_frames (CliSwarm   *self,
             guint       i,
             const char *data,
             gsize       have)
{
  const guint8 *at = (const guint8 *) data, *end = at + have;

  while (end - at >= 2)
    {
      guint64 len = at[1] & 0x7f;
      gsize   head = len < 126 ? 2 : len == 126 ? 4
                                                : 10;

      if ((gsize) (end - at) < head)
        break;
      if (head > 2)
        {
          len = 0;
          for (gsize k = 2; k < head; k++)
            len = len << 8 | at[k];
        }
      if ((guint64) (end - at) < head + len)
        break;
      take_message (self, i, at[0] & 0x0f, (const char *) at + head, (gsize) len);
      at += head + len;
    }
  return (gsize) (at - (const guint8 *) data);
}

static void
receive (CliSwarm *self,
         guint     i)
{
  Member *member = self->members->pdata[i];
  gssize  n = recv (member->fd, self->buffer, sizeof self->buffer, MSG_DONTWAIT);
  gsize   taken;

  if (n <= 0)
    {
      if (n == 0 || errno != EAGAIN)
        leave (self, member);
      return;
    }
  if (member->in->len == 0)
    {
      taken = take_frames (self, i, self->buffer, (gsize) n);
      g_byte_array_append (member->in, (guint8 *) self->buffer + taken, (guint) ((gsize) n - taken));
      return;
    }
  g_byte_array_append (member->in, (guint8 *) self->buffer, (guint) n);
  taken = take_frames (self, i, (char *) member->in->data, member->in->len);
  g_byte_array_remove_range (member->in, 0, (guint) taken);
}

void
cli_swarm_run (CliSwarm *self,
               gint64    wait_us)
{
  struct epoll_event events[MAX_EVENTS];
  int                n = epoll_wait (self->epoll, events, MAX_EVENTS, (int) ((MAX (wait_us, 0) + 999) / 1000));

  for (int k = 0; k < n; k++)
    {
      guint   i = events[k].data.u32;
      Member *member = self->members->pdata[i];

      if (member->fd >= 0 && (events[k].events & EPOLLOUT) != 0)
        flush (self, i);
      if (member->fd >= 0 && (events[k].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        receive (self, i);
    }
}

/* ---- Connecting ---- */

static GSocket *
dial (CliSwarm *self,
      GError  **error)
{
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (self->address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_timeout (socket, PATIENCE_US / G_USEC_PER_SEC);
  if (!g_socket_connect (socket, self->address, NULL, error))
    return NULL;
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  return g_steal_pointer (&socket);
}

/* Up to the empty line, and maybe further: what follows stays in @text. FALSE: no answer. */
static gboolean
read_head (GSocket *socket,
           GString *text,
           GError **error)
{
  char buffer[4096];

  while (strstr (text->str, "\r\n\r\n") == NULL)
    {
      gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, error);

      if (n <= 0)
        {
          if (n == 0)
            g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the server closed the connection");
          return FALSE;
        }
      g_string_append_len (text, buffer, n);
    }
  return TRUE;
}

static gboolean
send_all (GSocket    *socket,
          const char *data,
          gsize       len,
          GError    **error)
{
  while (len > 0)
    {
      gssize n = g_socket_send (socket, data, len, NULL, error);

      if (n <= 0)
        return FALSE;
      data += n;
      len -= (gsize) n;
    }
  return TRUE;
}

static gboolean
connect_one (CliSwarm *self,
             GError  **error)
{
  g_autoptr (GSocket) socket = dial (self, error);
  g_autofree char *request =
      g_strdup_printf ("GET /realtime/v1/websocket?vsn=2.0.0&apikey=%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                       self->key, self->host);
  g_autoptr (GString) answer = g_string_new (NULL);
  Member *member;

  if (socket == NULL || !send_all (socket, request, strlen (request), error) || !read_head (socket, answer, error))
    return FALSE;
  if (!g_str_has_prefix (answer->str, "HTTP/1.1 101 "))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "the server answered “%.*s”",
                   (int) strcspn (answer->str, "\r"), answer->str);
      return FALSE;
    }
  member = g_new0 (Member, 1);
  member->fd = dup (g_socket_get_fd (socket));
  member->in = g_byte_array_new ();
  member->out = g_byte_array_new ();
  g_ptr_array_add (self->members, member);
  self->n_connected++;
  watch (self, member, self->members->len - 1, EPOLL_CTL_ADD, FALSE);
  return TRUE;
}

gboolean
cli_swarm_connect (CliSwarm *self,
                   guint     n,
                   GError  **error)
{
  for (guint i = 0; i < n; i++)
    if (!connect_one (self, error))
      return FALSE;
  return TRUE;
}

gboolean
cli_swarm_join (CliSwarm   *self,
                const char *topic,
                const char *token,
                GError    **error)
{
  gint64           until = g_get_monotonic_time () + PATIENCE_US;
  g_autofree char *text = NULL;

  text = token == NULL
             ? g_strdup_printf ("[\"1\",\"1\",\"realtime:%s\",\"phx_join\",{}]", topic)
             : g_strdup_printf ("[\"1\",\"1\",\"realtime:%s\",\"phx_join\",{\"config\":{\"private\":true},\"access_token\":\"%s\"}]",
                                topic, token);
  self->n_joined = 0;
  for (guint i = 0; i < self->members->len; i++)
    {
      ((Member *) self->members->pdata[i])->joined = FALSE;
      cli_swarm_send (self, i, FALSE, text, strlen (text));
    }
  while (self->n_joined < self->members->len && g_get_monotonic_time () < until)
    cli_swarm_run (self, 100000);
  if (self->n_joined == self->members->len)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%u of %u could join", self->n_joined, self->members->len);
  return FALSE;
}

guint
cli_swarm_count (CliSwarm *self)
{
  return self->n_connected;
}

gsize
cli_swarm_get_queued (CliSwarm *self,
                      guint     i)
{
  Member *member = self->members->pdata[i];

  return member->out->len - member->sent;
}

/* ---- HTTP ---- */

/* The rest of the body. Our servers always say how long it is, or nothing follows. */
static gboolean
read_body (GSocket *socket,
           GString *text)
{
  const char *head_end = strstr (text->str, "\r\n\r\n") + 4;
  const char *length = g_strstr_len (text->str, head_end - text->str, "Content-Length: ");
  gsize       whole = (gsize) (head_end - text->str) +
                (length != NULL ? (gsize) g_ascii_strtoull (length + strlen ("Content-Length: "), NULL, 10) : 0);
  char buffer[16384];

  while (text->len < whole)
    {
      gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

      if (n <= 0)
        return FALSE;
      g_string_append_len (text, buffer, n);
    }
  return TRUE;
}

guint
cli_swarm_http (CliSwarm   *self,
                const char *method,
                const char *path,
                const char *token,
                const char *body,
                char      **answer)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *request = NULL;
  guint            status;

  if (self->http == NULL && (self->http = dial (self, NULL)) == NULL)
    return 0;
  request = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: %s\r\napikey: %s\r\nAuthorization: Bearer %s\r\n"
                             "Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                             method, path, self->host, self->key, token != NULL ? token : self->key,
                             body != NULL ? strlen (body) : 0, body != NULL ? body : "");
  if (!send_all (self->http, request, strlen (request), NULL) || !read_head (self->http, text, NULL) ||
      !read_body (self->http, text))
    {
      g_clear_object (&self->http);
      return 0;
    }
  status = (guint) g_ascii_strtoull (text->str + strlen ("HTTP/1.1 "), NULL, 10);
  if (answer != NULL)
    *answer = g_strdup (strstr (text->str, "\r\n\r\n") + 4);
  return status;
}

/* ---- Life ---- */

static void
raise_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MAX_FILES)
    return;
  limit.rlim_cur = MIN (MAX_FILES, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
}

CliSwarm *
cli_swarm_new (const char  *url,
               const char  *key,
               CliSwarmFunc func,
               gpointer     user_data,
               GError     **error)
{
  g_autoptr (GSocketConnectable) connectable = g_network_address_parse_uri (url, 80, error);
  g_autoptr (GSocketAddressEnumerator) addresses = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  CliSwarm *self;

  if (connectable == NULL)
    return NULL;
  if (!g_str_has_prefix (url, "http://"))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "load is made over plain HTTP only");
      return NULL;
    }
  addresses = g_socket_connectable_enumerate (connectable);
  address = g_socket_address_enumerator_next (addresses, NULL, error);
  if (address == NULL)
    return NULL;
  raise_files ();
  self = g_new0 (CliSwarm, 1);
  self->host = g_strdup (url + strlen ("http://"));
  self->key = g_strdup (key);
  self->address = g_steal_pointer (&address);
  self->func = func;
  self->user_data = user_data;
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify) member_free);
  return self;
}

void
cli_swarm_free (CliSwarm *self)
{
  g_ptr_array_unref (self->members);
  close (self->epoll);
  g_clear_object (&self->http);
  g_object_unref (self->address);
  g_free (self->host);
  g_free (self->key);
  g_free (self);
}
