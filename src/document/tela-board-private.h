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
  TelaElement  *shown;   /* nullable: with the veils, and only if visible; as it was if the entry is touched */
  GArray       *veils;   /* nullable: of TelaVeil, the latest last */
  guint64       order;   /* the first eight letters of the index shown: they decide nearly every comparison */
  gboolean      touched; /* it is among the touched */
  guint         call;    /* the last one that changed what is merged */
} TelaEntry;

/* The entries by id, as a set with open addressing. */
typedef struct
{
  TelaEntry *entry; /* owned; NULL: free */
  guint32    hash;
} TelaEntrySlot;

typedef struct
{
  TelaEntrySlot *slots;
  guint          mask; /* of the hash; one less than there are slots */
  guint          n;
} TelaEntryTable;

struct _TelaBoard
{
  GObject parent_instance;

  char          *project_id;
  TelaEntryTable entries;
  GHashTable    *gestures; /* by actor and name, as a set */
  GHashTable    *links;    /* id of an element or a group → GPtrArray of the entries whose shown elements name it, borrowed */
  TelaRtree     *rtree;
  GPtrArray     *touched; /* entries that may have to be shown otherwise, borrowed */
  guint          n_shown;
  guint          call;     /* a number for each */
  guint          n_merged; /* of the running call */
  guint64        veil_sequence;
  char          *top; /* greatest index ever shown; NULL: none */
};

/* A call that changes the board begins, is any number of the next three, and is finished. What it touched is shown at
 * its end if somebody listens, and else when somebody asks for what is shown. */
void       tela_board_begin (TelaBoard *self);
TelaEntry *tela_board_ensure_entry (TelaBoard *self, const TelaElement *element);
void       tela_board_touch (TelaBoard *self, TelaEntry *entry);
void       tela_board_merge_all (TelaBoard *self, TelaElement *const *ops, gsize n);
/* Tells of it once. Returns how many merged elements changed. */
guint tela_board_finish (TelaBoard *self);

TelaEntry *tela_board_find_entry (TelaBoard *self, const char *id); /* NULL: none */

void       tela_entries_init (TelaEntryTable *self);
void       tela_entries_clear (TelaEntryTable *self);
TelaEntry *tela_entries_find (const TelaEntryTable *self, const char *id);
TelaEntry *tela_entries_ensure (TelaEntryTable *self, const TelaElement *element);
void       tela_entries_remove (TelaEntryTable *self, TelaEntry *entry);
/* Asks the memory for what merging @ops will need. @guesses: the entry of each, most probably, or NULL. */
void tela_entries_fetch (const TelaEntryTable *self, TelaElement *const *ops, guint n, TelaEntry **guesses);

/* Shows what was touched. @changes: takes them, each with references of its own; nullable. */
void tela_board_show_touched (TelaBoard *self, GArray *changes);
/* Whoever looks at what is shown calls it before. */
void tela_board_refresh (TelaBoard *self);

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
