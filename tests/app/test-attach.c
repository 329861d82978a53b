/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-attach.h"
#include "tela-canvas-private.h"

static const TelaElement *
get (CanvasFixture *fixture,
     const char    *id)
{
  return tela_board_lookup_shown (fixture->board, id);
}

static double
number (CanvasFixture *fixture,
        const char    *id,
        TelaKey        key)
{
  return tela_element_get_number (get (fixture, id), key, -1e9);
}

static void
select_one (CanvasFixture *fixture,
            const char    *id)
{
  tela_selection_set (tela_canvas_get_selection (fixture->canvas), &id, 1);
}

static void
type (CanvasFixture *fixture,
      const char    *text)
{
  gtk_text_buffer_set_text (tela_canvas_get_text_buffer (fixture->canvas), text, -1);
}

/* Writes into what is selected. Returns the id of the text. (transfer full) */
static char *
write_into (CanvasFixture *fixture,
            const char    *id,
            const char    *text)
{
  select_one (fixture, id);
  canvas_activate (fixture->canvas, "edit");
  g_assert_true (tela_canvas_is_editing (fixture->canvas));
  type (fixture, text);
  tela_canvas_commit_text (fixture->canvas);

  return g_strdup (tela_element_get_id (tela_attach_find_text (fixture->board, id)));
}

/* How far an end of an arrow is from the outline of a shape. */
static double
gap (CanvasFixture *fixture,
     const char    *arrow,
     gboolean       is_end,
     const char    *shape)
{
  const TelaNumbers *points = tela_element_get_numbers (get (fixture, arrow), TELA_KEY_POINTS);
  guint              at = is_end ? points->n - 1 : 0;
  TelaOutline        outline;

  tela_outline_init (&outline, get (fixture, shape));

  return tela_outline_measure (&outline,
                               (TelaSpot){ number (fixture, arrow, TELA_KEY_X) + points->v[2 * at],
                                           number (fixture, arrow, TELA_KEY_Y) + points->v[2 * at + 1] },
                               0);
}

typedef struct
{
  char *box, *left, *right, *in, *out, *label;
} Drawing;

static void
draw (CanvasFixture *fixture,
      Drawing       *drawing)
{
  drawing->left = canvas_draw (fixture->canvas, "ellipse", 40, 60, 120, 140);
  drawing->box = canvas_draw (fixture->canvas, "rectangle", 260, 60, 360, 140);
  drawing->right = canvas_draw (fixture->canvas, "diamond", 500, 60, 580, 140);
  drawing->in = canvas_draw (fixture->canvas, "arrow", 110, 100, 270, 100);
  drawing->out = canvas_draw (fixture->canvas, "arrow", 350, 100, 510, 100);
  drawing->label = write_into (fixture, drawing->box, "Box");
}

static void
drawing_clear (Drawing *drawing)
{
  g_free (drawing->box);
  g_free (drawing->left);
  g_free (drawing->right);
  g_free (drawing->in);
  g_free (drawing->out);
  g_free (drawing->label);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Drawing, drawing_clear)

static void
assert_attached (CanvasFixture *fixture,
                 const Drawing *drawing)
{
  TelaRect box = tela_element_get_box (get (fixture, drawing->box));
  TelaRect label = tela_element_get_box (get (fixture, drawing->label));

  g_assert_cmpfloat_with_epsilon (gap (fixture, drawing->in, FALSE, drawing->left), 5, 0.1);
  g_assert_cmpfloat_with_epsilon (gap (fixture, drawing->in, TRUE, drawing->box), 5, 0.1);
  g_assert_cmpfloat_with_epsilon (gap (fixture, drawing->out, FALSE, drawing->box), 5, 0.1);
  g_assert_cmpfloat_with_epsilon (gap (fixture, drawing->out, TRUE, drawing->right), 5, 0.1);
  g_assert_cmpfloat_with_epsilon (label.x + label.width / 2, box.x + box.width / 2, 0.01);
  g_assert_cmpfloat_with_epsilon (label.y + label.height / 2, box.y + box.height / 2, 0.01);
}

/* A box with two arrows and a label is moved: all follow, also on the way, and one undo brings all back. */
static void
test_move (CanvasFixture *fixture,
           gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  draw (fixture, &drawing);
  assert_attached (fixture, &drawing);
  before = tela_board_dump (fixture->board, FALSE);

  /* By its label, which is part of it. */
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  tela_canvas_press (fixture->canvas, 310, 100, 0, -1, 1);
  tela_canvas_motion (fixture->canvas, 320, 200, 0, -1);
  g_assert_cmpfloat (number (fixture, drawing.box, TELA_KEY_Y), ==, 160);
  assert_attached (fixture, &drawing);
  tela_canvas_motion (fixture->canvas, 350, 300, 0, -1);
  tela_canvas_release (fixture->canvas, 350, 300, 0);
  g_assert_cmpfloat (number (fixture, drawing.box, TELA_KEY_X), ==, 300);
  g_assert_cmpfloat (number (fixture, drawing.box, TELA_KEY_Y), ==, 260);
  assert_attached (fixture, &drawing);

  canvas_activate (fixture->canvas, "undo");
  after = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_resize (CanvasFixture *fixture,
             gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };
  g_autofree char   *text = NULL;
  g_autofree char   *before = NULL;
  g_autofree char   *after = NULL;
  const TelaElement *label;

  draw (fixture, &drawing);
  text = write_into (fixture, drawing.box, "several words here");
  g_assert_cmpstr (text, ==, drawing.label);
  before = tela_board_dump (fixture->board, FALSE);

  select_one (fixture, drawing.box);
  {
    TelaRect box = tela_element_get_box (get (fixture, drawing.box));

    canvas_drag (fixture->canvas, box.x + box.width + 4, box.y + box.height + 4, box.x + box.width + 104,
                 box.y + box.height + 4, 0);
  }
  label = get (fixture, drawing.label);
  g_assert_cmpstr (tela_element_get_string (label, TELA_KEY_TEXT), ==, "several words here");
  assert_attached (fixture, &drawing);

  canvas_activate (fixture->canvas, "undo");
  after = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (before, ==, after);
  g_assert_nonnull (strchr (tela_element_get_string (get (fixture, drawing.label), TELA_KEY_TEXT), '\n'));
}

/* In a container text is wrapped and centred, makes it grow, and is gone with one undo. */
static void
test_edit_in_container (CanvasFixture *fixture,
                        gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  TelaRect         label;

  draw (fixture, &drawing);
  before = tela_board_dump (fixture->board, FALSE);
  select_one (fixture, drawing.box);
  canvas_activate (fixture->canvas, "edit");
  type (fixture, "one");
  type (fixture, "one word after another until there is no more room in here");
  g_assert_cmpfloat (number (fixture, drawing.box, TELA_KEY_HEIGHT), >, 80);
  assert_attached (fixture, &drawing);
  tela_canvas_commit_text (fixture->canvas);

  label = tela_element_get_box (get (fixture, drawing.label));
  g_assert_cmpfloat (label.width, <=, 90);
  g_assert_cmpfloat_with_epsilon (number (fixture, drawing.box, TELA_KEY_HEIGHT), label.height + 10, 1);
  g_assert_cmpstr (tela_element_get_string (get (fixture, drawing.label), TELA_KEY_ORIGINAL_TEXT), ==,
                   "one word after another until there is no more room in here");
  canvas_activate (fixture->canvas, "undo");
  after = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (before, ==, after);

  /* Emptied: the text goes, the container stays as it was. */
  select_one (fixture, drawing.box);
  canvas_activate (fixture->canvas, "edit");
  type (fixture, "one word after another until there is no more room in here");
  type (fixture, "");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_null (get (fixture, drawing.label));
  g_assert_cmpfloat (number (fixture, drawing.box, TELA_KEY_HEIGHT), ==, 80);
  canvas_activate (fixture->canvas, "undo");
  g_free (after);
  after = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_double_click (CanvasFixture *fixture,
                   gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };
  const TelaElement *text;

  draw (fixture, &drawing);
  /* Inside of a shape without fill, where nothing is painted. */
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  tela_canvas_press (fixture->canvas, 80, 100, 0, -1, 2);
  tela_canvas_release (fixture->canvas, 80, 100, 0);
  g_assert_true (tela_canvas_is_editing (fixture->canvas));
  type (fixture, "in");
  tela_canvas_commit_text (fixture->canvas);
  text = tela_attach_find_text (fixture->board, drawing.left);
  g_assert_nonnull (text);
  g_assert_cmpfloat_with_epsilon (tela_element_get_box (text).x + tela_element_get_box (text).width / 2, 80, 0.01);

  /* On an arrow. */
  tela_canvas_press (fixture->canvas, 180, 100, 0, -1, 2);
  tela_canvas_release (fixture->canvas, 180, 100, 0);
  type (fixture, "on");
  tela_canvas_commit_text (fixture->canvas);
  text = tela_attach_find_text (fixture->board, drawing.in);
  g_assert_nonnull (text);
  g_assert_cmpfloat_with_epsilon (tela_element_get_box (text).y + tela_element_get_box (text).height / 2, 100, 0.5);
}

/* Deleting frees what was bound, takes the text along, and is one step. */
static void
test_delete (CanvasFixture *fixture,
             gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  draw (fixture, &drawing);
  before = tela_board_dump (fixture->board, FALSE);
  select_one (fixture, drawing.box);
  canvas_activate (fixture->canvas, "delete");
  g_assert_null (get (fixture, drawing.label));
  g_assert_null (tela_attach_get_target (fixture->board, get (fixture, drawing.in), TELA_ATTACH_END));
  g_assert_nonnull (tela_attach_get_target (fixture->board, get (fixture, drawing.in), TELA_ATTACH_START));
  canvas_activate (fixture->canvas, "undo");
  after = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (before, ==, after);
}

/* The canvas shows another colour there than @plain. */
static gboolean
differs_from (CanvasFixture *fixture,
              int            x,
              int            y,
              const guint8   plain[3])
{
  guint8 shown[3];

  canvas_get_pixel (fixture->canvas, x, y, shown);
  return memcmp (plain, shown, sizeof shown) != 0;
}

/* The end of an arrow is pulled from one shape to another; the shape under it is shown. */
static void
test_drag_end (CanvasFixture *fixture,
               gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };
  guint8 plain[3];

  draw (fixture, &drawing);
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  canvas_get_pixel (fixture->canvas, 562, 120, plain);
  select_one (fixture, drawing.in);
  tela_canvas_press (fixture->canvas, 255, 100, 0, -1, 1);
  tela_canvas_motion (fixture->canvas, 255, 250, 0, -1);
  g_assert_null (tela_attach_get_target (fixture->board, get (fixture, drawing.in), TELA_ATTACH_END));
  tela_canvas_motion (fixture->canvas, 530, 110, 0, -1);
  g_assert_true (tela_attach_get_target (fixture->board, get (fixture, drawing.in), TELA_ATTACH_END) ==
                 get (fixture, drawing.right));
  WAIT_UNTIL (differs_from (fixture, 562, 120, plain));
  tela_canvas_release (fixture->canvas, 530, 110, 0);
  g_assert_cmpfloat_with_epsilon (gap (fixture, drawing.in, TRUE, drawing.right), 5, 0.1);
  g_assert_cmpfloat_with_epsilon (gap (fixture, drawing.in, FALSE, drawing.left), 5, 0.1);

  canvas_activate (fixture->canvas, "undo");
  g_assert_true (tela_attach_get_target (fixture->board, get (fixture, drawing.in), TELA_ATTACH_END) ==
                 get (fixture, drawing.box));
}

/* A larger font wraps anew, and the typed text stays. */
static void
test_font_size (CanvasFixture *fixture,
                gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *text = NULL;

  draw (fixture, &drawing);
  text = write_into (fixture, drawing.box, "two words");
  before = tela_board_dump (fixture->board, FALSE);
  select_one (fixture, drawing.box);
  g_action_group_change_action_state (tela_canvas_get_style_actions (fixture->canvas), "font-size",
                                      g_variant_new_double (28));
  g_assert_cmpstr (tela_element_get_string (get (fixture, text), TELA_KEY_TEXT), ==, "two\nwords");
  g_assert_cmpstr (tela_element_get_string (get (fixture, text), TELA_KEY_ORIGINAL_TEXT), ==, "two words");
  assert_attached (fixture, &drawing);
  canvas_activate (fixture->canvas, "undo");
  after = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_nudge (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_auto (Drawing) drawing = { 0 };

  draw (fixture, &drawing);
  select_one (fixture, drawing.box);
  g_action_group_activate_action (tela_canvas_get_actions (fixture->canvas), "nudge",
                                  g_variant_new ("(dd)", 10.0, 30.0));
  g_assert_cmpfloat (number (fixture, drawing.box, TELA_KEY_X), ==, 270);
  assert_attached (fixture, &drawing);
}

static void
add (const char *path,
     void (*func) (CanvasFixture *fixture, gconstpointer data))
{
  g_test_add (path, CanvasFixture, NULL, canvas_fixture_set_up, func, canvas_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);

  add ("/attach/move", test_move);
  add ("/attach/nudge", test_nudge);
  add ("/attach/font-size", test_font_size);
  add ("/attach/resize", test_resize);
  add ("/attach/edit-in-container", test_edit_in_container);
  add ("/attach/double-click", test_double_click);
  add ("/attach/delete", test_delete);
  add ("/attach/drag-end", test_drag_end);

  return g_test_run ();
}
