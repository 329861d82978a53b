/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <math.h>

#include "tela-canvas-attach.h"
#include "tela-factory.h"
#include "tela-line.h"
#include "tela-paint.h"

#define MIN_VIEW_WIDTH 24 /* widget pixels: room for the caret of an empty text */

static char *
dup_text (TelaCanvas *self)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (tela_canvas_get_text_buffer (self), &start, &end);

  return gtk_text_buffer_get_text (tela_canvas_get_text_buffer (self), &start, &end, FALSE);
}

/* As it was typed: without the breaks that its container or its own width makes. */
static const char *
typed_text (const TelaElement *element)
{
  const char *typed = tela_element_get_string (element, TELA_KEY_ORIGINAL_TEXT);

  if (typed == NULL || (tela_element_get_string (element, TELA_KEY_CONTAINER_ID) == NULL &&
                        tela_element_get_boolean (element, TELA_KEY_AUTO_RESIZE, TRUE)))
    typed = tela_element_get_string (element, TELA_KEY_TEXT);

  return typed != NULL ? typed : "";
}

/* A new text is said whole each time, since it is not there yet. */
static TelaElement *
build_op (TelaCanvas *self,
          const char *text)
{
  const TelaElement *before = self->text.before;
  TelaOpBuilder     *builder = tela_op_builder_new (self->text.id);
  g_autoptr (TelaElement) op = NULL;

  tela_factory_set_text (builder, text, tela_element_get_number (before, TELA_KEY_FONT_SIZE, 20),
                         (int) tela_element_get_number (before, TELA_KEY_FONT_FAMILY, TELA_FACTORY_FONT_FAMILY),
                         tela_element_get_number (before, TELA_KEY_LINE_HEIGHT, TELA_FACTORY_LINE_HEIGHT));
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });

  return self->text.is_new ? tela_attach_overlay (before, op) : g_steal_pointer (&op);
}

static void
update (TelaTextEdit *edit,
        GPtrArray    *ops)
{
  g_autoptr (GPtrArray) all = tela_attach_complete (edit->attach, ops);

  tela_gesture_update (edit->gesture, (TelaElement *const *) all->pdata, all->len);
}

static void
changed_cb (TelaCanvas *self)
{
  g_autofree char *text = dup_text (self);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  /* Nothing typed yet is nothing: not even a veil. */
  if (self->text.is_new && !self->text.is_sent && *text == '\0')
    return;

  g_ptr_array_add (ops, build_op (self, text));
  update (&self->text, ops);
  self->text.is_sent = TRUE;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
key_cb (TelaCanvas     *self,
        guint           key,
        guint           code,
        GdkModifierType state)
{
  gboolean is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;

  if (key != GDK_KEY_Escape && !(is_enter && (state & GDK_CONTROL_MASK)))
    return GDK_EVENT_PROPAGATE;

  tela_canvas_commit_text (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));

  return GDK_EVENT_STOP;
}

/* The families of the painter in CSS; the generic ones must not be quoted. (transfer full) */
static char *
css_families (int family)
{
  g_auto (GStrv) names = g_strsplit (tela_font_get_families (family), ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], "sans-serif") != 0 && strcmp (names[i], "monospace") != 0)
      {
        g_autofree char *name = names[i];

        names[i] = g_strdup_printf ("\"%s\"", name);
      }

  return g_strjoinv (", ", names);
}

/* Lines stand as far apart as they will be painted; the font alone would set them closer. */
static void
set_line_height (GtkTextView *view,
                 double       pixels)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (view), "X");
  int height;
  int extra;

  pango_layout_get_pixel_size (layout, NULL, &height);
  extra = MAX (0, (int) round (pixels) - height);
  gtk_text_view_set_pixels_above_lines (view, extra / 2);
  gtk_text_view_set_pixels_below_lines (view, extra - extra / 2);
  gtk_text_view_set_pixels_inside_wrap (view, extra);
}

/* The view shows the text as the painter will, so its font follows the zoom. */
static void
update_css (TelaCanvas *self)
{
  const TelaElement *before = self->text.before;
  double             zoom = tela_viewport_get_zoom (self->viewport);
  double             size = tela_element_get_number (before, TELA_KEY_FONT_SIZE, 20) * zoom;
  const char        *colour = tela_element_get_string (before, TELA_KEY_STROKE_COLOR);
  int                family = (int) tela_element_get_number (before, TELA_KEY_FONT_FAMILY, TELA_FACTORY_FONT_FAMILY);
  char               pixels[G_ASCII_DTOSTR_BUF_SIZE];
  GdkRGBA            rgba;
  g_autofree char   *css = NULL;
  g_autofree char   *ink = NULL;
  g_autofree char   *families = css_families (family);

  if (colour == NULL || !gdk_rgba_parse (&rgba, colour))
    gdk_rgba_parse (&rgba, "#1e1e1e");
  ink = gdk_rgba_to_string (&rgba);
  g_ascii_formatd (pixels, sizeof pixels, "%.2f", size);
  css = g_strdup_printf ("textview.tela-text, textview.tela-text text { font-family: %s; font-size: %spx;"
                         " color: %s; caret-color: %s; background: none; }",
                         families, pixels, ink, ink);
  gtk_css_provider_load_from_data (self->text.css, css, -1);
  set_line_height (GTK_TEXT_VIEW (self->text.view),
                   size * tela_element_get_number (before, TELA_KEY_LINE_HEIGHT, TELA_FACTORY_LINE_HEIGHT));
}

/* In its container a text is broken and aligned as it will be painted. */
static void
set_flow (GtkTextView       *view,
          const TelaElement *element)
{
  const char *align = tela_element_get_string (element, TELA_KEY_TEXT_ALIGN);

  if (tela_element_get_string (element, TELA_KEY_CONTAINER_ID) != NULL ||
      !tela_element_get_boolean (element, TELA_KEY_AUTO_RESIZE, TRUE))
    gtk_text_view_set_wrap_mode (view, GTK_WRAP_WORD_CHAR);
  if (g_strcmp0 (align, "center") == 0)
    gtk_text_view_set_justification (view, GTK_JUSTIFY_CENTER);
  else if (g_strcmp0 (align, "right") == 0)
    gtk_text_view_set_justification (view, GTK_JUSTIFY_RIGHT);
}

/* @concerned: the text, or the container that gets one. */
static void
begin (TelaCanvas        *self,
       const TelaElement *element,
       const TelaElement *concerned,
       gboolean           is_new)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  TelaTextEdit       *edit = &self->text;
  GtkEventController *keys = gtk_event_controller_key_new ();

  *edit = (TelaTextEdit){ .is_new = is_new, .is_sent = !is_new };
  edit->id = g_strdup (tela_element_get_id (element));
  edit->before = tela_element_ref (element);
  if (concerned != NULL)
    g_ptr_array_add (list, (gpointer) concerned);
  edit->attach = tela_canvas_attach (self, list);
  edit->gesture = tela_session_begin (self->session);
  tela_gesture_set_draft (edit->gesture, TRUE);

  edit->view = gtk_text_view_new ();
  gtk_widget_add_css_class (edit->view, "tela-text");
  edit->css = gtk_css_provider_new ();
  gtk_style_context_add_provider (gtk_widget_get_style_context (edit->view), GTK_STYLE_PROVIDER (edit->css),
                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  update_css (self);
  set_flow (GTK_TEXT_VIEW (edit->view), element);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit->view)), typed_text (element), -1);
  gtk_widget_set_parent (edit->view, GTK_WIDGET (self));

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (edit->view, keys);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit->view)), "changed", G_CALLBACK (changed_cb),
                           self, G_CONNECT_SWAPPED);
  tela_layers_set_hidden (self->layers, edit->id);
  if (!is_new)
    changed_cb (self); /* lifts it out of the painted board */
  gtk_widget_grab_focus (edit->view);
}

static TelaOpBuilder *
new_builder (TelaCanvas *self,
             double      x,
             double      y)
{
  g_autofree char *index = tela_board_top_index (tela_canvas_get_board (self));
  g_autofree char *id = g_uuid_string_random ();
  double           size = tela_style_get_number (self->style, TELA_KEY_FONT_SIZE);
  /* The caret comes to where the click was, not below it. */
  TelaOpBuilder *builder = tela_factory_new_text (id, self->style, index, x, y - size * TELA_FACTORY_LINE_HEIGHT / 2);

  tela_factory_set_text (builder, "", size, TELA_FACTORY_FONT_FAMILY, TELA_FACTORY_LINE_HEIGHT);

  return builder;
}

static void
begin_in (TelaCanvas        *self,
          const TelaElement *container)
{
  TelaRect       box = tela_element_get_box (container);
  TelaOpBuilder *builder = new_builder (self, box.x + box.width / 2, box.y + box.height / 2);
  TelaValue      value;
  double         angle = tela_element_get_number (container, TELA_KEY_ANGLE, 0);
  g_autoptr (TelaElement) op = NULL;

  tela_op_builder_set_string (builder, TELA_KEY_CONTAINER_ID, tela_element_get_id (container));
  tela_op_builder_set_string (builder, TELA_KEY_TEXT_ALIGN, "center");
  tela_op_builder_set_string (builder, TELA_KEY_VERTICAL_ALIGN, "middle");
  if (g_strcmp0 (tela_element_get_string (container, TELA_KEY_TYPE), "arrow") != 0)
    tela_op_builder_set_number (builder, TELA_KEY_ANGLE, angle);
  if (tela_element_get (container, TELA_KEY_GROUP_IDS, &value, NULL))
    tela_op_builder_set (builder, TELA_KEY_GROUP_IDS, tela_value_copy (value));
  if (tela_element_get (container, TELA_KEY_FRAME_ID, &value, NULL))
    tela_op_builder_set (builder, TELA_KEY_FRAME_ID, tela_value_copy (value));
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  begin (self, op, container, TRUE);
}

gboolean
tela_canvas_edit_text (TelaCanvas        *self,
                       const TelaElement *element)
{
  const TelaElement *text = element;
  gboolean           is_text = g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "text") == 0;
  g_autoptr (TelaElement) kept = NULL;

  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  if (!tela_canvas_can_edit (self) || (!is_text && !tela_attach_can_hold_text (element)))
    return FALSE;

  if (!is_text)
    text = tela_attach_find_text (tela_canvas_get_board (self), tela_element_get_id (element));
  kept = tela_element_ref (text != NULL ? text : element);
  tela_canvas_commit_text (self);
  tela_selection_clear (self->selection);
  if (text != NULL)
    begin (self, kept, kept, FALSE);
  else
    begin_in (self, kept);

  return TRUE;
}

void
tela_canvas_new_text (TelaCanvas *self,
                      double      x,
                      double      y)
{
  g_autoptr (TelaElement) op = NULL;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (!tela_canvas_can_edit (self))
    return;

  tela_canvas_commit_text (self);
  op = tela_op_builder_end (new_builder (self, x, y), (TelaStamp){ 0 });
  tela_selection_clear (self->selection);
  begin (self, op, NULL, TRUE);
}

gboolean
tela_canvas_is_editing (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  return self->text.view != NULL;
}

GtkTextBuffer *
tela_canvas_get_text_buffer (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->text.view == NULL ? NULL : gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text.view));
}

static void
settle (TelaCanvas   *self,
        TelaTextEdit *edit,
        const char   *text)
{
  gboolean    is_empty = *text == '\0';
  const char *whole = tela_element_get_string (edit->before, TELA_KEY_CONTAINER_ID) ?: edit->id;

  if (edit->is_new ? is_empty : g_strcmp0 (text, typed_text (edit->before)) == 0)
    {
      tela_gesture_cancel (edit->gesture);
      return;
    }

  if (is_empty)
    {
      g_autoptr (GPtrArray) gone = g_ptr_array_new ();
      g_autoptr (GPtrArray) ops = NULL;

      g_ptr_array_add (gone, edit->before);
      ops = tela_attach_delete (tela_canvas_get_board (self), gone);
      update (edit, ops);
    }
  tela_gesture_end (edit->gesture);
  if (tela_board_lookup_shown (tela_canvas_get_board (self), whole) != NULL)
    tela_selection_set (self->selection, &whole, 1);
}

/* Ends the editing: what was typed is an edit; nothing typed is nothing. */
void
tela_canvas_commit_text (TelaCanvas *self)
{
  g_autofree char *text = NULL;
  TelaTextEdit     edit;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (self->text.view == NULL)
    return;

  text = dup_text (self);
  edit = self->text;
  self->text = (TelaTextEdit){ 0 };
  g_signal_handlers_disconnect_by_func (gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit.view)), changed_cb, self);
  gtk_widget_unparent (edit.view);
  tela_layers_set_hidden (self->layers, NULL);
  settle (self, &edit, text);

  g_object_unref (edit.css);
  tela_attach_free (edit.attach);
  g_free (edit.id);
  tela_element_unref (edit.before);
}

/* The lines of a contained text are as long as there is room, wherever the text is in it. */
static TelaRect
view_box (TelaCanvas        *self,
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

void
tela_canvas_allocate_text (TelaCanvas *self)
{
  const TelaElement *shown;
  TelaRect           text;
  TelaRect           box;
  double             zoom = tela_viewport_get_zoom (self->viewport);
  double             angle;
  double             wx, wy;
  int                width, height;
  gboolean           is_wrapped;
  GskTransform      *transform;

  if (self->text.view == NULL)
    return;

  update_css (self);
  shown = tela_board_lookup_shown (tela_canvas_get_board (self), self->text.id) ?: self->text.before;
  text = tela_element_get_box (shown);
  box = view_box (self, shown);
  angle = tela_element_get_number (shown, TELA_KEY_ANGLE, 0);
  is_wrapped = gtk_text_view_get_wrap_mode (GTK_TEXT_VIEW (self->text.view)) != GTK_WRAP_NONE;
  gtk_widget_measure (self->text.view, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  width = is_wrapped ? (int) ceil (box.width * zoom) : MAX (width, (int) (box.width * zoom) + 8);
  width = MAX (width, MIN_VIEW_WIDTH);
  gtk_widget_measure (self->text.view, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);

  /* A text turns about its own middle. */
  tela_viewport_to_widget (self->viewport, text.x + text.width / 2, text.y + text.height / 2, &wx, &wy);
  transform = gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float) wx, (float) wy));
  transform = gsk_transform_rotate (transform, (float) (angle * 180 / G_PI));
  transform =
      gsk_transform_translate (transform, &GRAPHENE_POINT_INIT ((float) ((box.x - text.x - text.width / 2) * zoom),
                                                                (float) (-text.height * zoom / 2)));
  gtk_widget_allocate (self->text.view, width, height, -1, transform);
}
