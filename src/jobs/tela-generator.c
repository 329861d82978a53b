/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-generator.h"

#include <string.h>

G_DEFINE_QUARK (tela_generator_error, tela_generator_error)
G_DEFINE_INTERFACE (TelaGenerator, tela_generator, G_TYPE_OBJECT)

static void
tela_generator_default_init (TelaGeneratorInterface *iface)
{
}

void
tela_generator_picture_free (TelaGeneratorPicture *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

void
tela_generator_submit_async (TelaGenerator              *self,
                             const TelaGeneratorRequest *request,
                             GCancellable               *cancellable,
                             GAsyncReadyCallback         callback,
                             gpointer                    user_data)
{
  TELA_GENERATOR_GET_IFACE (self)->submit_async (self, request, cancellable, callback, user_data);
}

char *
tela_generator_submit_finish (TelaGenerator *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_generator_status_async (TelaGenerator      *self,
                             const char         *model,
                             const char         *id,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  TELA_GENERATOR_GET_IFACE (self)->status_async (self, model, id, cancellable, callback, user_data);
}

gboolean
tela_generator_status_finish (TelaGenerator       *self,
                              GAsyncResult        *result,
                              TelaGeneratorStatus *status,
                              GError             **error)
{
  g_autofree TelaGeneratorStatus *told = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  told = g_task_propagate_pointer (G_TASK (result), error);
  if (told == NULL)
    return FALSE;
  *status = *told;
  return TRUE;
}

void
tela_generator_fetch_async (TelaGenerator      *self,
                            const char         *model,
                            const char         *id,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  TELA_GENERATOR_GET_IFACE (self)->fetch_async (self, model, id, cancellable, callback, user_data);
}

TelaGeneratorPicture *
tela_generator_fetch_finish (TelaGenerator *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_generator_cancel_async (TelaGenerator      *self,
                             const char         *model,
                             const char         *id,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  TELA_GENERATOR_GET_IFACE (self)->cancel_async (self, model, id, cancellable, callback, user_data);
}

gboolean
tela_generator_cancel_finish (TelaGenerator *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Progress: the last thing on a line that looks like it. */

static gboolean
is_part_of_number (char c)
{
  return g_ascii_isdigit (c) || c == '.';
}

/* The number that ends before @end. */
static gboolean
number_before (const char *line,
               const char *end,
               double     *number)
{
  const char *start = end;

  while (start > line && is_part_of_number (start[-1]))
    start--;
  if (start == end)
    return FALSE;
  *number = g_ascii_strtod (start, NULL);
  return TRUE;
}

double
tela_generator_parse_progress (const char *line)
{
  static const char word[] = "progress ";
  const char       *named = strstr (line, word);
  double            done, all;

  for (const char *p = line + strlen (line); p > line; p--)
    {
      if (p[-1] == '%' && number_before (line, p - 1, &done))
        return CLAMP (done / 100, 0, 1);
      if (p[-1] == '/' && number_before (line, p - 1, &done) && g_ascii_isdigit (*p) &&
          (all = g_ascii_strtod (p, NULL)) > 0)
        return CLAMP (done / all, 0, 1);
    }
  if (named != NULL && g_ascii_isdigit (named[sizeof word - 1]))
    return CLAMP (g_ascii_strtod (named + sizeof word - 1, NULL), 0, 1);
  return -1;
}
