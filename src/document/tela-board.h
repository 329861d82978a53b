/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

#include "tela-geometry.h"

G_BEGIN_DECLS

/* The merged document of one board, with the veil of unfinished gestures over it. No network, no disk, no clock. Main
 * thread only (or any one thread). Elements that it returns are borrowed until the next change; take a reference to
 * keep or to hand to another thread. */
#define TELA_TYPE_BOARD (tela_board_get_type ())
G_DECLARE_FINAL_TYPE (TelaBoard, tela_board, TELA, BOARD, GObject)

/* One changed element as it is *shown*. NULL before: it appeared; NULL after: it went. Borrowed. */
typedef struct
{
  TelaElement *before;
  TelaElement *after;
} TelaChange;

TelaBoard  *tela_board_new (const char *project_id);
const char *tela_board_get_project_id (TelaBoard *self);

/* Merged state, whole elements and operations alike. Returns how many elements changed. Emits "changed" once. */
guint tela_board_merge (TelaBoard *self, TelaElement *const *ops, gsize n);
/* Replaces elements outright: a refused operation taken back, or a reload. NULL element, or one without properties: forget it. */
void               tela_board_replace (TelaBoard *self, const char *const *ids, TelaElement *const *elements, gsize n);
const TelaElement *tela_board_lookup (TelaBoard *self, const char *id); /* merged; tombstones and typeless ones too */
guint              tela_board_get_n_visible (TelaBoard *self);          /* of those shown */
const char        *tela_board_get_name (TelaBoard *self);               /* "" if it has none yet */

typedef void (*TelaElementFunc) (const TelaElement *element, gpointer user_data);
void tela_board_foreach (TelaBoard *self, TelaElementFunc func, gpointer user_data); /* every merged one, by id */

/* The veil (sync.md 5): what a hand is doing now, by (actor, gesture). @ops set properties over the merged document
 * until the gesture is dropped; each call replaces what that gesture said before. Stamps of @ops are ignored. A veil over
 * an id that is not there shows a new element if it sets `type`. */
void tela_board_set_veil (TelaBoard *self, guint64 actor, const char *gesture, TelaElement *const *ops, gsize n);
void tela_board_drop_veil (TelaBoard *self, guint64 actor, const char *gesture);
/* Merges and drops in one change, so that no frame shows the old place. */
guint    tela_board_settle (TelaBoard *self, guint64 actor, const char *gesture, TelaElement *const *ops, gsize n);
gboolean tela_board_is_veiled (TelaBoard *self, const char *id);
gboolean tela_board_has_veils (TelaBoard *self); /* FALSE: nothing is veiled */

/* What is shown: merged below, veil above, invisible ones left out. A text on an arrow is shown at the arrow's middle,
 * wherever the document has it: not every program writes that down. */
const TelaElement *tela_board_lookup_shown (TelaBoard *self, const char *id);
/* (transfer full)(element-type TelaElement): references, in z-order from the bottom (index, then id). */
GPtrArray *tela_board_query (TelaBoard *self, const TelaRect *area); /* NULL: all */
/* Topmost shown element there, or NULL. Locked ones are passed over. */
const TelaElement *tela_board_hit (TelaBoard *self, double x, double y, double slack);
gboolean           tela_board_get_extent (TelaBoard *self, TelaRect *extent); /* FALSE: empty */
/* Shown elements that name one of @names (ids of elements or groups, as a set) in a binding, or as their container, frame
 * or group; each once, in z-order. (transfer full)(element-type TelaElement) */
GPtrArray *tela_board_find_linked (TelaBoard *self, GHashTable *names);
/* By index, then id; an element without an index lies at the bottom. */
int tela_board_compare_order (const TelaElement *a, const TelaElement *b);
/* Index key that puts a new element on top; (transfer full). */
char *tela_board_top_index (TelaBoard *self);

/* Canonical JSON, one line, elements by id, keys sorted: {"board":{…},"elements":[{…},…]} with the visible ones, `board`
 * only if the board has properties of its own. @all: {"elements":[{"id":…,"props":{…},"stamps":{…}},…]} with tombstones
 * and the board's own. Equal boards give equal bytes. Veils never show here. (transfer full) */
char *tela_board_dump (TelaBoard *self, gboolean all);
/* What such a dump of @all holds; NULL: it is none. (transfer full)(element-type TelaElement) */
GPtrArray *tela_board_read_dump (const char *json, gsize len, GError **error);

/* Signal "changed" (const TelaChange *changes, guint n): after the fact, once a call, borrowed for the emission. An element
 * whose values stay as they were (only their stamps or veils changed) is no change, though its struct may be another.
 * Signal "merged" (guint n): the merged document changed (veils do not count). */

G_END_DECLS
