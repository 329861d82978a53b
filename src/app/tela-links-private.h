/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-links.h"

G_BEGIN_DECLS

TelaLink *tela_link_copy (const TelaLink *self);
void      tela_link_free (TelaLink *self);
gboolean  tela_link_equal (const TelaLink *a, const TelaLink *b);

/* The file of the links, in the directory that the processes share. Any thread. */

/* (element-type utf8 TelaLink): the links by project. */
GHashTable *tela_links_table_new (void);
/* @link NULL: the project has none. Others with the same path lose theirs. FALSE: it is as before. */
gboolean tela_links_table_change (GHashTable *links, const char *project_id, const TelaLink *link);

char       *tela_links_file_dup_path (const char *dir);
GHashTable *tela_links_file_read (const char *dir); /* NULL: it cannot be read */
/* A failure leaves the file as it was. */
void tela_links_file_change (const char *dir, const char *project_id, const TelaLink *link);
/* A descriptor; -1 and errno EAGAIN: somebody else holds that path, here or in another process. */
int tela_links_file_hold (const char *dir, const char *path);

G_END_DECLS
