/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include "tela-factory.h"
#include "tela-paint.h"
#include "tela-text-merge.h"
#include "tela-text-view.h"

#define CARET_MARGIN 32.0 /* widget pixels: the least distance of the caret from the edges */

/* As it is without this edit; it may have been moved meanwhile. */
static const TelaElement *
get_source (TelaCanvas *self)
{
  const TelaElement *merged = tela_board_lookup (tela_canvas_get_board (self), self->text.id);

  return merged != NULL && tela_element_is_visible (merged) ? merged : self->text.before;
}

/* A new text, and one that somebody has deleted, is said whole each time, since it is not there. */
static TelaElement *
build_op (TelaCanvas *self,
          const char *text)
{
  const TelaElement *source = get_source (self);
  g_autoptr (TelaElement) op = tela_op_builder_end (tela_factory_retext (source, self->text.look, text), (TelaStamp){ 0 });

  return self->text.is_new ? tela_attach_overlay (self->text.before, op) : g_steal_pointer (&op);
}

static const TelaElement *
get_shown (TelaCanvas *self)
{
  return tela_board_lookup_shown (tela_canvas_get_board (self), self->text.id) ?: self->text.before;
}

/* The lines of a contained text are as long as there is room, wherever the text is in it. */
static TelaRect
get_room (TelaCanvas        *self,
          const TelaElement *shown)
{
  TelaRect           box = tela_element_get_box (shown);
  const char        *id = tela_element_get_string (shown, TELA_KEY_CONTAINER_ID);
  const TelaElement *container = id == NULL ? NULL : tela_board_lookup_shown (tela_canvas_get_board (self), id);
  TelaRect           room;

  if (container == NULL)
    return box;

  room = tela_attach_get_room (container, shown);
  if (g_strcmp0 (tela_element_get_string (shown, TELA_KEY_TEXT_ALIGN), "center") == 0)
    box.x += (box.width - room.width) / 2;
  else if (g_strcmp0 (tela_element_get_string (shown, TELA_KEY_TEXT_ALIGN), "right") == 0)
    box.x += box.width - room.width;
  box.width = room.width;

  return box;
}

static void
show (TelaCanvas *self)
{
  g_autofree char *text = tela_canvas_dup_text (self);
  g_autoptr (GPtrArray) ops = NULL;
  g_autoptr (GPtrArray) all = NULL;

  /* Nothing typed yet is nothing: not even a veil. */
  if (!self->text.is_new || self->text.is_sent || *text != '\0')
    {
      ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
      g_ptr_array_add (ops, build_op (self, text));
      all = tela_attach_complete (self->text.attach, ops);
      tela_gesture_update (self->text.gesture, (TelaElement *const *) all->pdata, all->len);
      self->text.is_sent = TRUE;
    }
  tela_canvas_update_text (self);
}

/* Adds to what this edit changes besides the words. */
static void
take_look (TelaCanvas    *self,
           TelaOpBuilder *builder)
{
  g_autoptr (TelaElement) op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  g_autoptr (TelaElement) look = tela_attach_overlay (self->text.look != NULL ? self->text.look : op, op);

  g_clear_pointer (&self->text.look, tela_element_unref);
  self->text.look = g_steal_pointer (&look);
  if (self->text.is_new)
    {
      g_autoptr (TelaElement) before = self->text.before;

      self->text.before = tela_attach_overlay (before, self->text.look);
    }
  show (self);
}

void
tela_canvas_style_text (TelaCanvas *self,
                        TelaKey     key)
{
  TelaOpBuilder *builder;

  if (!tela_style_applies (key, self->text.before))
    return;

  builder = tela_op_builder_new (self->text.id);
  tela_style_write (self->style, key, "text", builder);
  take_look (self, builder);
}

/* Somebody else has written into the same text: their change is made here too, so that the end of this edit, which says
 * the text whole, keeps it. */
static void
take_words (TelaCanvas        *self,
            const TelaElement *merged)
{
  GtkTextBuffer   *buffer = tela_canvas_get_text_buffer (self);
  const char      *theirs = tela_factory_typed_text (merged);
  g_autofree char *mine = NULL;
  GtkTextIter      start, end;
  TelaTextPatch    patch;

  if (g_strcmp0 (theirs, self->text.base) == 0)
    return;

  mine = tela_canvas_dup_text (self);
  patch = tela_text_merge (self->text.base, theirs, mine);
  g_free (self->text.base);
  self->text.base = g_strdup (theirs);
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_get_iter_at_offset (buffer, &start, patch.at);
  gtk_text_buffer_get_iter_at_offset (buffer, &end, patch.at + patch.n_removed);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, patch.inserted, -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  g_free (patch.inserted);
}

/* What is being written is not lost because somebody else has deleted the text, or what it was in. */
static void
stay (TelaCanvas *self)
{
  const TelaElement *merged = tela_board_lookup (tela_canvas_get_board (self), self->text.id);
  const TelaElement *shown = get_shown (self);
  const char        *container = tela_element_get_string (shown, TELA_KEY_CONTAINER_ID);
  g_autofree char   *text = NULL;
  TelaOpBuilder     *builder;
  gboolean           is_deleted = merged != NULL && !tela_element_is_visible (merged) &&
                        (self->text.look == NULL || !tela_element_has (self->text.look, TELA_KEY_IS_DELETED));
  gboolean is_orphan =
      container != NULL && tela_board_lookup_shown (tela_canvas_get_board (self), container) == NULL;

  if (!is_deleted && !is_orphan)
    return;
  text = tela_canvas_dup_text (self);
  if (strcmp (text, self->text.started) == 0)
    return; /* nothing is lost that was written here */

  builder = tela_op_builder_new (self->text.id);
  if (is_deleted)
    tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, FALSE);
  if (is_orphan)
    {
      tela_op_builder_set_json (builder, TELA_KEY_CONTAINER_ID, "null");
      tela_op_builder_set_boolean (builder, TELA_KEY_AUTO_RESIZE, TRUE);
    }
  take_look (self, builder);
}

/* Words that are typed beyond the edge draw the board after them. */
static void
keep_caret_visible (TelaCanvas *self)
{
  GtkWidget   *widget = GTK_WIDGET (self);
  GtkTextView *view = GTK_TEXT_VIEW (self->text.view);
  double       right = gtk_widget_get_width (widget) - CARET_MARGIN;
  double       bottom = gtk_widget_get_height (widget) - CARET_MARGIN;
  GdkRectangle caret;
  int          wx, wy;
  double       x, y;

  if (!gtk_widget_is_focus (self->text.view) || gtk_widget_get_width (self->text.view) == 0)
    return;

  gtk_text_view_get_cursor_locations (view, NULL, &caret, NULL);
  gtk_text_view_buffer_to_window_coords (view, GTK_TEXT_WINDOW_WIDGET, caret.x, caret.y + caret.height / 2, &wx, &wy);
  if (!gtk_widget_translate_coordinates (self->text.view, widget, wx, wy, &x, &y) || right < CARET_MARGIN ||
      bottom < CARET_MARGIN)
    return;

  if (x < CARET_MARGIN || x > right || y < CARET_MARGIN || y > bottom)
    tela_viewport_pan (self->viewport, CLAMP (x, CARET_MARGIN, right) - x, CLAMP (y, CARET_MARGIN, bottom) - y);
}

void
tela_canvas_show_text (TelaCanvas *self)
{
  show (self);
  stay (self);
  keep_caret_visible (self);
}

void
tela_canvas_follow_text (TelaCanvas *self)
{
  const TelaElement *merged;

  if (self->text.view == NULL)
    return;

  merged = tela_board_lookup (tela_canvas_get_board (self), self->text.id);
  if (merged != NULL && tela_element_is_visible (merged))
    take_words (self, merged);
  stay (self);
  tela_canvas_update_text (self);
}

void
tela_canvas_update_text (TelaCanvas *self)
{
  if (self->text.view == NULL)
    return;

  tela_text_view_update (TELA_TEXT_VIEW (self->text.view), get_shown (self), tela_viewport_get_zoom (self->viewport));
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
tela_canvas_allocate_text (TelaCanvas *self)
{
  const TelaElement *shown;

  if (self->text.view == NULL)
    return;

  shown = get_shown (self);
  tela_text_view_allocate (TELA_TEXT_VIEW (self->text.view), shown, get_room (self, shown), self->viewport);
}

/* Above its editor, whose own letters cannot be seen. */
void
tela_canvas_draw_text (TelaCanvas  *self,
                       GtkSnapshot *snapshot)
{
  GtkWidget             *widget = GTK_WIDGET (self);
  double                 zoom = tela_viewport_get_zoom (self->viewport);
  const TelaElement     *shown = get_shown (self);
  const TelaPaintOptions options = { .scale = zoom * gtk_widget_get_scale_factor (widget) };
  graphene_rect_t        area =
      GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget), (float) gtk_widget_get_height (widget));
  graphene_rect_t ink;
  TelaRect        bounds;
  double          x, y;
  cairo_t        *cr;

  if (*tela_text_view_get_preedit (TELA_TEXT_VIEW (self->text.view)) != '\0')
    return;

  bounds = tela_viewport_rect_to_widget (self->viewport, tela_element_get_bounds (shown));
  bounds = tela_rect_expand (bounds, tela_element_get_number (shown, TELA_KEY_FONT_SIZE, 20) * zoom);
  graphene_rect_init (&ink, (float) bounds.x, (float) bounds.y, (float) bounds.width, (float) bounds.height);
  if (!graphene_rect_intersection (&ink, &area, &ink))
    return;

  tela_viewport_to_widget (self->viewport, 0, 0, &x, &y);
  cr = gtk_snapshot_append_cairo (snapshot, &ink);
  cairo_translate (cr, x, y);
  cairo_scale (cr, zoom, zoom);
  tela_paint_element (cr, shown, NULL, &options);
  cairo_destroy (cr);
}
