/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"
#include "tela-tldr-private.h"

#include <glib/gi18n-lib.h>

static void append_node (GString *out, TelaJsonSpan node, gboolean *styled);

static void
append_children (GString     *out,
                 TelaJsonSpan node,
                 gboolean    *styled)
{
  TelaJsonSpan   content, child;
  TelaJsonReader reader;

  if (!tela_json_find (node, "content", &content))
    return;
  tela_json_reader_init (&reader, content.data, (gssize) content.len);
  if (!tela_json_reader_enter_array (&reader))
    return;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &child))
    append_node (out, child, styled);
}

/* A paragraph ends a line, a list item begins with a dot. Depth is bounded by that of the JSON. */
static void
append_node (GString     *out,
             TelaJsonSpan node,
             gboolean    *styled)
{
  g_autofree char *text = tela_tldr_get_string (node, "text");
  TelaJsonSpan     marks;

  if (text != NULL)
    g_string_append (out, text);
  *styled |= tela_json_find (node, "marks", &marks) && marks.len > 2;
  if (tela_tldr_is (node, "type", "hardBreak"))
    g_string_append_c (out, '\n');
  if (tela_tldr_is (node, "type", "listItem"))
    g_string_append (out, "• ");
  append_children (out, node, styled);
  if (tela_tldr_is (node, "type", "paragraph") || tela_tldr_is (node, "type", "heading") ||
      tela_tldr_is (node, "type", "codeBlock"))
    g_string_append_c (out, '\n');
}

char *
tela_tldr_get_text (TelaTldr    *self,
                    TelaJsonSpan props)
{
  g_autofree char *plain = tela_tldr_get_string (props, "text");
  TelaJsonSpan     rich;
  gboolean         styled = FALSE;

  if (plain == NULL && tela_json_find (props, "richText", &rich))
    {
      GString *out = g_string_new (NULL);

      append_node (out, rich, &styled);
      if (out->len > 0 && out->str[out->len - 1] == '\n')
        g_string_truncate (out, out->len - 1);
      plain = g_string_free (out, FALSE);
    }
  if (styled)
    tela_draft_note (&self->draft, _ ("Styled texts became plain ones"));
  if (plain != NULL && strlen (plain) > TELA_MAX_TEXT_BYTES / 4)
    {
      tela_draft_note (&self->draft, _ ("Texts that are too long were left out"));
      return NULL;
    }
  return plain != NULL && *plain != '\0' ? g_steal_pointer (&plain) : NULL;
}
