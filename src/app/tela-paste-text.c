/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paste.h"

#include <glib/gi18n.h>

#include "tela-factory.h"
#include "tela-paint.h"

#define MIN_WIDTH 200.0 /* board units: the narrowest that a long text is made */
#define MAX_WIDTH 800.0 /* and the widest */
#define MAX_WRAP 100000 /* bytes of a text that is still wrapped */

/* Widths of the words of one text; the same ones come again and again. */
typedef struct
{
  double      size;
  GHashTable *widths; /* word → double */
} Ruler;

static double
measure (Ruler      *self,
         const char *word)
{
  double *width = g_hash_table_lookup (self->widths, word);
  double  height;

  if (width == NULL)
    {
      width = g_new (double, 1);
      tela_paint_measure_text (word, self->size, TELA_FACTORY_FONT_FAMILY, TELA_FACTORY_LINE_HEIGHT, width, &height);
      g_hash_table_insert (self->widths, g_strdup (word), width);
    }

  return *width;
}

/* Breaks @text between words. */
static char *
wrap (const char *text,
      double      size,
      double      limit)
{
  g_autoptr (GHashTable) widths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Ruler    ruler = { size, widths };
  double   space = measure (&ruler, "n n") - measure (&ruler, "nn");
  GString *out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      double filled = 0;

      if (i > 0)
        g_string_append_c (out, '\n');
      for (guint j = 0; words[j] != NULL; j++)
        {
          double width = measure (&ruler, words[j]);

          if (j > 0 && filled + space + width > limit)
            {
              g_string_append_c (out, '\n');
              filled = 0;
            }
          else if (j > 0)
            {
              g_string_append_c (out, ' ');
              filled += space;
            }
          g_string_append (out, words[j]);
          filled += width;
        }
    }

  return g_string_free (out, FALSE);
}

/* Other programs end lines in other ways, and Tab has no width here. */
static char *
clean (const char *text)
{
  GString *out = g_string_new (text);

  g_string_replace (out, "\r\n", "\n", 0);
  g_string_replace (out, "\r", "\n", 0);
  g_string_replace (out, "\t", "    ", 0);
  while (out->len > 0 && out->str[out->len - 1] == '\n')
    g_string_truncate (out, out->len - 1);

  return g_string_free (out, FALSE);
}

/* The text is one address of the web, and nothing else. */
static gboolean
is_address (const char *text)
{
  g_autoptr (GUri) uri = NULL;

  if (!g_str_has_prefix (text, "https://") && !g_str_has_prefix (text, "http://"))
    return FALSE;
  uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0';
}

void
tela_paste_text (TelaCanvas *canvas,
                 const char *text,
                 double      x,
                 double      y)
{
  g_autofree char *whole = clean (text);
  g_autofree char *wrapped = NULL;
  g_autofree char *index = NULL;
  g_autofree char *id = g_uuid_string_random ();
  TelaStyle       *style = tela_canvas_get_style (canvas);
  double           size = tela_style_get_number (style, TELA_KEY_FONT_SIZE);
  double           limit = CLAMP (tela_viewport_get_visible (tela_canvas_get_viewport (canvas)).width / 2, MIN_WIDTH, MAX_WIDTH);
  double           width, height;
  TelaOpBuilder   *builder;
  g_autoptr (TelaElement) op = NULL;

  if (*whole == '\0' || !tela_canvas_can_edit (canvas))
    return;
  if (strlen (whole) > TELA_MAX_TEXT_BYTES)
    {
      tela_canvas_tell (canvas, _ ("The text is too long"));
      return;
    }

  wrapped = strlen (whole) <= MAX_WRAP ? wrap (whole, size, limit) : g_strdup (whole);
  tela_paint_measure_text (wrapped, size, TELA_FACTORY_FONT_FAMILY, TELA_FACTORY_LINE_HEIGHT, &width, &height);
  index = tela_board_top_index (tela_canvas_get_board (canvas));
  builder = tela_factory_new_text (id, style, index, x - width / 2, y - height / 2);
  tela_factory_set_text (builder, wrapped, size, TELA_FACTORY_FONT_FAMILY, TELA_FACTORY_LINE_HEIGHT);
  if (strcmp (wrapped, whole) != 0)
    {
      tela_op_builder_set_string (builder, TELA_KEY_ORIGINAL_TEXT, whole);
      tela_op_builder_set_boolean (builder, TELA_KEY_AUTO_RESIZE, FALSE);
    }
  if (is_address (whole))
    tela_op_builder_set_string (builder, TELA_KEY_LINK, whole);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_session_edit (tela_canvas_get_session (canvas), &op, 1);
  tela_selection_set (tela_canvas_get_selection (canvas), (const char *const *) &id, 1);
}

/* Where the value of `type` begins; in a text that is cut off or broken it is looked for at the start. NULL: it has none. */
static const char *
find_type (const char *text)
{
  TelaJsonSpan root = { text, strlen (text) };
  TelaJsonSpan type;

  if (tela_json_check (text, (gssize) root.len, NULL))
    return tela_json_find (root, "type", &type) ? type.data : NULL;

  text += 1 + strspn (text + 1, " \t\r\n");
  if (!g_str_has_prefix (text, "\"type\""))
    return NULL;
  text += strlen ("\"type\"");

  return text + strspn (text, " \t\r\n:");
}

static gboolean
is_scene (const char *text)
{
  static const char *const types[] = { "\"excalidraw/clipboard\"", "\"excalidraw-api/clipboard\"", "\"excalidraw\"",
                                       "\"excalidrawlib\"" };
  const char              *type = *text == '{' ? find_type (text) : NULL;

  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_str_has_prefix (type, types[i]))
      return TRUE;

  return FALSE;
}

gboolean
tela_paste_is_drawing (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;

  return is_scene (text) || g_str_has_prefix (text, "<svg") ||
         (g_str_has_prefix (text, "<?xml") && strstr (text, "<svg") != NULL);
}
