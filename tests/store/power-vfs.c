/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "power-vfs.h"

#include <sqlite3.h>
#include <string.h>

#define SECTOR 512

/* Something that a file was told since its last sync. */
typedef struct
{
  gboolean      is_truncation;
  sqlite3_int64 at;   /* of a truncation: the new size */
  GByteArray   *data; /* owned; NULL: a truncation */
} Pending;

typedef struct
{
  GByteArray *disk;     /* what is there for good */
  GPtrArray  *pending;  /* owned Pending, in order */
  gboolean    is_named; /* its directory knows of it */
} Medium;

typedef struct
{
  sqlite3_file  base;
  sqlite3_file *real;   /* behind this struct, in one piece */
  Medium       *medium; /* borrowed; NULL: not a file that is kept */
} PowerFile;

static sqlite3_vfs power_vfs;
static GMutex      mutex;
static GHashTable *media; /* path → owned Medium */

static struct
{
  void (*func) (gpointer user_data);
  gpointer user_data;
  guint    every;
  GRand   *rand;
} tap;

static void
pending_free (Pending *self)
{
  g_clear_pointer (&self->data, g_byte_array_unref);
  g_free (self);
}

static void
medium_free (Medium *self)
{
  g_byte_array_unref (self->disk);
  g_ptr_array_unref (self->pending);
  g_free (self);
}

static sqlite3_vfs *
real_vfs (void)
{
  return power_vfs.pAppData;
}

static sqlite3_file *
real_of (sqlite3_file *file)
{
  return ((PowerFile *) file)->real;
}

/* ---- What a file is told ---- */

static void
grow (GByteArray *array,
      gsize       size)
{
  gsize before = array->len;

  g_byte_array_set_size (array, (guint) size);
  if (size > before)
    memset (array->data + before, 0, size - before);
}

static void
put (GByteArray   *disk,
     sqlite3_int64 at,
     const guint8 *data,
     gsize         len)
{
  if (disk->len < at + (sqlite3_int64) len)
    grow (disk, (gsize) at + len);
  memcpy (disk->data + at, data, len);
}

static void
carry_out (GByteArray    *disk,
           const Pending *pending)
{
  if (pending->is_truncation)
    grow (disk, (gsize) pending->at);
  else
    put (disk, pending->at, pending->data->data, pending->data->len);
}

/* Of each sector it is drawn whether it got there. */
static void
carry_out_torn (GByteArray    *disk,
                const Pending *pending,
                double         chance,
                GRand         *rand)
{
  if (pending->is_truncation)
    {
      if (g_rand_double (rand) < chance)
        grow (disk, (gsize) pending->at);
      return;
    }
  for (gsize done = 0, n; done < pending->data->len; done += n)
    {
      n = MIN (SECTOR - ((gsize) pending->at + done) % SECTOR, pending->data->len - done);
      if (g_rand_double (rand) < chance)
        put (disk, pending->at + (sqlite3_int64) done, pending->data->data + done, n);
    }
}

static void
remember (sqlite3_file *file,
          gboolean      is_truncation,
          sqlite3_int64 at,
          const void   *data,
          int           len)
{
  Medium *medium = ((PowerFile *) file)->medium;

  g_mutex_lock (&mutex);
  if (medium != NULL)
    {
      Pending *pending = g_new0 (Pending, 1);

      pending->is_truncation = is_truncation;
      pending->at = at;
      if (!is_truncation)
        pending->data = g_byte_array_append (g_byte_array_new (), data, (guint) len);
      g_ptr_array_add (medium->pending, pending);
    }
  g_mutex_unlock (&mutex);
}

static void
maybe_tap (void)
{
  if (tap.func != NULL && g_rand_int_range (tap.rand, 0, (gint32) tap.every) == 0)
    tap.func (tap.user_data);
}

static int
power_write (sqlite3_file *file,
             const void   *data,
             int           len,
             sqlite3_int64 at)
{
  maybe_tap ();
  remember (file, FALSE, at, data, len);
  return real_of (file)->pMethods->xWrite (real_of (file), data, len, at);
}

static int
power_truncate (sqlite3_file *file,
                sqlite3_int64 size)
{
  maybe_tap ();
  remember (file, TRUE, size, NULL, 0);
  return real_of (file)->pMethods->xTruncate (real_of (file), size);
}

static int
power_sync (sqlite3_file *file,
            int           flags)
{
  Medium *medium = ((PowerFile *) file)->medium;

  maybe_tap ();
  g_mutex_lock (&mutex);
  for (guint i = 0; medium != NULL && i < medium->pending->len; i++)
    carry_out (medium->disk, g_ptr_array_index (medium->pending, i));
  if (medium != NULL)
    {
      g_ptr_array_set_size (medium->pending, 0);
      medium->is_named = TRUE; /* the first sync of a new file is one of its directory, too */
    }
  g_mutex_unlock (&mutex);
  return SQLITE_OK; /* the real disk is not what this is about */
}

/* ---- What is passed on ---- */

static int
power_close (sqlite3_file *file)
{
  return real_of (file)->pMethods->xClose (real_of (file));
}

static int
power_read (sqlite3_file *file,
            void         *data,
            int           len,
            sqlite3_int64 at)
{
  return real_of (file)->pMethods->xRead (real_of (file), data, len, at);
}

static int
power_file_size (sqlite3_file  *file,
                 sqlite3_int64 *size)
{
  return real_of (file)->pMethods->xFileSize (real_of (file), size);
}

static int
power_lock (sqlite3_file *file,
            int           lock)
{
  return real_of (file)->pMethods->xLock (real_of (file), lock);
}

static int
power_unlock (sqlite3_file *file,
              int           lock)
{
  return real_of (file)->pMethods->xUnlock (real_of (file), lock);
}

static int
power_check_reserved_lock (sqlite3_file *file,
                           int          *result)
{
  return real_of (file)->pMethods->xCheckReservedLock (real_of (file), result);
}

/* A hint of the size to come would be a change that nobody has seen. */
static int
power_file_control (sqlite3_file *file,
                    int           what,
                    void         *argument)
{
  if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE)
    return SQLITE_OK;
  return real_of (file)->pMethods->xFileControl (real_of (file), what, argument);
}

static int
power_sector_size (sqlite3_file *file)
{
  return SECTOR;
}

/* It promises nothing: neither that overwriting leaves neighbours alone nor that what is appended comes before its size. */
static int
power_device_characteristics (sqlite3_file *file)
{
  return 0;
}

static int
power_shm_map (sqlite3_file   *file,
               int             page,
               int             size,
               int             extend,
               void volatile **where)
{
  return real_of (file)->pMethods->xShmMap (real_of (file), page, size, extend, where);
}

static int
power_shm_lock (sqlite3_file *file,
                int           offset,
                int           n,
                int           flags)
{
  return real_of (file)->pMethods->xShmLock (real_of (file), offset, n, flags);
}

static void
power_shm_barrier (sqlite3_file *file)
{
  real_of (file)->pMethods->xShmBarrier (real_of (file));
}

static int
power_shm_unmap (sqlite3_file *file,
                 int           remove)
{
  return real_of (file)->pMethods->xShmUnmap (real_of (file), remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2, /* without memory-mapped files, which are written to behind our back */
  .xClose = power_close,
  .xRead = power_read,
  .xWrite = power_write,
  .xTruncate = power_truncate,
  .xSync = power_sync,
  .xFileSize = power_file_size,
  .xLock = power_lock,
  .xUnlock = power_unlock,
  .xCheckReservedLock = power_check_reserved_lock,
  .xFileControl = power_file_control,
  .xSectorSize = power_sector_size,
  .xDeviceCharacteristics = power_device_characteristics,
  .xShmMap = power_shm_map,
  .xShmLock = power_shm_lock,
  .xShmBarrier = power_shm_barrier,
  .xShmUnmap = power_shm_unmap,
};

/* What a file held when it was opened first is on the disk. */
static Medium *
find_medium (const char *path)
{
  g_autofree char *contents = NULL;
  gsize            len = 0;
  Medium          *medium;

  g_mutex_lock (&mutex);
  medium = g_hash_table_lookup (media, path);
  if (medium == NULL)
    {
      medium = g_new0 (Medium, 1);
      medium->disk = g_byte_array_new ();
      medium->pending = g_ptr_array_new_with_free_func ((GDestroyNotify) pending_free);
      medium->is_named = g_file_get_contents (path, &contents, &len, NULL) && len > 0;
      g_byte_array_append (medium->disk, (const guint8 *) contents, (guint) len);
      g_hash_table_insert (media, g_strdup (path), medium);
    }
  g_mutex_unlock (&mutex);
  return medium;
}

static int
power_open (sqlite3_vfs  *vfs,
            const char   *name,
            sqlite3_file *file,
            int           flags,
            int          *out_flags)
{
  PowerFile *self = (PowerFile *) file;
  int        rc;

  self->real = (sqlite3_file *) (self + 1);
  self->medium = name != NULL && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0
                     ? find_medium (name)
                     : NULL;
  rc = real_vfs ()->xOpen (real_vfs (), name, self->real, flags, out_flags);
  self->base.pMethods = self->real->pMethods != NULL ? &methods : NULL;
  return rc;
}

static int
power_delete (sqlite3_vfs *vfs,
              const char  *name,
              int          sync_dir)
{
  g_mutex_lock (&mutex);
  g_hash_table_remove (media, name);
  g_mutex_unlock (&mutex);
  return real_vfs ()->xDelete (real_vfs (), name, sync_dir);
}

/* ---- For tests ---- */

void
power_vfs_install (void)
{
  if (media != NULL)
    {
      sqlite3_vfs_register (&power_vfs, 1);
      return;
    }
  power_vfs = *sqlite3_vfs_find (NULL);
  power_vfs.pNext = NULL;
  power_vfs.pAppData = sqlite3_vfs_find (NULL);
  power_vfs.zName = "power";
  power_vfs.szOsFile += (int) sizeof (PowerFile);
  power_vfs.xOpen = power_open;
  power_vfs.xDelete = power_delete;
  media = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) medium_free);
  sqlite3_vfs_register (&power_vfs, 1);
}

void
power_vfs_retire (void)
{
  sqlite3_vfs_register (real_vfs (), 1);
}

void
power_vfs_set_tap (void (*func) (gpointer user_data),
                   gpointer user_data,
                   guint    every,
                   guint32  seed)
{
  g_clear_pointer (&tap.rand, g_rand_free);
  tap.func = func;
  tap.user_data = user_data;
  tap.every = every;
  tap.rand = g_rand_new_with_seed (seed);
}

static void
leave (const char   *name,
       const Medium *medium,
       const char   *into,
       double        chance,
       GRand        *rand)
{
  g_autofree char *path = g_build_filename (into, name, NULL);
  GByteArray      *left = g_byte_array_new ();

  g_byte_array_append (left, medium->disk->data, medium->disk->len);
  for (guint i = 0; i < medium->pending->len; i++)
    carry_out_torn (left, g_ptr_array_index (medium->pending, i), chance, rand);
  /* A file that was never synced may not even have a name. */
  if (medium->is_named || g_rand_boolean (rand))
    g_assert_true (g_file_set_contents (path, (const char *) left->data, left->len, NULL));
  g_byte_array_unref (left);
}

void
power_vfs_cut (const char *dir,
               const char *into,
               GRand      *rand)
{
  static const double chances[] = { 0, 0.5, 0.95, 1 };
  double              chance = chances[g_rand_int_range (rand, 0, G_N_ELEMENTS (chances))];
  GHashTableIter      iter;
  gpointer            path, medium;

  g_mutex_lock (&mutex);
  g_hash_table_iter_init (&iter, media);
  while (g_hash_table_iter_next (&iter, &path, &medium))
    {
      g_autofree char *of = g_path_get_dirname (path);
      g_autofree char *name = g_path_get_basename (path);

      if (strcmp (of, dir) == 0)
        leave (name, medium, into, chance, rand);
    }
  g_mutex_unlock (&mutex);
}
