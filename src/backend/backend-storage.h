/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-http.h"
#include "backend-table.h"

G_BEGIN_DECLS

/* Of /storage/v1. Bytes lie on disk under their SHA-256; an object is a name in a bucket for them. In the bucket
 * "assets" the name is that hash, anybody who is signed in may read and add, and only what nothing names goes away. In
 * others, a name that begins with a UUID and "/" belongs to that user, or to the members of that project; any other to
 * its maker. */
#define TELA_STORAGE_ASSETS "assets"

#define TELA_STORAGE_FOLDERED "(substr (t.name, 37, 1) = '/' AND substr (t.name, 9, 1) = '-')"
#define TELA_STORAGE_OF(roles)                                                   \
  "((NOT " TELA_STORAGE_FOLDERED " AND t.owner = ?2) OR (" TELA_STORAGE_FOLDERED \
  " AND (substr (t.name, 1, 36) = ?2 OR " TELA_MEMBER_OF ("substr (t.name, 1, 36)", roles) ")))"
#define TELA_STORAGE_MAY_READ \
  TELA_RULE ("t.bucket_id = '" TELA_STORAGE_ASSETS "' OR " TELA_STORAGE_OF (TELA_ANY_ROLE))
#define TELA_STORAGE_MAY_CHANGE \
  TELA_RULE ("t.bucket_id <> '" TELA_STORAGE_ASSETS "' AND " TELA_STORAGE_OF ("'owner', 'editor'"))
#define TELA_STORAGE_MAY_ADD \
  TELA_RULE ("t.bucket_id = '" TELA_STORAGE_ASSETS "' OR " TELA_STORAGE_OF ("'owner', 'editor'"))

typedef struct
{
  TelaCore          *core;
  SoupServerMessage *msg;
  const TelaClaims  *claims; /* NULL: nobody asks */
  const char        *method;
} TelaStorage;

/* What an upload was allowed when that was asked. Owned. */
typedef struct
{
  char    *owner; /* for whom; NULL: the service */
  char    *of;    /* whose object it may replace */
  gboolean upsert;
} TelaGrant;

void tela_grant_clear (TelaGrant *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaGrant, tela_grant_clear)

/* A name in a bucket. Owned. */
typedef struct
{
  char *bucket;
  char *name;
} TelaPlace;

void tela_place_clear (TelaPlace *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaPlace, tela_place_clear)

typedef struct
{
  char  *id, *owner; /* owner: NULL if gone */
  char  *hash, *mime, *cache_control, *metadata;
  gint64 size, created_at, updated_at;
} TelaObject;

void tela_object_clear (TelaObject *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaObject, tela_object_clear)

/* What an upload brings. Owned; bytes: NULL, a form without a file. */
typedef struct
{
  GBytes *bytes;
  char   *mime, *cache_control, *metadata;
} TelaContent;

void tela_content_take (TelaContent *self, const TelaPlace *place, SoupServerMessage *msg);
void tela_content_clear (TelaContent *self);

/* ---- Names and rights ---- */

/* "BUCKET/NAME", of which the bucket exists and the name is a good one. FALSE: answered. */
gboolean tela_storage_take_place (TelaStorage *self, const char *path, TelaPlace *place);
gboolean tela_storage_has_bucket (TelaStorage *self, const char *bucket); /* FALSE: answered */
/* @right of the place, as if @owner (NULL: the caller) had made what is there. */
gboolean tela_storage_may (TelaStorage *self, const TelaPlace *place, const char *owner, const char *right);
gboolean tela_storage_find (TelaCore *core, const TelaPlace *place, TelaObject *object);
/* It is there and may be read. FALSE: answered as if it were not there. */
gboolean tela_storage_find_visible (TelaStorage *self, const TelaPlace *place, TelaObject *object);
char    *tela_storage_path (TelaCore *core, const char *hash); /* of the bytes. (transfer full) */
/* The service, or the owner of this machine. FALSE: answered. */
gboolean tela_storage_is_admin (TelaStorage *self);

/* ---- Answers ---- */

void tela_storage_no_key (TelaStorage *self);
void tela_storage_denied (TelaStorage *self);
void tela_storage_failed (TelaStorage *self);
void tela_storage_message (TelaStorage *self, const char *message); /* {"message":…} */
void tela_storage_no_route (TelaStorage *self);
/* The body, as a JSON object of reasonable size. FALSE: answered. */
gboolean tela_storage_body (TelaStorage *self, TelaJsonSpan *body);

/* The array of texts @member of the body. NULL: answered. (transfer full) */
GStrv tela_storage_names (TelaStorage *self, TelaJsonSpan body, const char *member);

/* ---- Requests; @path is what follows their prefix. ---- */

void tela_storage_buckets (TelaStorage *self, const char *path);
void tela_storage_upload (TelaStorage *self, const char *path);
void tela_storage_remove (TelaStorage *self, const char *path); /* BUCKET/NAME, or BUCKET with names in the body */
void tela_storage_move (TelaStorage *self, const char *path);
void tela_storage_copy (TelaStorage *self, const char *path);
void tela_storage_list (TelaStorage *self, const char *path);
void tela_storage_info (TelaStorage *self, const char *path);
void tela_storage_download (TelaStorage *self, const char *path);
void tela_storage_download_public (TelaStorage *self, const char *path);
void tela_storage_download_signed (TelaStorage *self, const char *path);
void tela_storage_sign (TelaStorage *self, const char *path); /* BUCKET/NAME, or BUCKET with names in the body */
void tela_storage_sign_upload (TelaStorage *self, const char *path);
void tela_storage_upload_signed (TelaStorage *self, const char *path);
/* Does the query's token allow that upload? FALSE: answered. */
gboolean tela_storage_check_upload_token (TelaStorage *self, const char *path, TelaGrant *grant);
void     tela_storage_serve (TelaStorage *self, const TelaObject *object);
gboolean tela_storage_wants_upsert (TelaStorage *self);
/* May the caller put something there? FALSE: answered. */
gboolean tela_storage_may_upload (TelaStorage *self, const TelaPlace *place, gboolean upsert, TelaGrant *grant);
gboolean tela_place_is_of_assets (const TelaPlace *place);
void     tela_storage_answer_place (SoupServerMessage *msg, const char *id, const TelaPlace *place);
/* A row is gone or names other bytes: they go too, unless somebody else has them. */
void tela_storage_let_go (TelaCore *core, const char *hash);
void tela_storage_let_go_orphans (TelaCore *core); /* the last upload for now is through */

G_END_DECLS
