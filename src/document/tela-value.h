/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

/* Property names, interned for the life of the process. The known ones have a constant; 0 is none. At most 65,535
 * names exist; thread-safe. New known names go to the end: packed elements hold these numbers. */
typedef guint16 TelaKey;

/* clang-format off */
#define TELA_KEYS(X) \
  X (TYPE, "type") X (IS_DELETED, "isDeleted") X (INDEX, "index") X (X, "x") X (Y, "y") X (WIDTH, "width") \
  X (HEIGHT, "height") X (ANGLE, "angle") X (STROKE_COLOR, "strokeColor") \
  X (BACKGROUND_COLOR, "backgroundColor") X (FILL_STYLE, "fillStyle") X (STROKE_WIDTH, "strokeWidth") \
  X (STROKE_STYLE, "strokeStyle") X (ROUGHNESS, "roughness") X (OPACITY, "opacity") X (ROUNDNESS, "roundness") \
  X (SEED, "seed") X (GROUP_IDS, "groupIds") X (FRAME_ID, "frameId") X (BOUND_ELEMENTS, "boundElements") \
  X (LINK, "link") X (LOCKED, "locked") X (POINTS, "points") X (PRESSURES, "pressures") \
  X (SIMULATE_PRESSURE, "simulatePressure") X (LAST_COMMITTED_POINT, "lastCommittedPoint") \
  X (START_BINDING, "startBinding") X (END_BINDING, "endBinding") X (START_ARROWHEAD, "startArrowhead") \
  X (END_ARROWHEAD, "endArrowhead") X (ELBOWED, "elbowed") X (TEXT, "text") X (ORIGINAL_TEXT, "originalText") \
  X (FONT_SIZE, "fontSize") X (FONT_FAMILY, "fontFamily") X (TEXT_ALIGN, "textAlign") \
  X (VERTICAL_ALIGN, "verticalAlign") X (CONTAINER_ID, "containerId") X (AUTO_RESIZE, "autoResize") \
  X (LINE_HEIGHT, "lineHeight") X (BASELINE, "baseline") X (FILE_ID, "fileId") X (STATUS, "status") \
  X (SCALE, "scale") X (CROP, "crop") X (NAME, "name") X (CUSTOM_DATA, "customData") X (VERSION, "version") \
  X (VERSION_NONCE, "versionNonce") X (UPDATED, "updated")
/* clang-format on */

typedef enum
{
  TELA_KEY_NONE,
#define X(constant, name) TELA_KEY_##constant,
  TELA_KEYS (X)
#undef X
      TELA_KEY_N_KNOWN
} TelaKnownKey;

TelaKey     tela_key_intern (const char *name, gsize len); /* 0: the table is full or the name is not fit */
const char *tela_key_get_name (TelaKey key);

typedef enum
{
  TELA_VALUE_UNSET, /* {"$unset": true}: the property was removed */
  TELA_VALUE_NULL,
  TELA_VALUE_FALSE,
  TELA_VALUE_TRUE,
  TELA_VALUE_NUMBER,
  TELA_VALUE_STRING,  /* UTF-8, short ones interned */
  TELA_VALUE_NUMBERS, /* array of numbers, or of pairs of numbers */
  TELA_VALUE_JSON,    /* anything else, and numbers that no double holds: canonical JSON text */
} TelaValueKind;

/* Immutable, counted atomically. Digits beyond a double's are dropped in arrays, so that such points can be drawn. stride 1: [a,b,…]; stride 2: [[a,b],…]. */
typedef struct
{
  gatomicrefcount refs;
  guint           n; /* items: numbers or pairs */
  guint           stride;
  double          v[];
} TelaNumbers;

TelaNumbers *tela_numbers_new (guint n, guint stride, const double *v); /* v may be NULL: zeros, to fill in before sharing */
TelaNumbers *tela_numbers_ref (TelaNumbers *self);
void         tela_numbers_unref (TelaNumbers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaNumbers, tela_numbers_unref)

/* A plain value; what it points to is counted, immutable, and safe to read on any thread. */
typedef struct
{
  TelaValueKind kind;
  union
  {
    double       number;
    GRefString  *string; /* STRING, JSON: owned by whoever owns the value */
    TelaNumbers *numbers;
  } as;
} TelaValue;

TelaValue tela_value_number (double number);
TelaValue tela_value_boolean (gboolean boolean);
TelaValue tela_value_string (const char *text, gssize len); /* (transfer full) contents */
TelaValue tela_value_numbers (TelaNumbers *numbers);        /* takes the reference */
TelaValue tela_value_json (const char *json, gssize len);   /* any JSON text, becomes the fitting kind; NULL kind if invalid */
TelaValue tela_value_copy (TelaValue value);                /* another reference */
void      tela_value_clear (TelaValue *value);
gboolean  tela_value_equal (TelaValue a, TelaValue b);                                 /* the same JSON value */
int       tela_value_compare (TelaValue a, TelaValue b);                               /* by canonical JSON text; decides equal stamps */
gboolean  tela_value_read (TelaJsonReader *reader, TelaValue *value, guint *replaced); /* FALSE: the reader failed */
void      tela_value_write (TelaValue value, TelaJsonWriter *writer);                  /* UNSET is written as {"$unset":true} */

G_END_DECLS
