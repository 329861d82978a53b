/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef enum
{
  FAL_PNG,
  FAL_DATA_URI, /* a PNG within the answer */
  FAL_PAGE,     /* a web page that is called image/png */
  FAL_DRAWING,  /* an SVG */
  FAL_LARGE,    /* a PNG of 50 MB */
  FAL_HUGE,     /* a PNG of 70 MB */
  FAL_NOTHING,  /* an answer without pictures */
} FalPicture;

/* A queue that speaks as fal.ai's does, on 127.0.0.1, in the main context. */
typedef struct
{
  SoupServer *server;
  char       *url;
  GHashTable *requests; /* id → how often it was asked for */
  guint       n_ids;

  guint      n_queued;  /* so often it says IN_QUEUE, from the last place on */
  guint      n_running; /* then so often IN_PROGRESS */
  guint      delay_ms;  /* before each answer */
  guint      n_faults;  /* so many answers are of the status @fault */
  guint      fault;
  gboolean   holds;   /* an order gets no answer */
  gboolean   drops;   /* the connection ends after an order */
  gboolean   forgets; /* after the first question it knows nothing any more */
  gboolean   fails;   /* it is COMPLETED with an error */
  FalPicture picture;
  gboolean   with_seed; /* it says 4711 */

  char    *path; /* of the last order */
  char    *body; /* of the last order */
  guint    n_submits;
  guint    n_questions;
  guint    n_cancels;
  gboolean key_leaked; /* it came where the pictures lie */
  gboolean key_missing;
} Fal;

Fal *fal_new (void);
void fal_free (Fal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fal, fal_free)

/* A PNG of that size in pixels; @padding: so many bytes more, of no meaning. */
GBytes *fal_make_png (int width, int height, gsize padding);

G_END_DECLS
