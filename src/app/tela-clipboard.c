/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-clipboard.h"

#include "tela-factory.h"
#include "tela-transform.h"

#define MAX_PASTE_BYTES (64 * 1024 * 1024)

char *
tela_clipboard_write (GPtrArray *elements)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "type");
  tela_json_writer_string (&writer, "excalidraw/clipboard");
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < elements->len; i++)
    tela_element_write_plain (elements->pdata[i], &writer);
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
is_clipboard (TelaJsonSpan root)
{
  TelaJsonSpan type;

  return tela_json_find (root, "type", &type) && TELA_JSON_SPAN_IS (type, "\"excalidraw/clipboard\"");
}

GPtrArray *
tela_clipboard_read (const char *text)
{
  gsize          len = strlen (text);
  TelaJsonSpan   root = { text, len };
  TelaJsonSpan   list;
  TelaJsonReader reader;
  g_autoptr (GPtrArray) found = NULL;

  if (len > MAX_PASTE_BYTES || *text != '{' || !tela_json_check (text, (gssize) len, NULL) || !is_clipboard (root) || !tela_json_find (root, "elements", &list))
    return NULL;

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  tela_json_reader_init (&reader, list.data, (gssize) list.len);
  if (!tela_json_reader_enter_array (&reader))
    return NULL;
  while (tela_json_reader_next_item (&reader))
    {
      g_autoptr (TelaElement) element = tela_element_read_plain (&reader, NULL, (TelaStamp){ 0 }, NULL, NULL);

      if (element == NULL)
        return NULL;
      if (tela_element_is_visible (element) && tela_element_validate (element, NULL))
        g_ptr_array_add (found, g_steal_pointer (&element));
    }

  return tela_json_reader_failed (&reader) ? NULL : g_steal_pointer (&found);
}

void
tela_clipboard_copy (GtkWidget *widget,
                     GPtrArray *elements)
{
  g_autofree char *text = tela_clipboard_write (elements);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

/* A value that names a copied element names the copy instead; one that names a stranger is dropped. */
static void
follow_reference (TelaOpBuilder     *op,
                  const TelaElement *element,
                  TelaKey            key,
                  GHashTable        *ids)
{
  const char *old = tela_element_get_string (element, key);
  const char *fresh = old == NULL ? NULL : g_hash_table_lookup (ids, old);

  if (!tela_element_has (element, key))
    return;
  if (fresh != NULL)
    tela_op_builder_set_string (op, key, fresh);
  else
    tela_op_builder_set_json (op, key, "null");
}

/* {"elementId": …, "focus": …, "gap": …} */
static void
follow_binding (TelaOpBuilder     *op,
                const TelaElement *element,
                TelaKey            key,
                GHashTable        *ids)
{
  TelaValue        value;
  TelaJsonSpan     id;
  g_autofree char *old = NULL;
  const char      *fresh = NULL;

  if (!tela_element_get (element, key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return;

  if (tela_json_find ((TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) }, "elementId", &id) && id.len > 2)
    {
      old = tela_json_unescape ((TelaJsonSpan){ id.data + 1, id.len - 2 }, NULL, NULL);
      fresh = g_hash_table_lookup (ids, old);
    }
  if (fresh == NULL)
    tela_op_builder_set_json (op, key, "null");
  else
    {
      g_autofree char *head = g_strndup (value.as.string, (gsize) (id.data - value.as.string));
      g_autofree char *text = g_strdup_printf ("%s\"%s\"%s", head, fresh, id.data + id.len);

      tela_op_builder_set_json (op, key, text);
    }
}

/* Copies are a group of their own, not part of the one they were copied from. */
static void
follow_groups (TelaOpBuilder     *op,
               const TelaElement *element,
               GHashTable        *ids)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaValue      value;
  TelaJsonReader reader;
  TelaJsonWriter writer;

  if (!tela_element_get (element, TELA_KEY_GROUP_IDS, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  tela_json_reader_init (&reader, value.as.string, (gssize) g_ref_string_length (value.as.string));
  if (tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader))
      {
        g_autofree char *group = tela_json_reader_string (&reader, NULL, NULL);

        if (group == NULL)
          return;
        if (!g_hash_table_contains (ids, group))
          g_hash_table_insert (ids, g_strdup (group), g_uuid_string_random ());
        tela_json_writer_string (&writer, g_hash_table_lookup (ids, group));
      }
  tela_json_writer_end_array (&writer);
  tela_op_builder_set_json (op, TELA_KEY_GROUP_IDS, out->str);
}

void
tela_clipboard_insert (TelaCanvas *canvas,
                       GPtrArray  *elements,
                       double      dx,
                       double      dy)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autofree char *index = NULL;

  g_return_if_fail (TELA_IS_CANVAS (canvas));

  if (elements->len == 0 || !tela_canvas_can_edit (canvas))
    return;

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_insert (ids, g_strdup (tela_element_get_id (elements->pdata[i])), g_uuid_string_random ());

  index = tela_board_top_index (tela_canvas_get_board (canvas));
  for (guint i = 0; i < elements->len; i++)
    {
      const TelaElement *element = elements->pdata[i];
      g_autofree char   *last = g_steal_pointer (&index);
      TelaOpBuilder     *op = tela_factory_duplicate (element, g_hash_table_lookup (ids, tela_element_get_id (element)), last, dx, dy);

      follow_groups (op, element, ids);
      follow_reference (op, element, TELA_KEY_CONTAINER_ID, ids);
      follow_reference (op, element, TELA_KEY_FRAME_ID, ids);
      follow_binding (op, element, TELA_KEY_START_BINDING, ids);
      follow_binding (op, element, TELA_KEY_END_BINDING, ids);
      g_ptr_array_add (ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
      index = tela_index_between (last, NULL);
    }
  tela_session_edit (tela_canvas_get_session (canvas), (TelaElement *const *) ops->pdata, ops->len);
  tela_selection_set_elements (tela_canvas_get_selection (canvas), ops);
}

static void
paste_plain (TelaCanvas *canvas,
             const char *text,
             double      x,
             double      y)
{
  TelaStyle       *style = tela_canvas_get_style (canvas);
  double           size = tela_style_get_number (style, TELA_KEY_FONT_SIZE);
  g_autofree char *index = tela_board_top_index (tela_canvas_get_board (canvas));
  g_autofree char *id = g_uuid_string_random ();
  TelaOpBuilder   *builder = tela_factory_new_text (id, style, index, x, y);
  g_autoptr (TelaElement) op = NULL;

  tela_factory_set_text (builder, text, size, TELA_FACTORY_FONT_FAMILY, TELA_FACTORY_LINE_HEIGHT);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_session_edit (tela_canvas_get_session (canvas), &op, 1);
  tela_selection_set (tela_canvas_get_selection (canvas), (const char *const *) &id, 1);
}

static void
text_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaCanvas) canvas = user_data; /* the reference tela_clipboard_paste() took */
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  g_autoptr (GPtrArray) elements = NULL;
  TelaRect visible;
  double   x, y;

  if (text == NULL || *text == '\0' || !tela_canvas_can_edit (canvas))
    return;

  visible = tela_viewport_get_visible (tela_canvas_get_viewport (canvas));
  x = visible.x + visible.width / 2;
  y = visible.y + visible.height / 2;
  elements = tela_clipboard_read (text);
  if (elements != NULL && elements->len > 0)
    {
      TelaFrame frame = tela_frame_of (elements);
      TelaPoint centre = tela_frame_centre (&frame);

      tela_clipboard_insert (canvas, elements, x - centre.x, y - centre.y);
    }
  else if (strlen (text) <= TELA_MAX_TEXT_BYTES)
    paste_plain (canvas, text, x, y);
}

void
tela_clipboard_paste (TelaCanvas *canvas)
{
  g_return_if_fail (TELA_IS_CANVAS (canvas));

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (canvas)), NULL, text_read_cb,
                                 g_object_ref (canvas));
}
