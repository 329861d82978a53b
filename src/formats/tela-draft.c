/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-draft.h"

#include <math.h>

#include "tela-formats-private.h"

#define MAX_BYTES (128u * 1024 * 1024) /* of elements: several forms of them are in memory at once */

typedef struct
{
  char   *id; /* owned: the hash of the bytes */
  GBytes *bytes;
} TelaDraftFile;

typedef struct
{
  const char *what;
  guint       n;
} TelaDraftNote;

static void
file_free (gpointer data)
{
  TelaDraftFile *self = data;

  g_free (self->id);
  g_bytes_unref (self->bytes);
  g_free (self);
}

void
tela_draft_init (TelaDraft *self)
{
  memset (self, 0, sizeof *self);
  self->out = g_string_new (NULL);
  self->files = g_ptr_array_new_with_free_func (file_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_bytes = g_hash_table_new (NULL, NULL);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  tela_json_writer_init (&self->writer, self->out, 0);
  tela_json_writer_begin_object (&self->writer);
  tela_json_writer_name (&self->writer, "elements");
  tela_json_writer_begin_array (&self->writer);
}

void
tela_draft_clear (TelaDraft *self)
{
  if (self->out != NULL)
    g_string_free (self->out, TRUE);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->by_bytes, g_hash_table_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  self->out = NULL;
}

gboolean
tela_draft_is_full (const TelaDraft *self)
{
  return self->n >= TELA_DRAFT_MAX_ELEMENTS || self->out->len > MAX_BYTES;
}

char *
tela_draft_next_id (const TelaDraft *self)
{
  return g_strdup_printf ("import-%u", self->n + 1);
}

static void
write_number (TelaDraft  *self,
              const char *name,
              double      value)
{
  tela_json_writer_name (&self->writer, name);
  tela_json_writer_number (&self->writer, isfinite (value) ? value : 0);
}

static void
write_string (TelaDraft  *self,
              const char *name,
              const char *value)
{
  tela_json_writer_name (&self->writer, name);
  tela_json_writer_string (&self->writer, value);
}

static void
write_boolean (TelaDraft  *self,
               const char *name,
               gboolean    value)
{
  tela_json_writer_name (&self->writer, name);
  tela_json_writer_boolean (&self->writer, value);
}

static void
write_style (TelaDraft            *self,
             const TelaDraftStyle *style)
{
  write_string (self, "strokeColor", style->stroke != NULL ? style->stroke : "transparent");
  write_string (self, "backgroundColor", style->fill != NULL ? style->fill : "transparent");
  write_string (self, "fillStyle", "solid");
  write_number (self, "strokeWidth", style->stroke_width > 0 ? style->stroke_width : 1);
  write_string (self, "strokeStyle", style->stroke_style != NULL ? style->stroke_style : "solid");
  write_number (self, "roughness", style->roughness);
  write_number (self, "opacity", style->opacity > 0 ? style->opacity : 100);
  /* What is left out is nothing to every reader, and there may be 200,000 of them. */
  if (style->frame_id != NULL)
    write_string (self, "frameId", style->frame_id);
  if (style->link != NULL)
    write_string (self, "link", style->link);
  if (style->locked)
    write_boolean (self, "locked", TRUE);
  if (style->roundness != NULL)
    {
      tela_json_writer_name (&self->writer, "roundness");
      tela_json_writer_raw (&self->writer, style->roundness, strlen (style->roundness));
    }
  if (style->group_ids == NULL || style->group_ids->len == 0)
    return;
  tela_json_writer_name (&self->writer, "groupIds");
  tela_json_writer_begin_array (&self->writer);
  for (guint i = 0; i < style->group_ids->len; i++)
    tela_json_writer_string (&self->writer, style->group_ids->pdata[i]);
  tela_json_writer_end_array (&self->writer);
}

void
tela_draft_begin (TelaDraft            *self,
                  const char           *id,
                  const char           *type,
                  const TelaDraftBox   *box,
                  const TelaDraftStyle *style)
{
  g_autofree char *own = id == NULL ? tela_draft_next_id (self) : NULL;

  self->n++;
  tela_json_writer_begin_object (&self->writer);
  write_string (self, "id", id != NULL ? id : own);
  write_string (self, "type", type);
  write_number (self, "x", box->x);
  write_number (self, "y", box->y);
  write_number (self, "width", box->width);
  write_number (self, "height", box->height);
  if (box->angle != 0)
    write_number (self, "angle", box->angle);
  write_number (self, "seed", self->n);
  write_style (self, style);
}

void
tela_draft_end (TelaDraft *self)
{
  tela_json_writer_end_object (&self->writer);
}

/* Every how many are kept. */
static guint
get_stride (guint n)
{
  return 1 + n / TELA_MAX_POINTS;
}

/* Finer than any hand: the differences of points have 17 digits each, which take time and room. */
static double
round_off (double value)
{
  return round (value * 1000) / 1000;
}

void
tela_draft_begin_points (TelaDraft            *self,
                         const char           *id,
                         const char           *type,
                         const double         *xy,
                         guint                 n,
                         const TelaDraftStyle *style)
{
  double       left = xy[0], top = xy[1], right = xy[0], bottom = xy[1];
  TelaDraftBox box = { .x = xy[0], .y = xy[1] };

  for (guint i = 1; i < n; i++)
    {
      left = MIN (left, xy[2 * i]);
      right = MAX (right, xy[2 * i]);
      top = MIN (top, xy[2 * i + 1]);
      bottom = MAX (bottom, xy[2 * i + 1]);
    }
  box.width = right - left;
  box.height = bottom - top;
  tela_draft_begin (self, id, type, &box, style);
  tela_json_writer_name (&self->writer, "points");
  tela_json_writer_begin_array (&self->writer);
  for (guint i = 0; i < n; i += get_stride (n))
    {
      tela_json_writer_begin_array (&self->writer);
      tela_json_writer_number (&self->writer, round_off (xy[2 * i] - xy[0]));
      tela_json_writer_number (&self->writer, round_off (xy[2 * i + 1] - xy[1]));
      tela_json_writer_end_array (&self->writer);
    }
  tela_json_writer_end_array (&self->writer);
}

void
tela_draft_add_values (TelaDraft    *self,
                       const char   *name,
                       const double *values,
                       guint         n)
{
  tela_json_writer_name (&self->writer, name);
  tela_json_writer_begin_array (&self->writer);
  for (guint i = 0; i < n; i += get_stride (n))
    tela_json_writer_number (&self->writer, round_off (values[i]));
  tela_json_writer_end_array (&self->writer);
}

static double
get_advance (const TelaDraftText *text,
             const char          *at)
{
  gunichar c = g_utf8_get_char (at);

  if (g_unichar_iszerowidth (c))
    return 0;
  return text->size * (g_unichar_iswide (c) ? 1 : text->font == TELA_DRAFT_FONT_MONO ? 0.6
                                                                                     : 0.52);
}

/* @text with the line breaks that its width asks for. (transfer full) */
static char *
wrap (const TelaDraftText *text)
{
  GString *out = g_string_new (NULL);
  gssize   space = -1; /* the last one of the line, in @out */
  double   width = 0, since_space = 0;

  for (const char *at = text->text; *at != '\0'; at = g_utf8_next_char (at))
    {
      double advance = get_advance (text, at);

      if (*at == '\n')
        {
          width = since_space = 0;
          space = -1;
        }
      else if (*at == ' ')
        {
          space = (gssize) out->len;
          since_space = -advance;
        }
      else if (text->wrap > 0 && width + advance > text->wrap && space >= 0)
        {
          out->str[space] = '\n';
          width = since_space;
          space = -1;
        }
      g_string_append_len (out, at, g_utf8_next_char (at) - at);
      if (*at != '\n')
        {
          width += advance;
          since_space += advance;
        }
    }
  return g_string_free (out, FALSE);
}

void
tela_draft_measure_text (const TelaDraftText *text,
                         double              *width,
                         double              *height)
{
  g_autofree char *wrapped = wrap (text);
  double           line = 0;
  guint            n_lines = 1;

  *width = text->wrap;
  for (const char *at = wrapped; *at != '\0'; at = g_utf8_next_char (at))
    {
      line = *at == '\n' ? 0 : line + get_advance (text, at);
      n_lines += *at == '\n';
      *width = MAX (*width, line);
    }
  *height = n_lines * text->size * TELA_DRAFT_LINE_HEIGHT;
}

void
tela_draft_add_text (TelaDraft            *self,
                     const TelaDraftBox   *box,
                     const TelaDraftText  *text,
                     const TelaDraftStyle *style)
{
  g_autofree char *wrapped = wrap (text);

  tela_draft_begin (self, NULL, "text", box, style);
  write_string (self, "text", wrapped);
  write_string (self, "originalText", text->text);
  write_number (self, "fontSize", text->size);
  write_number (self, "fontFamily", text->font);
  write_string (self, "textAlign", text->align != NULL ? text->align : "left");
  write_string (self, "verticalAlign", text->vertical_align != NULL ? text->vertical_align : "top");
  write_string (self, "containerId", text->container_id);
  write_boolean (self, "autoResize", !(text->wrap > 0) || text->container_id != NULL);
  write_number (self, "lineHeight", TELA_DRAFT_LINE_HEIGHT);
  tela_draft_end (self);
}

gboolean
tela_draft_begin_image (TelaDraft            *self,
                        const TelaDraftBox   *box,
                        const TelaDraftStyle *style,
                        GBytes               *bytes)
{
  gsize            len;
  gconstpointer    data = g_bytes_get_data (bytes, &len);
  g_autofree char *id = NULL;

  if (len == 0 || strcmp (tela_media_guess_type (data, len), "application/octet-stream") == 0)
    return FALSE;
  id = g_strdup (g_hash_table_lookup (self->by_bytes, bytes));
  if (id == NULL)
    id = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (!g_hash_table_contains (self->by_id, id))
    {
      TelaDraftFile *file;

      if (len > TELA_DRAFT_MAX_IMAGE - self->n_bytes)
        return FALSE;
      self->n_bytes += len;
      file = g_new (TelaDraftFile, 1);
      *file = (TelaDraftFile){ g_strdup (id), g_bytes_ref (bytes) };
      g_ptr_array_add (self->files, file);
      g_hash_table_add (self->by_id, file->id);
      g_hash_table_insert (self->by_bytes, file->bytes, file->id);
    }

  tela_draft_begin (self, NULL, "image", box, style);
  write_string (self, "fileId", id);
  write_string (self, "status", "saved");
  return TRUE;
}

void
tela_draft_note (TelaDraft  *self,
                 const char *what)
{
  TelaDraftNote *note;

  for (guint i = 0; i < self->notes->len; i++)
    {
      note = self->notes->pdata[i];
      if (strcmp (note->what, what) == 0)
        {
          note->n++;
          return;
        }
    }
  note = g_new (TelaDraftNote, 1);
  *note = (TelaDraftNote){ what, 1 };
  g_ptr_array_add (self->notes, note);
}

static void
write_file (TelaDraft           *self,
            const TelaDraftFile *file)
{
  gsize            len;
  const guchar    *data = g_bytes_get_data (file->bytes, &len);
  const char      *type = tela_media_guess_type (data, len);
  g_autofree char *base64 = g_base64_encode (data, len);
  g_autofree char *url = g_strdup_printf ("data:%s;base64,%s", type, base64);

  tela_json_writer_name (&self->writer, file->id);
  tela_json_writer_begin_object (&self->writer);
  write_string (self, "mimeType", type);
  write_string (self, "id", file->id);
  write_string (self, "dataURL", url);
  tela_json_writer_end_object (&self->writer);
}

TelaImport *
tela_draft_finish (TelaDraft  *self,
                   TelaStamp   stamp,
                   TelaBoard  *board,
                   const char *name,
                   GError    **error)
{
  TelaImport *import;

  tela_json_writer_end_array (&self->writer);
  tela_json_writer_name (&self->writer, "files");
  tela_json_writer_begin_object (&self->writer);
  for (guint i = 0; i < self->files->len; i++)
    write_file (self, self->files->pdata[i]);
  tela_json_writer_end_object (&self->writer);
  tela_json_writer_end_object (&self->writer);

  import = tela_excalidraw_read (self->out->str, self->out->len, stamp, board, name, error);
  for (guint i = 0; import != NULL && i < self->notes->len; i++)
    {
      const TelaDraftNote *note = self->notes->pdata[i];

      g_ptr_array_add (import->report, g_strdup_printf ("%s: %u.", note->what, note->n));
    }
  return import;
}
