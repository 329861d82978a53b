/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"

G_BEGIN_DECLS

#define TELA_FORMAT_ERROR (tela_format_error_quark ())
GQuark tela_format_error_quark (void);
typedef enum
{
  TELA_FORMAT_ERROR_INVALID,   /* the message says place and reason */
  TELA_FORMAT_ERROR_TOO_LARGE, /* over 256 MB */
  TELA_FORMAT_ERROR_UNKNOWN,   /* no format that we know */
} TelaFormatError;

/* What the board's own element (id `board`) keeps of a file, so that saving gives every root key back:
 *   appState  the root key of that name
 *   file      {"root":{…}}: every other root key but `elements` and `files`; apart, since `type`, `version` and `name` mean
 *             something else on the board
 *   files     {fileId:{"entry":…}}: the root key `files`. An entry whose dataURL is base64 that encodes to the same text again has
 *             its bytes among the assets: then `entry` is without dataURL, `head` is the dataURL up to the comma, `sha256` names
 *             the bytes. Any other entry stands there as it was.
 * A board that has these already keeps its own appState and file; files are added to.
 *
 * An element keeps in its property `tela:file` what the file says otherwise than the board, only if there is any:
 *   id        the file's id, if it was not fit or taken: "board", not 1 to 64 printable ASCII characters, twice there, in use
 *   index     [] or [the file's]: the file's keys are not all there, valid and in array order, so all got new ones
 *   fields    {name:value}: what cannot be a property: names that are empty or over 255 bytes, {"$unset":true}, values that
 *             tela_element_validate() refuses
 *   typeless  true: there is no `type`, so the element is not shown
 * When the board is saved, a property of the same name goes before `fields`. */
#define TELA_BOARD_APP_STATE "appState"
#define TELA_BOARD_FILE "file"
#define TELA_BOARD_FILES "files"
#define TELA_ELEMENT_FILE "tela:file"

/* Far above any real file; a hostile one has 80 million empty objects in 256 MB. */
#define TELA_IMPORT_MAX_ELEMENTS 1000000

/* Drawings inside pictures, as Excalidraw exports them. */
typedef enum
{
  TELA_CARRIER_PLAIN = 1,      /* the text as it is */
  TELA_CARRIER_COMPRESSED = 2, /* as today's Excalidraw writes it */
} TelaCarrierVersion;

/* What can be written as it was read. */
typedef enum
{
  TELA_FORM_OTHER, /* it cannot */
  TELA_FORM_EXCALIDRAW,
  TELA_FORM_TELA,
  TELA_FORM_PNG, /* a picture with a drawing inside */
  TELA_FORM_SVG,
} TelaForm;

/* A file read: nothing of a board has changed yet. */
typedef struct
{
  TelaForm           form;       /* of tela_format_read(); else OTHER */
  TelaCarrierVersion version;    /* of pictures */
  GPtrArray         *elements;   /* TelaElement, all at one stamp; the element `board` with the root keys among them, last */
  GHashTable        *assets;     /* fileId → GBytes (decoded); may be empty */
  guint              n_replaced; /* bad characters replaced */
  guint              n_skipped;  /* entries that are no elements: not even objects */
  guint              n_renamed;  /* elements that got a fresh id, or their first */
  guint              n_aside;    /* values kept in `fields` only */
  GPtrArray         *report;     /* char*: a sentence for each kind of thing that could not be carried over, with its count */
} TelaImport;
void tela_import_free (TelaImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaImport, tela_import_free)
/* A .tela that was read alone keeps the stamps of its writes, which tell what was changed since it came as a drawing. Who
 * gives all of it one stamp asks for this first: what can be seen, as a drawing that comes now. */
void tela_import_flatten (TelaImport *self, TelaStamp stamp);

/* The bytes of a file id; NULL if they are not here. (transfer full) */
typedef GBytes *(*TelaFileFunc) (const char *file_id, gpointer user_data);

/* .excalidraw text. Elements get @stamp; those without `index` get keys in array order, above what @board has; an id that
 * @board (nullable) has already, or that comes twice, gets a fresh one, references following. Every field of every element,
 * and every root key, is kept; elements with isDeleted too. @name: the board's name (nullable: leave it). A file is refused
 * as a whole, the message naming place and reason, if it is not JSON, has no `elements`, or has a value over 1 MB. */
TelaImport *tela_excalidraw_read (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);
/* The board as a .excalidraw file: visible elements and those that came deleted, in z-order; root keys as imported; `index`
 * as it came while the order is unchanged; version, versionNonce and updated as sync.md 1. Bindings made since are added to
 * the `boundElements` of what they name. @file (nullable) gives the images; *n_missing (nullable) says how many it did not
 * have, whose entries are then without dataURL. (transfer full) */
char *tela_excalidraw_write (TelaBoard *board, TelaFileFunc file, gpointer user_data, guint *n_missing, gsize *len);
/* The colour of the paper as the file gave it; white if it gave none. (transfer full) */
char *tela_excalidraw_dup_paper (TelaBoard *board);
/* fileId → SHA-256 of its bytes, for the files that the board names; empty if none. (transfer full) */
GHashTable *tela_excalidraw_list_files (TelaBoard *board);
/* The .excalidraw text inside, terminated; NULL without an error if there is none. @version: nullable. (transfer full) */
char *tela_png_find_scene (gconstpointer png, gsize len, gsize *scene_len, TelaCarrierVersion *version, GError **error);
char *tela_svg_find_scene (const char *svg, gsize len, gsize *scene_len, TelaCarrierVersion *version, GError **error);
/* The picture with the text of tela_excalidraw_write() inside; one that a PNG had is replaced. (transfer full) */
GBytes  *tela_png_embed_scene (GBytes *png, const char *scene, gsize scene_len, TelaCarrierVersion version, GError **error);
char    *tela_svg_embed_scene (const char *svg, gsize svg_len, const char *scene, gsize scene_len, TelaCarrierVersion version, gsize *len, GError **error);
gboolean tela_png_is (gconstpointer data, gsize len);
gboolean tela_svg_is (const char *data, gsize len);

/* .tela, unpacked: every element with its stamps, removed ones too, and the bytes that they name. On an empty
 * place (@board NULL) elements keep ids and stamps; onto another board goes what can be seen, all at @stamp. */
TelaImport *tela_tela_read (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);
/* @file and *n_missing as for tela_excalidraw_write(); bytes that are missing are not in the file. (transfer full) */
GBytes *tela_tela_write (TelaBoard *board, TelaFileFunc file, gpointer user_data, guint *n_missing, GError **error);

/* A board with one picture on it: SVG, PNG, JPEG, WebP or GIF, of at most 64 MB: a unit a pixel, but at most
 * 4096 wide and high. A photograph is as upright as its camera says. */
TelaImport *tela_picture_read (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);

/* The MIME type of a picture, by its first bytes; "application/octet-stream": of none. */
const char *tela_media_guess_type (gconstpointer bytes, gsize n);

/* Any of these, told apart by content. */
TelaImport *tela_format_read (const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);
/* Reads a file with the checks of design.md 8 (size before content). The message names the file. */
TelaImport *tela_format_read_file (const char *path, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);

/* The seeded scene of the benchmarks; the same elements and numbers everywhere. (transfer full)(element-type TelaElement) */
GPtrArray *tela_scene_generate (guint n, guint32 seed, TelaStamp stamp);

G_END_DECLS
