/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"
#include "tela-rtree.h"

G_BEGIN_DECLS

/* What one gesture says of one element. */
typedef struct
{
  gpointer     gesture; /* borrowed */
  TelaElement *op;      /* owned; at a stamp above all others */
} TelaVeil;

/* One id of the board. */
typedef struct
{
  TelaRtreeItem item;    /* first, so that the tree's items are entries; in the tree while shown */
  TelaElement  *merged;  /* never NULL, since it holds the id; without properties: nothing was merged yet */
  TelaElement  *shown;   /* nullable: with the veils, and only if visible */
  GArray       *veils;   /* nullable: of TelaVeil, the latest last */
  guint         touched; /* 1 + place among the touched of the running call; 0: not among them */
} TelaEntry;

struct _TelaBoard
{
  GObject parent_instance;

  char       *project_id;
  GHashTable *entries;  /* TelaEntry by id, as a set */
  GHashTable *gestures; /* by actor and name, as a set */
  GHashTable *links;    /* id of an element or a group → GPtrArray of the entries whose shown elements name it, borrowed */
  TelaRtree  *rtree;
  GArray     *touched; /* what the running call has changed */
  guint       n_shown;
  guint       n_merged; /* of the running call */
  guint64     veil_sequence;
  char       *top; /* greatest index ever shown; NULL: none */
};

/* A call is any number of these, then one finish. */
TelaEntry *tela_board_ensure_entry (TelaBoard *self, const TelaElement *element);
void       tela_board_touch (TelaBoard *self, TelaEntry *entry);
void       tela_board_merge_one (TelaBoard *self, TelaElement *op);
/* Shows what was touched and tells of it once. Returns how many merged elements changed. */
guint tela_board_finish (TelaBoard *self);

TelaEntry *tela_board_find_entry (TelaBoard *self, const char *id); /* NULL: none */

/* The gestures' table. */
GHashTable *tela_board_gestures_new (void);

GHashTable *tela_board_links_new (void);
/* Both nullable: what the entry showed and what it shows. */
void tela_board_relink (TelaBoard *self, TelaEntry *entry, const TelaElement *before, const TelaElement *after);
/* Touches the texts on a line: they are shown where it is. */
void tela_board_touch_labels (TelaBoard *self, TelaEntry *entry);
/* (transfer full): @label, which it takes, at the middle of @line. */
TelaElement *tela_board_place_label (TelaElement *label, const TelaElement *line);

G_END_DECLS
