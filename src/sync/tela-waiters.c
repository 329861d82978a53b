/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-waiters.h"

typedef struct
{
  GPtrArray *waiters; /* borrowed */
  GTask     *task;
  GSource   *source; /* of the cancellable; NULL: none */
} Waiter;

static void
waiter_free (Waiter *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_object_unref (self->task);
  g_free (self);
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Waiter *self = user_data;
  g_autoptr (GTask) task = g_object_ref (self->task);

  g_ptr_array_remove (self->waiters, self);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

GPtrArray *
tela_waiters_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) waiter_free);
}

void
tela_waiters_add (GPtrArray *waiters,
                  GTask     *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter       *self = g_new0 (Waiter, 1);

  self->waiters = waiters;
  self->task = g_object_ref (task);
  if (cancellable != NULL)
    {
      self->source = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->source, G_SOURCE_FUNC (cancelled_cb), self, NULL);
      g_source_attach (self->source, g_task_get_context (task));
    }
  g_ptr_array_add (waiters, self);
}

void
tela_waiters_answer (GPtrArray    *waiters,
                     const GError *error)
{
  while (waiters->len > 0)
    {
      Waiter *self = g_ptr_array_index (waiters, 0);
      g_autoptr (GTask) task = g_object_ref (self->task);

      g_ptr_array_remove_index (waiters, 0);
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}
