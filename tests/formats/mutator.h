/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-formats-private.h"

/* Seeded damage: the same @rand gives the same file. */

/* A file of any kind that is read here, damaged in a few places: within what it packs, too. (transfer full) */
GString *mutator_damage (GRand *rand, const char *data, gsize len);
/* Damage that knows what it hurts. */
void mutator_damage_json (GRand *rand, GString *text);
void mutator_damage_markup (GRand *rand, GString *text);
void mutator_damage_chunks (GRand *rand, GString *png);
void mutator_damage_bytes (GRand *rand, GString *data);

gsize mutator_pick (GRand *rand, gsize below);
/* What no reader hopes for, as JSON. */
const char *mutator_pick_value (GRand *rand);
void        mutator_replace (GString *text, gsize at, gsize len, const char *with, gsize with_len);
