/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-cursor.h"

G_BEGIN_DECLS

/* Who is on a board, and what their hands do. Main thread. */

typedef enum
{
  TELA_PERSON_ACTIVE,
  TELA_PERSON_IDLE, /* has not touched the board for a minute */
  TELA_PERSON_AWAY, /* looks at something else */
} TelaPersonState;

/* Somebody, however many windows and computers they have the board open in. Properties (notify): name, colour ("#rrggbb"),
 * state, n-windows. */
#define TELA_TYPE_PERSON (tela_person_get_type ())
G_DECLARE_FINAL_TYPE (TelaPerson, tela_person, TELA, PERSON, GObject)

const char     *tela_person_get_id (TelaPerson *self); /* the user's */
const char     *tela_person_get_name (TelaPerson *self);
const char     *tela_person_get_colour (TelaPerson *self);
TelaPersonState tela_person_get_state (TelaPerson *self);
gint64          tela_person_get_since (TelaPerson *self); /* of that state; g_get_monotonic_time() units */
guint           tela_person_get_n_windows (TelaPerson *self);

/* One process of somebody's: where its pointer is. Borrowed; good until the main loop runs again. */
typedef struct
{
  guint64     actor;
  TelaPerson *person; /* NULL: nobody has said yet who that is */
  TelaTrack  *track;
  TelaCursor *cursor; /* the last message */
  GArray     *laser;  /* of TelaCursorSample with `at` in monotonic microseconds here, oldest first */
  gint64      heard;
} TelaPeer;

/* The others: a GListModel of TelaPerson, by name. Property stale-since (gint64, monotonic; 0: the list is true now).
 * Signals: "moved": some peer's cursor is another; "bring" (TelaPerson *person, guint64 actor): asks everybody to come and
 * look. */
#define TELA_TYPE_PEOPLE (tela_people_get_type ())
G_DECLARE_FINAL_TYPE (TelaPeople, tela_people, TELA, PEOPLE, GObject)

gint64     tela_people_get_stale_since (TelaPeople *self);
GPtrArray *tela_people_get_peers (TelaPeople *self);                          /* (transfer none): of TelaPeer */
TelaPeer  *tela_people_find_peer (TelaPeople *self, TelaPerson *person);      /* the one heard last; NULL: none */
TelaPeer  *tela_people_get_writer (TelaPeople *self, const char *element_id); /* who is typing in it; NULL: nobody */

/* Oneself. */
void tela_people_set_self (TelaPeople *self, const char *name, const char *colour);
void tela_people_set_windows (TelaPeople *self, guint n);
void tela_people_set_state (TelaPeople *self, TelaPersonState state);
void tela_people_move (TelaPeople *self, double x, double y);  /* board units */
void tela_people_leave (TelaPeople *self);                     /* the pointer is elsewhere */
void tela_people_point (TelaPeople *self, double x, double y); /* with the laser */
/* @selected: ids; more than TELA_CURSOR_MAX_SELECTED of them: only @around is said. @writing, @tool: nullable. */
void tela_people_show (TelaPeople *self, TelaRect view, GPtrArray *selected, TelaRect around, const char *writing, const char *tool);
void tela_people_bring (TelaPeople *self);

G_END_DECLS
