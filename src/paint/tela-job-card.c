/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-card.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-card.h"
#include "tela-look.h"
#include "tela-path.h"
#include "tela-text.h"

/* Board units, in a placeholder of that size; others have all of it smaller, or somewhat larger. */
#define ROOMY 240.0 /* the lesser side */
#define MOST 1.6
#define PROMPT_SIZE 18.0
#define WORDS_SIZE 14.0
#define BAR_HEIGHT 6.0
#define BAR_SHARE 0.6 /* of the width */
#define MARGIN 16.0
#define LEAST_LABEL 3.0 /* device pixels: what is smaller cannot be read */

static char *
dup_text (TelaJsonSpan object,
          const char  *name)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;

  if (!tela_json_find (object, name, &value))
    return NULL;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  return tela_json_reader_peek (&reader) == TELA_JSON_STRING ? tela_json_reader_string (&reader, NULL, NULL) : NULL;
}

static double
get_number (TelaJsonSpan object,
            const char  *name)
{
  TelaJsonReader reader;
  TelaJsonSpan   value;
  double         number;

  if (!tela_json_find (object, name, &value))
    return -1;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_NUMBER || !tela_json_reader_number (&reader, &number, NULL))
    return -1;
  return number;
}

static char *
describe (const char *state,
          double      place,
          double      progress,
          const char *error)
{
  if (g_strcmp0 (state, "running") == 0 && progress >= 0)
    /* Translators: how far the making of an image is, in percent */
    return g_strdup_printf (_ ("%.0f %%"), 100 * MIN (progress, 1));
  if (g_strcmp0 (state, "running") == 0)
    return g_strdup (_ ("Being made…"));
  if (g_strcmp0 (state, "queued") == 0 && place > 0 && place < 1e6)
    return g_strdup_printf (
        /* Translators: %u is the number of jobs that are made before this one */
        g_dngettext (GETTEXT_PACKAGE, "Waiting, %u before it", "Waiting, %u before it", (gulong) place), (guint) place);
  if (g_strcmp0 (state, "queued") == 0)
    return g_strdup (_ ("Waiting…"));
  if (g_strcmp0 (state, "cancelled") == 0)
    return g_strdup (_ ("Canceled"));
  if (g_strcmp0 (state, "failed") == 0 && error != NULL)
    /* Translators: of an image that could not be made; %s says why */
    return g_strdup_printf (_ ("Failed: %s"), error);
  if (g_strcmp0 (state, "failed") == 0)
    return g_strdup (_ ("Failed"));
  if (error != NULL)
    /* Translators: of an image that was ordered; nobody knows what has become of it; %s says why */
    return g_strdup_printf (_ ("Unknown: %s"), error);
  return g_strdup (_ ("Lost by whoever made it"));
}

gboolean
tela_job_card_read (const TelaElement *element,
                    TelaJobCard       *card)
{
  TelaValue        value;
  TelaJsonSpan     custom, tela, job;
  g_autofree char *own = NULL;
  g_autofree char *state = NULL;
  g_autofree char *error = NULL;

  *card = (TelaJobCard){ .progress = -1 };
  if (!tela_look_is_type (element, "rectangle") || !tela_element_get (element, TELA_KEY_CUSTOM_DATA, &value, NULL) ||
      value.kind != TELA_VALUE_JSON)
    return FALSE;
  custom = (TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) };
  if (custom.data[0] != '{' || !tela_json_find (custom, "tela", &tela) || tela.data[0] != '{' ||
      !tela_json_find (tela, "job", &job) || job.data[0] != '{')
    return FALSE;
  own = dup_text (job, "element");
  if (own != NULL && strcmp (own, tela_element_get_id (element)) != 0)
    return FALSE; /* a copy: nobody will tell it anything */
  state = dup_text (job, "state");
  error = dup_text (job, "error");
  card->prompt = dup_text (tela, "prompt");
  if (g_strcmp0 (state, "running") == 0)
    card->progress = get_number (job, "progress");
  card->words = describe (state, get_number (job, "place"), card->progress, error);
  return TRUE;
}

void
tela_job_card_clear (TelaJobCard *card)
{
  g_clear_pointer (&card->prompt, g_free);
  g_clear_pointer (&card->words, g_free);
}

static void
paint_bar (cairo_t                *cr,
           double                  progress,
           double                  width,
           double                  y,
           double                  height,
           const TelaPaintOptions *options)
{
  double length = width * BAR_SHARE;
  double x = (width - length) / 2;

  tela_path_trace_box (cr, x, y, length, height, height / 2);
  tela_colour_set (cr, tela_look_get_colour (TELA_LOOK_BARE_CARD, options->dark), 1);
  cairo_fill (cr);
  if (progress <= 0)
    return;
  tela_path_trace_box (cr, x, y, MAX (length * MIN (progress, 1), height), height, height / 2);
  tela_colour_set (cr, tela_look_get_colour (TELA_LOOK_CARD_INK, options->dark), 1);
  cairo_fill (cr);
}

void
tela_job_card_paint (cairo_t                *cr,
                     const TelaElement      *element,
                     const TelaPaintOptions *options)
{
  g_auto (TelaJobCard) card = { 0 };
  double     width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  double     height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));
  double     size = MIN (MIN (width, height) / ROOMY, MOST);
  double     room = width - 2 * MARGIN * size;
  double     middle = height / 2;
  TelaColour ink = tela_look_get_colour (TELA_LOOK_CARD_INK, options->dark);

  if (!(room > 0 && height > 0) || !tela_job_card_read (element, &card))
    return;
  if (card.prompt != NULL && PROMPT_SIZE * size * options->scale >= LEAST_LABEL)
    tela_text_paint_label (cr, card.prompt, MARGIN * size, middle - PROMPT_SIZE * size * 0.5, PROMPT_SIZE * size, 0.5,
                           room, ink);
  if (WORDS_SIZE * size * options->scale >= LEAST_LABEL)
    tela_text_paint_label (cr, card.words, MARGIN * size, middle + WORDS_SIZE * size * 1.2, WORDS_SIZE * size, 0.5, room,
                           ink);
  if (card.progress >= 0)
    paint_bar (cr, card.progress, width, middle + WORDS_SIZE * size * 2, BAR_HEIGHT * size, options);
}
