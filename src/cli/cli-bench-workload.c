/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-bench-workload.h"

#include <math.h>

#define N_COLORS 5
#define START_MS G_GUINT64_CONSTANT (1700000000000)

static const char *const colors[N_COLORS] = { "#1e1e1e", "#e03131", "#2f9e44", "#1971c2", "#f08c00" };

/* What is written, in these shares. */
static const TelaKnownKey keys[] = { TELA_KEY_X, TELA_KEY_Y, TELA_KEY_X, TELA_KEY_Y, TELA_KEY_WIDTH,
                                     TELA_KEY_HEIGHT, TELA_KEY_ANGLE, TELA_KEY_STROKE_COLOR, TELA_KEY_BACKGROUND_COLOR };

/* Mulberry32. */
static double
next_random (guint32 *state)
{
  guint32 t = *state += 0x6d2b79f5u;

  t = (t ^ (t >> 15)) * (t | 1);
  t ^= t + (t ^ (t >> 7)) * (t | 61);
  return (t ^ (t >> 14)) / 4294967296.0;
}

static guint
pick (guint32 *state,
      guint    below)
{
  return (guint) floor (next_random (state) * below);
}

/* To a tenth. */
static double
pick_number (guint32 *state,
             double   most)
{
  return floor (next_random (state) * most * 10 + 0.5) / 10;
}

static TelaStamp
stamp_of (guint time,
          guint actor)
{
  static const guint64 actors[CLI_WORKLOAD_ACTORS] = { G_GUINT64_CONSTANT (0x0a1b2c3d4e5f6071),
                                                       G_GUINT64_CONSTANT (0x5c0ffee0ddba11ad),
                                                       G_GUINT64_CONSTANT (0xa1b2c3d4e5f60718) };

  return (TelaStamp){ .time = (START_MS + time) << 16, .actor = actors[actor] };
}

static TelaElement *
make_element (guint32 *state,
              guint    i)
{
  g_autofree char *id = g_strdup_printf ("e%u", i);
  TelaOpBuilder   *builder = tela_op_builder_new (id);

  tela_op_builder_set_string (builder, TELA_KEY_TYPE, "rectangle");
  tela_op_builder_set_number (builder, TELA_KEY_X, pick_number (state, 9999));
  tela_op_builder_set_number (builder, TELA_KEY_Y, pick_number (state, 9999));
  tela_op_builder_set_number (builder, TELA_KEY_WIDTH, pick_number (state, 200));
  tela_op_builder_set_number (builder, TELA_KEY_HEIGHT, pick_number (state, 200));
  tela_op_builder_set_number (builder, TELA_KEY_ANGLE, 0);
  tela_op_builder_set_string (builder, TELA_KEY_STROKE_COLOR, colors[i % N_COLORS]);
  tela_op_builder_set_string (builder, TELA_KEY_BACKGROUND_COLOR, colors[(i + 2) % N_COLORS]);
  return tela_op_builder_end (builder, stamp_of (0, 0));
}

static TelaElement *
make_write (guint32 *state,
            guint    i,
            guint    element)
{
  g_autofree char *id = g_strdup_printf ("e%u", element);
  TelaOpBuilder   *builder = tela_op_builder_new (id);
  TelaKey          key = keys[pick (state, G_N_ELEMENTS (keys))];

  if (key == TELA_KEY_STROKE_COLOR || key == TELA_KEY_BACKGROUND_COLOR)
    tela_op_builder_set_string (builder, key, colors[pick (state, N_COLORS)]);
  else
    tela_op_builder_set_number (builder, key, pick_number (state, 9999));
  return tela_op_builder_end (builder, stamp_of (i / CLI_WORKLOAD_ACTORS + 1, i % CLI_WORKLOAD_ACTORS));
}

CliWorkload *
cli_workload_new (void)
{
  CliWorkload      *self = g_new0 (CliWorkload, 1);
  guint             n_writes = CLI_WORKLOAD_ELEMENTS * CLI_WORKLOAD_WRITES;
  g_autofree guint *order = g_new (guint, n_writes);
  guint32           state = 1;

  self->scene = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->writes = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  for (guint i = 0; i < CLI_WORKLOAD_ELEMENTS; i++)
    g_ptr_array_add (self->scene, make_element (&state, i));

  for (guint i = 0; i < n_writes; i++)
    order[i] = i % CLI_WORKLOAD_ELEMENTS;
  for (guint i = n_writes - 1; i > 0; i--)
    {
      guint j = pick (&state, i + 1), other = order[i];

      order[i] = order[j];
      order[j] = other;
    }
  for (guint i = 0; i < n_writes; i++)
    g_ptr_array_add (self->writes, make_write (&state, i, order[i]));
  return self;
}

void
cli_workload_free (CliWorkload *self)
{
  g_ptr_array_unref (self->scene);
  g_ptr_array_unref (self->writes);
  g_free (self);
}

TelaBoard *
cli_workload_make_board (CliWorkload *self,
                         gboolean     written)
{
  TelaBoard *board = tela_board_new ("00000000-0000-4000-8000-000000000000");

  tela_board_merge (board, (TelaElement *const *) self->scene->pdata, self->scene->len);
  if (written)
    tela_board_merge (board, (TelaElement *const *) self->writes->pdata, self->writes->len);
  return board;
}

static void
add_element_cb (const TelaElement *element,
                gpointer           user_data)
{
  g_ptr_array_add (user_data, tela_element_ref (element));
}

GPtrArray *
cli_workload_merge (CliWorkload *self)
{
  g_autoptr (TelaBoard) board = cli_workload_make_board (self, TRUE);
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  tela_board_foreach (board, add_element_cb, elements);
  return elements;
}
