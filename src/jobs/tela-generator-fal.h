/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-generator.h"

G_BEGIN_DECLS

#define TELA_FAL_ENDPOINT "https://queue.fal.run"

/* The queue of fal.ai, or of whoever speaks as it does: POST MODEL, GET MODEL/requests/ID/status, GET MODEL/requests/ID, PUT
 * MODEL/requests/ID/cancel; what follows the first two parts of a model's name is only for the first. */
#define TELA_TYPE_GENERATOR_FAL (tela_generator_fal_get_type ())
G_DECLARE_FINAL_TYPE (TelaGeneratorFal, tela_generator_fal, TELA, GENERATOR_FAL, GObject)

/* @key goes to @endpoint alone, never to where a picture lies. */
TelaGenerator *tela_generator_fal_new (const char *endpoint, const char *key);

G_END_DECLS
