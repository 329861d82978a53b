/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A client without manners, on any thread: bare sockets of 127.0.0.1 that send what they are told. What the other end
 * makes of it is no error here. */
int      raw_connect (guint port);
gboolean raw_write (int fd, gconstpointer data, gsize len); /* FALSE: it does not take it any more */
/* Asks for a WebSocket, with more lines of the head, and waits for the answer, which is returned. (transfer full) */
char    *raw_upgrade (int fd, const char *key, const char *lines);
gboolean raw_frame (int fd, guint8 first, gconstpointer data, gsize len); /* under a mask of zeros */
gboolean raw_text (int fd, const char *text);
void     raw_drain (int fd);   /* reads and forgets what is there by now */
gboolean raw_is_over (int fd); /* waits for the end for up to 20 s */

G_END_DECLS
