/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A TCP relay on 127.0.0.1 that breaks on demand, on a thread of its own. Functions on any one thread; when they return, the fault holds. */
typedef struct _FaultProxy FaultProxy;

FaultProxy *fault_proxy_new (guint16 target_port);
void        fault_proxy_free (FaultProxy *self);
guint16     fault_proxy_get_port (FaultProxy *self);
char       *fault_proxy_dup_url (FaultProxy *self);             /* http://127.0.0.1:PORT */
void        fault_proxy_cut (FaultProxy *self);                 /* closes all, and whatever comes, at once */
void        fault_proxy_stall (FaultProxy *self);               /* bytes wait; connections stay */
void        fault_proxy_set_delay (FaultProxy *self, guint ms); /* on the way to the server and back */
void        fault_proxy_split (FaultProxy *self, guint size);   /* into pieces of so many bytes */
void        fault_proxy_restore (FaultProxy *self);             /* no cut, no stall, no delay, no split */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FaultProxy, fault_proxy_free)

G_END_DECLS
