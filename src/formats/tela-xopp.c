/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-formats-private.h"
#include "tela-xopp-private.h"

#define MAX_DEPTH 16
#define PAGE_GAP 40.0
#define CHUNK (64 * 1024)

/* The format that Xournal++ writes: https://github.com/xournalpp/xournalpp */
typedef struct
{
  TelaDraft           draft;
  TelaXoppPage        page;
  TelaXoppAttributes *attributes; /* owned: of the item that is being read */
  GString            *text;       /* owned: inside it */
  guint               depth, n_pages, n_layers;
  gboolean            in_page;
  gboolean            in_item;
} Reading;

double
tela_xopp_get_number (TelaXoppAttributes *attributes,
                      const char         *name,
                      double              fallback)
{
  const char *text = g_hash_table_lookup (attributes, name);
  double      value = text != NULL ? g_ascii_strtod (text, NULL) : fallback;

  return isfinite (value) ? CLAMP (value, -1e6, 1e6) : fallback;
}

static gboolean
is_item (const char *name)
{
  static const char *const items[] = { "stroke", "text", "image", "teximage", "background", NULL };

  return g_strv_contains (items, name);
}

static void
begin_page (Reading *self)
{
  self->in_page = TRUE;
  self->n_layers = 0;
  self->n_pages++;
  if (self->n_pages > 1)
    self->page.y += self->page.height + PAGE_GAP;
  self->page.width = CLAMP (tela_xopp_get_number (self->attributes, "width", 595), 1, 1e5);
  self->page.height = CLAMP (tela_xopp_get_number (self->attributes, "height", 842), 1, 1e5);
  g_snprintf (self->page.frame_id, sizeof self->page.frame_id, "page-%u", self->n_pages);
}

/* What lies in a frame lies below it. */
static void
end_page (Reading *self)
{
  g_autofree char *name = g_strdup_printf ("Page %u", self->n_pages);
  TelaDraftBox     box = { self->page.x, self->page.y, self->page.width, self->page.height, 0 };
  TelaDraftStyle   style = { .stroke = "#bbbbbb", .stroke_width = 2 };

  self->in_page = FALSE;
  tela_draft_begin (&self->draft, self->page.frame_id, "frame", &box, &style);
  tela_json_writer_name (&self->draft.writer, "name");
  tela_json_writer_string (&self->draft.writer, name);
  tela_draft_end (&self->draft);
}

static void
take_attributes (Reading     *self,
                 const char **names,
                 const char **values)
{
  g_hash_table_remove_all (self->attributes);
  for (guint i = 0; names[i] != NULL; i++)
    g_hash_table_replace (self->attributes, g_strdup (names[i]), g_strdup (values[i]));
  g_string_truncate (self->text, 0);
}

static gboolean
check_limits (Reading *self,
              GError **error)
{
  if (self->depth > MAX_DEPTH)
    g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("its elements are nested too deep"));
  else if (tela_draft_is_full (&self->draft))
    g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE, _ ("there are too many strokes"));
  else
    return TRUE;
  return FALSE;
}

static void
start_element_cb (GMarkupParseContext *context,
                  const char          *name,
                  const char         **names,
                  const char         **values,
                  gpointer             user_data,
                  GError             **error)
{
  Reading *self = user_data;

  self->depth++;
  if (!check_limits (self, error))
    return;
  if (self->depth == 1 && strcmp (name, "xournal") != 0)
    g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_UNKNOWN, _ ("not a format that is known here"));
  else if (self->in_item)
    tela_draft_note (&self->draft, _ ("Details of items that are not known here were left out"));
  else if (!self->in_page && strcmp (name, "page") == 0)
    {
      take_attributes (self, names, values);
      begin_page (self);
    }
  else if (self->in_page && is_item (name))
    {
      take_attributes (self, names, values);
      self->in_item = TRUE;
    }
  else if (self->in_page && strcmp (name, "layer") == 0)
    {
      if (++self->n_layers == 2)
        tela_draft_note (&self->draft, _ ("Pages with several layers have one now"));
    }
  else if (self->in_page)
    tela_draft_note (&self->draft, _ ("Items of a kind that is not known here were left out"));
}

static void
end_item (Reading    *self,
          const char *name)
{
  self->in_item = FALSE;
  if (strcmp (name, "stroke") == 0)
    tela_xopp_add_stroke (&self->draft, &self->page, self->attributes, self->text->str);
  else if (strcmp (name, "text") == 0)
    tela_xopp_add_text (&self->draft, &self->page, self->attributes, self->text->str);
  else if (strcmp (name, "background") == 0)
    tela_xopp_add_background (&self->draft, &self->page, self->attributes);
  else
    tela_xopp_add_image (&self->draft, &self->page, self->attributes, self->text->str);
  g_string_truncate (self->text, 0);
}

static void
end_element_cb (GMarkupParseContext *context,
                const char          *name,
                gpointer             user_data,
                GError             **error)
{
  Reading *self = user_data;

  self->depth--;
  if (self->in_item && is_item (name))
    end_item (self, name);
  else if (self->in_page && strcmp (name, "page") == 0)
    end_page (self);
}

static void
text_cb (GMarkupParseContext *context,
         const char          *text,
         gsize                len,
         gpointer             user_data,
         GError             **error)
{
  Reading *self = user_data;

  if (!self->in_item)
    return;
  if (self->text->len + len > 2 * TELA_DRAFT_MAX_IMAGE)
    g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE, _ ("an item is larger than 128 MB"));
  else
    g_string_append_len (self->text, text, (gssize) len);
}

gboolean
tela_xopp_is (const char *data,
              gsize       len)
{
  return memmem (data, MIN (len, 1024), "<xournal", 8) != NULL;
}

static gboolean
parse (Reading    *self,
       const char *data,
       gsize       len,
       GError    **error)
{
  const GMarkupParser parser = { start_element_cb, end_element_cb, text_cb, NULL, NULL };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT | G_MARKUP_PREFIX_ERROR_POSITION, self, NULL);

  for (gsize at = 0; at < len; at += CHUNK)
    if (!g_markup_parse_context_parse (context, data + at, (gssize) MIN (CHUNK, len - at), error))
      return FALSE;
  return g_markup_parse_context_end_parse (context, error);
}

/* The parser's messages may quote bytes that are no text. */
static void
invalid (GError    **error,
         const char *message)
{
  g_autofree char *valid = g_utf8_make_valid (message, -1);

  g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, valid);
}

TelaImport *
tela_xopp_read (const char *data,
                gsize       len,
                TelaStamp   stamp,
                TelaBoard  *board,
                const char *name,
                GError    **error)
{
  g_autoptr (GHashTable) attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) problem = NULL;
  Reading     self = { .attributes = attributes, .text = g_string_new (NULL) };
  TelaImport *import = NULL;

  tela_draft_init (&self.draft);
  if (parse (&self, data, len, &problem))
    import = tela_draft_finish (&self.draft, stamp, board, name, error);
  else if (problem->domain == TELA_FORMAT_ERROR)
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    invalid (error, problem->message);
  tela_draft_clear (&self.draft);
  g_clear_pointer (&self.page.paper, g_bytes_unref);
  g_free (self.page.paper_key);
  g_string_free (self.text, TRUE);
  return import;
}
