/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-gate-stream.h"

#include <string.h>

/* After it an end would be answered as a bad request, an error is not. */
#define LINE "?\n"

/* ---- What is read ---- */

#define TELA_TYPE_GATE_INPUT (tela_gate_input_get_type ())
G_DECLARE_FINAL_TYPE (TelaGateInput, tela_gate_input, TELA, GATE_INPUT, GFilterInputStream)

struct _TelaGateInput
{
  GFilterInputStream parent_instance;

  gboolean rests;
  gboolean is_over;
};

static void tela_gate_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TelaGateInput,
                               tela_gate_input,
                               G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, tela_gate_input_pollable_init))

static GInputStream *
base_of (gpointer self)
{
  return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
}

/* After @n bytes, 0 for the end, or -1 for @problem, which it takes: a problem while it rests is an end as well. */
static gssize
end_of_rest (TelaGateInput *self,
             char          *buffer,
             gsize          count,
             gssize         n,
             GError        *problem,
             GError       **error)
{
  if (n > 0)
    self->rests = FALSE;
  if (n > 0 || count < strlen (LINE) || !self->rests || g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      if (problem != NULL)
        g_propagate_error (error, problem);
      return n;
    }
  g_clear_error (&problem);
  if (!self->is_over)
    {
      self->is_over = TRUE;
      memcpy (buffer, LINE, strlen (LINE));
      return strlen (LINE);
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "The other side has gone");
  return -1;
}

static gssize
tela_gate_input_read (GInputStream *stream,
                      void         *buffer,
                      gsize         count,
                      GCancellable *cancellable,
                      GError      **error)
{
  GError *problem = NULL;
  gssize  n = g_input_stream_read (base_of (stream), buffer, count, cancellable, &problem);

  return end_of_rest (TELA_GATE_INPUT (stream), buffer, count, n, problem, error);
}

static gssize
tela_gate_input_read_nonblocking (GPollableInputStream *stream,
                                  void                 *buffer,
                                  gsize                 count,
                                  GError              **error)
{
  GPollableInputStream *base = G_POLLABLE_INPUT_STREAM (base_of (stream));
  GError               *problem = NULL;
  gssize                n = g_pollable_input_stream_read_nonblocking (base, buffer, count, NULL, &problem);

  return end_of_rest (TELA_GATE_INPUT (stream), buffer, count, n, problem, error);
}

static gboolean
tela_gate_input_is_readable (GPollableInputStream *stream)
{
  return g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (base_of (stream)));
}

static GSource *
tela_gate_input_create_source (GPollableInputStream *stream,
                               GCancellable         *cancellable)
{
  g_autoptr (GSource) base =
      g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base_of (stream)), NULL);

  return g_pollable_source_new_full (stream, base, cancellable);
}

static void
tela_gate_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = tela_gate_input_is_readable;
  iface->create_source = tela_gate_input_create_source;
  iface->read_nonblocking = tela_gate_input_read_nonblocking;
}

static void
tela_gate_input_class_init (TelaGateInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = tela_gate_input_read;
}

static void
tela_gate_input_init (TelaGateInput *self)
{
}

/* ---- The connection ---- */

struct _TelaGateStream
{
  GIOStream parent_instance;

  GIOStream     *base;  /* owned */
  TelaGateInput *input; /* owned */
};

G_DEFINE_FINAL_TYPE (TelaGateStream, tela_gate_stream, G_TYPE_IO_STREAM)

static GInputStream *
tela_gate_stream_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (TELA_GATE_STREAM (stream)->input);
}

static GOutputStream *
tela_gate_stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (TELA_GATE_STREAM (stream)->base);
}

static gboolean
tela_gate_stream_close (GIOStream    *stream,
                        GCancellable *cancellable,
                        GError      **error)
{
  return g_io_stream_close (TELA_GATE_STREAM (stream)->base, cancellable, error);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_io_stream_close_finish (G_IO_STREAM (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
tela_gate_stream_close_async (GIOStream          *stream,
                              int                 priority,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  GTask *task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_gate_stream_close_async);
  g_io_stream_close_async (TELA_GATE_STREAM (stream)->base, priority, cancellable, closed_cb, task);
}

static gboolean
tela_gate_stream_close_finish (GIOStream    *stream,
                               GAsyncResult *result,
                               GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
tela_gate_stream_finalize (GObject *object)
{
  TelaGateStream *self = TELA_GATE_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->base);

  G_OBJECT_CLASS (tela_gate_stream_parent_class)->finalize (object);
}

static void
tela_gate_stream_class_init (TelaGateStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tela_gate_stream_finalize;
  stream_class->get_input_stream = tela_gate_stream_get_input_stream;
  stream_class->get_output_stream = tela_gate_stream_get_output_stream;
  stream_class->close_fn = tela_gate_stream_close;
  stream_class->close_async = tela_gate_stream_close_async;
  stream_class->close_finish = tela_gate_stream_close_finish;
}

static void
tela_gate_stream_init (TelaGateStream *self)
{
}

TelaGateStream *
tela_gate_stream_new (GIOStream *base)
{
  TelaGateStream *self = g_object_new (TELA_TYPE_GATE_STREAM, NULL);

  self->base = g_object_ref (base);
  self->input = g_object_new (TELA_TYPE_GATE_INPUT, "base-stream", g_io_stream_get_input_stream (base),
                              "close-base-stream", FALSE, NULL);
  return self;
}

void
tela_gate_stream_rest (TelaGateStream *self)
{
  self->input->rests = TRUE;
}
