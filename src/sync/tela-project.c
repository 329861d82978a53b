/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-project.h"

struct _TelaProject
{
  GObject parent_instance;

  char  *id;
  char  *name;
  char  *role;
  gint64 updated_ms;
  gint64 deleted_ms;
  char  *thumbnail;
};

G_DEFINE_FINAL_TYPE (TelaProject, tela_project, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_ROLE,
  PROP_UPDATED_AT,
  PROP_DELETED_AT,
  PROP_THUMBNAIL,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
tela_project_finalize (GObject *object)
{
  TelaProject *self = TELA_PROJECT (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->role);
  g_free (self->thumbnail);
  G_OBJECT_CLASS (tela_project_parent_class)->finalize (object);
}

static void
tela_project_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  TelaProject *self = TELA_PROJECT (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_ROLE:
      g_value_set_string (value, self->role);
      break;
    case PROP_UPDATED_AT:
      g_value_set_int64 (value, self->updated_ms);
      break;
    case PROP_DELETED_AT:
      g_value_set_int64 (value, self->deleted_ms);
      break;
    case PROP_THUMBNAIL:
      g_value_set_string (value, self->thumbnail);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tela_project_class_init (TelaProjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = tela_project_finalize;
  object_class->get_property = tela_project_get_property;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_ROLE] = g_param_spec_string ("role", NULL, NULL, NULL, flags);
  props[PROP_UPDATED_AT] = g_param_spec_int64 ("updated-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_DELETED_AT] = g_param_spec_int64 ("deleted-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_THUMBNAIL] = g_param_spec_string ("thumbnail", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tela_project_init (TelaProject *self)
{
}

TelaProject *
tela_project_new (const char *id,
                  const char *name,
                  const char *role,
                  gint64      updated_ms)
{
  TelaProject *self = g_object_new (TELA_TYPE_PROJECT, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup (name);
  self->role = g_strdup (role);
  self->updated_ms = MAX (updated_ms, 0);
  return self;
}

const char *
tela_project_get_id (TelaProject *self)
{
  g_return_val_if_fail (TELA_IS_PROJECT (self), NULL);
  return self->id;
}

const char *
tela_project_get_name (TelaProject *self)
{
  g_return_val_if_fail (TELA_IS_PROJECT (self), NULL);
  return self->name;
}

const char *
tela_project_get_role (TelaProject *self)
{
  g_return_val_if_fail (TELA_IS_PROJECT (self), NULL);
  return self->role;
}

gint64
tela_project_get_updated_at (TelaProject *self)
{
  g_return_val_if_fail (TELA_IS_PROJECT (self), 0);
  return self->updated_ms;
}

gint64
tela_project_get_deleted_at (TelaProject *self)
{
  g_return_val_if_fail (TELA_IS_PROJECT (self), 0);
  return self->deleted_ms;
}

void
tela_project_set_deleted_at (TelaProject *self,
                             gint64       deleted_ms)
{
  g_return_if_fail (TELA_IS_PROJECT (self));

  deleted_ms = MAX (deleted_ms, 0);
  if (self->deleted_ms == deleted_ms)
    return;
  self->deleted_ms = deleted_ms;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DELETED_AT]);
}

static void
update_text (TelaProject *self,
             char       **field,
             const char  *text,
             guint        prop_id)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop_id]);
}

const char *
tela_project_get_thumbnail (TelaProject *self)
{
  g_return_val_if_fail (TELA_IS_PROJECT (self), NULL);
  return self->thumbnail;
}

void
tela_project_set_thumbnail (TelaProject *self,
                            const char  *sha256)
{
  g_return_if_fail (TELA_IS_PROJECT (self));

  update_text (self, &self->thumbnail, sha256, PROP_THUMBNAIL);
}

void
tela_project_update (TelaProject *self,
                     const char  *name,
                     const char  *role,
                     gint64       updated_ms)
{
  g_return_if_fail (TELA_IS_PROJECT (self));

  g_object_freeze_notify (G_OBJECT (self));
  update_text (self, &self->name, name, PROP_NAME);
  update_text (self, &self->role, role, PROP_ROLE);
  if (self->updated_ms != updated_ms)
    {
      self->updated_ms = MAX (updated_ms, 0);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UPDATED_AT]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

int
tela_project_compare (gconstpointer a,
                      gconstpointer b,
                      gpointer      user_data)
{
  const TelaProject *left = a;
  const TelaProject *right = b;

  if (left->updated_ms != right->updated_ms)
    return left->updated_ms > right->updated_ms ? -1 : 1;
  return g_strcmp0 (left->id, right->id);
}

guint
tela_project_find_named (GListModel *projects,
                         const char *name,
                         char      **id)
{
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (projects); i++)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (projects, i);

      if (g_strcmp0 (project->name, name) == 0 && n++ == 0)
        *id = g_strdup (project->id);
    }

  return n;
}
