/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-images.h"

#include "tela-formats.h"

#define RETRY_SECONDS 10 /* its owner may still be uploading it */

#define HASH_LENGTH 64

#define N_RECENT 4                    /* files */
#define MAX_RECENT (64 * 1024 * 1024) /* bytes of each */

typedef struct
{
  char   *hash;
  GBytes *bytes;
} Recent;

struct _TelaImages
{
  gatomicrefcount refs;
  TelaStore      *store;  /* owned; nullable */
  TelaBoard      *board;  /* owned; nullable */
  TelaElement    *seen;   /* owned; the board's own element at the last look; nullable */
  TelaAssets     *assets; /* owned; nullable: nothing is fetched */
  TelaImagesFunc  arrived;
  gpointer        arrived_data;
  GCancellable   *cancellable; /* owned; of what is being fetched */
  guint           retry_source;
  GPtrArray      *failed;           /* SHA-256 of what did not come */
  GMutex          lock;             /* for what follows: painters ask too */
  GHashTable     *hashes;           /* file id → SHA-256 */
  Recent          recent[N_RECENT]; /* owned; a ring */
  guint           n_remembered;
  GHashTable     *sizes; /* SHA-256 of what was read → number of its bytes */
  GHashTable     *asked; /* SHA-256 of what is being fetched, or failed; NULL: nothing is fetched */
};

TelaImages *
tela_images_new (TelaStore *store,
                 TelaBoard *board)
{
  TelaImages *self = g_new0 (TelaImages, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->failed = g_ptr_array_new_with_free_func (g_free);
  self->sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (store != NULL)
    self->store = g_object_ref (store);
  if (board != NULL)
    self->board = g_object_ref (board);
  tela_images_refresh (self);

  return self;
}

TelaImages *
tela_images_ref (TelaImages *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
tela_images_unref (TelaImages *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_ptr_array_unref (self->failed);
  g_clear_object (&self->store);
  g_clear_object (&self->board);
  g_clear_pointer (&self->seen, tela_element_unref);
  g_clear_pointer (&self->hashes, g_hash_table_unref);
  g_hash_table_unref (self->sizes);
  for (guint i = 0; i < N_RECENT; i++)
    {
      g_free (self->recent[i].hash);
      g_clear_pointer (&self->recent[i].bytes, g_bytes_unref);
    }
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
tela_images_refresh (TelaImages *self)
{
  const TelaElement *own = self->board == NULL ? NULL : tela_board_lookup (self->board, TELA_BOARD_ELEMENT_ID);
  GHashTable        *hashes;

  if (own == self->seen)
    return FALSE;

  g_clear_pointer (&self->seen, tela_element_unref);
  if (own != NULL)
    self->seen = tela_element_ref (own);
  hashes = tela_excalidraw_list_files (self->board);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->hashes, g_hash_table_unref);
  self->hashes = hashes;
  g_mutex_unlock (&self->lock);

  return g_hash_table_size (hashes) > 0;
}

/* An image that is being fetched. */
typedef struct
{
  TelaImages *images; /* owned */
  char       *hash;   /* owned */
} Fetch;

static void
fetch_free (Fetch *self)
{
  tela_images_unref (self->images);
  g_free (self->hash);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

static Fetch *
fetch_new (TelaImages *images,
           const char *hash)
{
  Fetch *self = g_new (Fetch, 1);

  *self = (Fetch){ .images = tela_images_ref (images), .hash = g_strdup (hash) };

  return self;
}

static void fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static gboolean
retry_cb (gpointer user_data)
{
  TelaImages *self = user_data;

  self->retry_source = 0;
  for (guint i = 0; i < self->failed->len; i++)
    tela_assets_get_async (self->assets, self->failed->pdata[i], self->cancellable, fetched_cb,
                           fetch_new (self, self->failed->pdata[i]));
  g_ptr_array_set_size (self->failed, 0);

  return G_SOURCE_REMOVE;
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Fetch) fetch = user_data;
  TelaImages *self = fetch->images;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tela_assets_get_finish (TELA_ASSETS (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->assets == NULL)
    return;

  if (bytes != NULL)
    {
      g_mutex_lock (&self->lock);
      g_hash_table_remove (self->asked, fetch->hash);
      g_mutex_unlock (&self->lock);
      self->arrived (self->arrived_data);
      return;
    }
  g_ptr_array_add (self->failed, g_strdup (fetch->hash));
  if (self->retry_source == 0)
    {
      self->retry_source = g_timeout_add_seconds (RETRY_SECONDS, retry_cb, self);
      g_source_set_name_by_id (self->retry_source, "[tela] fetch images again");
    }
}

static gboolean
fetch_cb (gpointer user_data)
{
  Fetch      *fetch = user_data;
  TelaImages *self = fetch->images;

  if (self->assets != NULL)
    tela_assets_get_async (self->assets, fetch->hash, self->cancellable, fetched_cb, fetch);
  else
    fetch_free (fetch);

  return G_SOURCE_REMOVE;
}

void
tela_images_set_assets (TelaImages    *self,
                        TelaAssets    *assets,
                        TelaImagesFunc arrived,
                        gpointer       user_data)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_ptr_array_set_size (self->failed, 0);
  g_set_object (&self->assets, assets);
  self->arrived = arrived;
  self->arrived_data = user_data;
  if (assets != NULL)
    self->cancellable = g_cancellable_new ();

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  if (assets != NULL)
    self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_unlock (&self->lock);
}

/* Painters ask; the main thread fetches. */
static void
want (TelaImages *self,
      const char *hash)
{
  gboolean is_new;

  g_mutex_lock (&self->lock);
  is_new = self->asked != NULL && g_hash_table_add (self->asked, g_strdup (hash));
  g_mutex_unlock (&self->lock);
  if (is_new)
    g_idle_add (fetch_cb, fetch_new (self, hash));
}

/* An image that was put on the board here is called by its hash. */
static gboolean
is_hash (const char *file_id)
{
  return strlen (file_id) == HASH_LENGTH && strspn (file_id, "0123456789abcdef") == HASH_LENGTH;
}

/* Every tile asks again, and reading and checking a large file takes a while. */
static GBytes *
recall (TelaImages *self,
        const char *hash)
{
  GBytes *bytes = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < N_RECENT && bytes == NULL; i++)
    if (g_strcmp0 (self->recent[i].hash, hash) == 0)
      bytes = g_bytes_ref (self->recent[i].bytes);
  g_mutex_unlock (&self->lock);

  return bytes;
}

static void
remember (TelaImages *self,
          const char *hash,
          GBytes     *bytes)
{
  g_mutex_lock (&self->lock);
  g_free (self->recent[self->n_remembered % N_RECENT].hash);
  g_clear_pointer (&self->recent[self->n_remembered % N_RECENT].bytes, g_bytes_unref);
  self->recent[self->n_remembered % N_RECENT].hash = g_strdup (hash);
  self->recent[self->n_remembered % N_RECENT].bytes = g_bytes_ref (bytes);
  self->n_remembered++;
  g_mutex_unlock (&self->lock);
}

/* (transfer full) (nullable) */
static char *
hash_of (TelaImages *self,
         const char *file_id)
{
  char *hash = NULL;

  g_mutex_lock (&self->lock);
  if (self->hashes != NULL)
    hash = g_strdup (g_hash_table_lookup (self->hashes, file_id));
  g_mutex_unlock (&self->lock);

  return hash == NULL && is_hash (file_id) ? g_strdup (file_id) : hash;
}

GBytes *
tela_images_get (const char *file_id,
                 gpointer    images)
{
  TelaImages      *self = images;
  GBytes          *bytes;
  g_autofree char *hash = hash_of (self, file_id);

  if (hash == NULL || self->store == NULL)
    return NULL;

  bytes = recall (self, hash);
  if (bytes != NULL)
    return bytes;

  bytes = tela_store_get_asset (self->store, hash, NULL);
  if (bytes == NULL)
    {
      want (self, hash);
      return NULL;
    }
  if (g_bytes_get_size (bytes) <= MAX_RECENT)
    remember (self, hash, bytes);
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->sizes, g_strdup (hash), GSIZE_TO_POINTER (g_bytes_get_size (bytes)));
  g_mutex_unlock (&self->lock);

  return bytes;
}

gsize
tela_images_get_size (const char *file_id,
                      gpointer    images)
{
  TelaImages      *self = images;
  g_autofree char *hash = hash_of (self, file_id);
  gsize            size;

  if (hash == NULL)
    return 0;

  g_mutex_lock (&self->lock);
  size = GPOINTER_TO_SIZE (g_hash_table_lookup (self->sizes, hash));
  g_mutex_unlock (&self->lock);

  return size;
}
