/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TELA_GENERATOR_ERROR (tela_generator_error_quark ())
GQuark tela_generator_error_quark (void);

typedef enum
{
  TELA_GENERATOR_ERROR_NETWORK, /* no answer: try again, however long it takes */
  TELA_GENERATOR_ERROR_BUSY,    /* it cannot just now: try again some times */
  TELA_GENERATOR_ERROR_REFUSED, /* it will not, however often it is asked; the message says why */
  TELA_GENERATOR_ERROR_LOST,    /* it knows nothing of that request */
  TELA_GENERATOR_ERROR_UNSURE,  /* of an order: it may have been taken, and nobody knows under which id */
  TELA_GENERATOR_ERROR_PICTURE, /* what it made is none, or too large */
} TelaGeneratorError;

/* The largest picture that is taken, in bytes. */
#define TELA_GENERATOR_MAX_BYTES (60u * 1024 * 1024)

/* What is asked for. Borrowed for the length of a call. */
typedef struct
{
  const char *model;
  const char *prompt;
  gint64      seed;
  int         width; /* pixels */
  int         height;
} TelaGeneratorRequest;

typedef enum
{
  TELA_GENERATOR_QUEUED,
  TELA_GENERATOR_RUNNING,
  TELA_GENERATOR_READY, /* the picture can be fetched */
} TelaGeneratorState;

typedef struct
{
  TelaGeneratorState state;
  int                place;    /* in its queue, from 0; -1: it does not say */
  double             progress; /* 0 to 1; -1: it does not say */
} TelaGeneratorStatus;

/* What came of it: bytes that nobody has looked at yet. */
typedef struct
{
  GBytes  *bytes;
  gboolean has_seed; /* it said with which seed */
  gint64   seed;
} TelaGeneratorPicture;

void tela_generator_picture_free (TelaGeneratorPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaGeneratorPicture, tela_generator_picture_free)

/* Something that makes pictures of words, in its own time. Errors: cancelled, or TELA_GENERATOR_ERROR. Implementations end
 * their calls with GTasks whose source object is the generator: submit with a string, status with a g_new() status, fetch
 * with a picture, cancel with a boolean. */
#define TELA_TYPE_GENERATOR (tela_generator_get_type ())
G_DECLARE_INTERFACE (TelaGenerator, tela_generator, TELA, GENERATOR, GObject)

struct _TelaGeneratorInterface
{
  GTypeInterface parent;

  void (*submit_async) (TelaGenerator *self, const TelaGeneratorRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*status_async) (TelaGenerator *self, const char *model, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*fetch_async) (TelaGenerator *self, const char *model, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  void (*cancel_async) (TelaGenerator *self, const char *model, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
};

void                  tela_generator_submit_async (TelaGenerator *self, const TelaGeneratorRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char                 *tela_generator_submit_finish (TelaGenerator *self, GAsyncResult *result, GError **error); /* its id for the request */
void                  tela_generator_status_async (TelaGenerator *self, const char *model, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean              tela_generator_status_finish (TelaGenerator *self, GAsyncResult *result, TelaGeneratorStatus *status, GError **error);
void                  tela_generator_fetch_async (TelaGenerator *self, const char *model, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaGeneratorPicture *tela_generator_fetch_finish (TelaGenerator *self, GAsyncResult *result, GError **error);
/* Asks for an end; what is over already is no error. */
void     tela_generator_cancel_async (TelaGenerator *self, const char *model, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_generator_cancel_finish (TelaGenerator *self, GAsyncResult *result, GError **error);

/* What a line that a program prints says of how far it is: "40%", "9/20", "progress 0.4"; -1: nothing. */
double tela_generator_parse_progress (const char *line);

G_END_DECLS
