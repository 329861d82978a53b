/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-decode.h"

#include <math.h>
#include <string.h>

#define LOAD_STEP 65536

/* Decoding takes up to four bytes a pixel. */
#define MAX_PIXELS (120.0 * 1000 * 1000)
#define MAX_DRAWING_PIXELS (24.0 * 1000 * 1000)
#define MAX_DRAWING_SIDE 8192.0
#define MAX_JPEG_REDUCTION 3 /* the decoder leaves out no more than that */

typedef struct
{
  int wanted;
  int width, height; /* in the file */
  int reduction;
} Plan;

static gboolean
fits (const Plan *plan,
      int         reduction,
      gboolean    is_drawing)
{
  double width = ldexp (plan->width, -reduction);
  double height = ldexp (plan->height, -reduction);

  if (is_drawing && MAX (width, height) > MAX_DRAWING_SIDE)
    return FALSE;

  return width * height <= (is_drawing ? MAX_DRAWING_PIXELS : MAX_PIXELS);
}

static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  gpointer         user_data)
{
  Plan            *plan = user_data;
  GdkPixbufFormat *format = gdk_pixbuf_loader_get_format (loader);
  g_autofree char *name = gdk_pixbuf_format_get_name (format);
  gboolean         is_drawing = strcmp (name, "svg") == 0;
  int              last = is_drawing ? G_MAXINT8 : 0;

  plan->width = width;
  plan->height = height;
  if (is_drawing)
    plan->reduction = plan->wanted;
  if (strcmp (name, "jpeg") == 0)
    {
      last = MAX_JPEG_REDUCTION;
      plan->reduction = CLAMP (plan->wanted, 0, last);
    }
  while (plan->reduction < last && !fits (plan, plan->reduction, is_drawing))
    plan->reduction++;

  if (!fits (plan, plan->reduction, is_drawing))
    gdk_pixbuf_loader_set_size (loader, 0, 0); /* makes it give up before it allocates */
  else if (plan->reduction != 0)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (int) ceil (ldexp (width, -plan->reduction))),
                                MAX (1, (int) ceil (ldexp (height, -plan->reduction))));
}

static GdkPixbuf *
load (GBytes *bytes,
      Plan   *plan)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  GdkPixbuf    *pixbuf;
  gsize         len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  gboolean      ok = TRUE;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), plan);
  while (ok && len > 0)
    {
      gsize step = MIN (len, LOAD_STEP);

      ok = gdk_pixbuf_loader_write (loader, data, step, NULL);
      data += step;
      len -= step;
    }
  ok = gdk_pixbuf_loader_close (loader, NULL) && ok;
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  return ok && pixbuf != NULL ? g_object_ref (pixbuf) : NULL;
}

/* Whether the picture lies on its side in the file. */
static gboolean
is_on_its_side (GdkPixbuf *pixbuf)
{
  const char *orientation = gdk_pixbuf_get_option (pixbuf, "orientation");

  return orientation != NULL && orientation[0] >= '5' && orientation[0] <= '8' && orientation[1] == '\0';
}

gboolean
tela_decode (GBytes      *bytes,
             int          wanted,
             TelaDecoded *decoded)
{
  Plan plan = { .wanted = wanted };
  g_autoptr (GdkPixbuf) pixbuf = load (bytes, &plan);
  gboolean turned;

  if (pixbuf == NULL || plan.width < 1 || plan.height < 1)
    return FALSE;

  turned = is_on_its_side (pixbuf);
  *decoded = (TelaDecoded){
    .pixbuf = gdk_pixbuf_apply_embedded_orientation (pixbuf),
    .width = turned ? plan.height : plan.width,
    .height = turned ? plan.width : plan.height,
    .reduction = plan.reduction,
  };

  return decoded->pixbuf != NULL;
}
