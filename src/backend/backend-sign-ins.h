/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Passwords that were wrong. One place may guess only so often. Many places together may guess only so often at one
 * account, but that never keeps its owner out: where somebody got into it before, it does not count. */
#define TELA_SIGN_INS_OF_PLACE 30    /* in five minutes */
#define TELA_SIGN_INS_OF_ACCOUNT 300 /* the same, from places that it does not know */

typedef struct _TelaSignIns TelaSignIns;

TelaSignIns *tela_sign_ins_new (void);
void         tela_sign_ins_free (TelaSignIns *self);
gboolean     tela_sign_ins_may_try (TelaSignIns *self, const char *place, const char *account, gint64 now_us);
/* It was right: it does not count, and the account knows the place from now on. */
void tela_sign_ins_forgive (TelaSignIns *self, const char *place, const char *account, gint64 now_us);

G_END_DECLS
