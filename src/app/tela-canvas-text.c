/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <glib/gi18n.h>

#include "tela-canvas-attach.h"
#include "tela-factory.h"
#include "tela-text-view.h"

char *
tela_canvas_dup_text (TelaCanvas *self)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (tela_canvas_get_text_buffer (self), &start, &end);

  return gtk_text_buffer_get_text (tela_canvas_get_text_buffer (self), &start, &end, FALSE);
}

static gboolean
key_cb (TelaCanvas     *self,
        guint           key,
        guint           code,
        GdkModifierType state)
{
  gboolean is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;

  /* The first Escape is for what is being composed. */
  if ((key != GDK_KEY_Escape && !(is_enter && (state & GDK_CONTROL_MASK))) ||
      *tela_text_view_get_preedit (TELA_TEXT_VIEW (self->text.view)) != '\0')
    return GDK_EVENT_PROPAGATE;

  tela_canvas_commit_text (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));

  return GDK_EVENT_STOP;
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
  const TelaElement  *label;
  GtkTextBuffer      *buffer;
  GtkTextIter         end;

  *edit = (TelaTextEdit){ .is_new = is_new, .is_sent = !is_new };
  edit->id = g_strdup (tela_element_get_id (element));
  edit->before = tela_element_ref (element);
  if (concerned != NULL)
    g_ptr_array_add (list, (gpointer) concerned);
  edit->attach = tela_canvas_attach (self, list);
  edit->gesture = tela_session_begin (self->session);
  tela_gesture_set_draft (edit->gesture, TRUE);

  edit->view = tela_text_view_new ();
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit->view));
  gtk_text_buffer_set_text (buffer, tela_factory_typed_text (element), -1);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  edit->started = tela_canvas_dup_text (self);
  edit->base = g_strdup (tela_factory_typed_text (element));
  gtk_widget_set_parent (edit->view, GTK_WIDGET (self));

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (edit->view, keys);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (tela_canvas_show_text), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (edit->view, "composed", G_CALLBACK (tela_canvas_update_text), self, G_CONNECT_SWAPPED);
  tela_layers_set_hidden (self->layers, edit->id);
  label = tela_element_get_string (element, TELA_KEY_CONTAINER_ID) == NULL ? NULL : element;
  tela_canvas_read_style (self, &element, &label, 1);
  tela_canvas_show_text (self); /* lifts it out of the painted board */
  gtk_widget_grab_focus (edit->view);
  g_object_notify (G_OBJECT (self), "editing");
}

static TelaOpBuilder *
new_builder (TelaCanvas *self,
             double      x,
             double      y)
{
  g_autofree char *index = tela_board_top_index (tela_canvas_get_board (self));
  g_autofree char *id = g_uuid_string_random ();
  double           size = tela_style_get_number (self->style, TELA_KEY_FONT_SIZE);
  int              family = (int) tela_style_get_number (self->style, TELA_KEY_FONT_FAMILY);
  /* The caret comes to where the click was, not below it. */
  TelaOpBuilder *builder = tela_factory_new_text (id, self->style, index, x, y - size * tela_factory_line_height (family) / 2);

  tela_factory_set_text (builder, "", size, family, tela_factory_line_height (family));

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

/* By somebody else, who is named then. */
static gboolean
is_being_written (TelaCanvas        *self,
                  const TelaElement *text)
{
  TelaPeer        *writer = tela_people_get_writer (tela_session_get_people (self->session), tela_element_get_id (text));
  g_autofree char *told = NULL;

  if (writer == NULL)
    return FALSE;
  /* Translators: in this text; %s is the name of a person */
  told = g_strdup_printf (_ ("%s is writing here"),
                          writer->person == NULL ? _ ("Somebody") : tela_person_get_name (writer->person));
  tela_canvas_tell (self, told);

  return TRUE;
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
  if (text != NULL && is_being_written (self, text))
    return TRUE;
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
  TelaOpBuilder *builder;
  g_autoptr (TelaElement) op = NULL;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (!tela_canvas_can_edit (self))
    return;

  tela_canvas_commit_text (self);
  builder = new_builder (self, x, y);
  tela_canvas_set_frame (self, builder, x, y);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_selection_clear (self->selection);
  begin (self, op, NULL, TRUE);
}

gboolean
tela_canvas_is_editing (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  return self->text.view != NULL;
}

const char *
tela_canvas_get_text_id (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->text.view == NULL ? NULL : self->text.id;
}

GtkTextBuffer *
tela_canvas_get_text_buffer (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->text.view == NULL ? NULL : gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text.view));
}

static void
delete_text (TelaCanvas   *self,
             TelaTextEdit *edit)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  g_autoptr (GPtrArray) ops = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_ptr_array_add (gone, edit->before);
  ops = tela_attach_delete (tela_canvas_get_board (self), gone);
  all = tela_attach_complete (edit->attach, ops);
  tela_gesture_update (edit->gesture, (TelaElement *const *) all->pdata, all->len);
}

static void
settle (TelaCanvas   *self,
        TelaTextEdit *edit,
        const char   *text)
{
  gboolean    is_empty = *text == '\0';
  const char *whole = tela_element_get_string (edit->before, TELA_KEY_CONTAINER_ID) ?: edit->id;

  if (edit->is_new ? is_empty : strcmp (text, edit->started) == 0 && edit->look == NULL)
    tela_gesture_cancel (edit->gesture);
  else
    {
      if (is_empty)
        delete_text (self, edit);
      tela_gesture_end (edit->gesture);
    }

  if (tela_board_lookup_shown (tela_canvas_get_board (self), whole) == NULL)
    whole = edit->id;
  if (tela_board_lookup_shown (tela_canvas_get_board (self), whole) != NULL)
    tela_selection_set (self->selection, &whole, 1);
}

/* What cannot be kept on the board is not lost either. */
static void
save_words (TelaCanvas   *self,
            TelaTextEdit *edit,
            const char   *text)
{
  if (*text == '\0' || strcmp (text, edit->started) == 0 || tela_canvas_can_edit (self))
    return;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  tela_canvas_tell (self, _ ("The board cannot be changed now. Your text is in the clipboard."));
}

/* What an input method has not finished is still words; most of them give it up only later. */
static void
keep_preedit (TelaCanvas *self)
{
  GtkTextBuffer   *buffer = tela_canvas_get_text_buffer (self);
  g_autofree char *preedit = g_strdup (tela_text_view_get_preedit (TELA_TEXT_VIEW (self->text.view)));
  int              n = gtk_text_buffer_get_char_count (buffer);

  if (*preedit == '\0')
    return;

  gtk_text_view_reset_im_context (GTK_TEXT_VIEW (self->text.view));
  if (gtk_text_buffer_get_char_count (buffer) == n)
    gtk_text_buffer_insert_at_cursor (buffer, preedit, -1);
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

  keep_preedit (self);
  text = tela_canvas_dup_text (self);
  edit = self->text;
  self->text = (TelaTextEdit){ 0 };
  g_signal_handlers_disconnect_by_data (gtk_text_view_get_buffer (GTK_TEXT_VIEW (edit.view)), self);
  g_signal_handlers_disconnect_by_data (edit.view, self);
  gtk_widget_unparent (edit.view);
  tela_layers_set_hidden (self->layers, NULL);
  save_words (self, &edit, text);
  settle (self, &edit, text);

  tela_attach_free (edit.attach);
  g_free (edit.id);
  g_free (edit.base);
  g_free (edit.started);
  tela_element_unref (edit.before);
  g_clear_pointer (&edit.look, tela_element_unref);
  g_object_notify (G_OBJECT (self), "editing");
}
