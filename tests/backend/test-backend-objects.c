/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Buckets and objects of any name, as Supabase's clients use them, and what nobody gets. */

#include <stdarg.h>
#include <string.h>

#include "backend-fixture.h"
#include "backend-jwt.h"

#define OBJECT "/storage/v1/object/"
#define BUCKET "/storage/v1/bucket"

typedef struct
{
  guint               status;
  char               *body;
  SoupMessageHeaders *headers;
} Answer;

static void
answer_clear (Answer *self)
{
  g_free (self->body);
  soup_message_headers_unref (self->headers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* Headers in pairs, up to NULL. @token "": none at all, nor a key. */
static Answer
ask (Fixture    *fixture,
     const char *method,
     const char *path,
     const char *token,
     const char *body,
     ...)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, method, path, token);
  SoupMessageHeaders *request = soup_message_get_request_headers (msg);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GBytes) answer = NULL;
  const char *name;
  va_list     args;

  if (bytes != NULL)
    soup_message_set_request_body_from_bytes (msg, "text/plain", bytes);
  if (g_strcmp0 (token, "") == 0)
    {
      soup_message_headers_remove (request, "Authorization");
      soup_message_headers_remove (request, "apikey");
    }
  va_start (args, body);
  while ((name = va_arg (args, const char *)) != NULL)
    soup_message_headers_replace (request, name, va_arg (args, const char *));
  va_end (args);
  answer = soup_session_send_and_read (fixture->session, msg, NULL, NULL);
  g_assert_nonnull (answer);
  return (Answer){ soup_message_get_status (msg),
                   g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer)),
                   soup_message_headers_ref (soup_message_get_response_headers (msg)) };
}

static void
make_bucket (Fixture    *fixture,
             const char *body)
{
  http_expect (fixture, "POST", BUCKET, tela_backend_get_service_key (fixture->backend), body, 200, "{\"name\":\"");
}

/* "a b.png" of what signing gives; the client escapes it. */
static char *
signed_path (const char *answer,
             const char *member)
{
  g_autofree char *url = json_text (answer, member);
  g_autofree char *escaped = g_uri_escape_string (url, "/?=.", FALSE);

  return g_strconcat ("/storage/v1", escaped, NULL);
}

/* How many files there are below DIR/assets. */
static guint
count_files (Fixture *fixture)
{
  g_autofree char *assets = g_build_filename (fixture->dir, "assets", NULL);
  g_autoptr (GDir) dir = g_dir_open (assets, 0, NULL);
  const char *name;
  guint       n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (assets, name, NULL);
      g_autoptr (GDir) inner = g_dir_open (path, 0, NULL);

      while (inner != NULL && g_dir_read_name (inner) != NULL)
        n++;
    }
  return n;
}

/* ---- Buckets ---- */

static void
test_buckets (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  const char              *service = tela_backend_get_service_key (fixture->backend);
  static const char *const bad[] = { "{}",
                                     "{\"id\":\"\"}",
                                     "{\"id\":\"..\"}",
                                     "{\"id\":\"a/b\"}",
                                     "{\"id\":\"sign\"}",
                                     "{\"id\":\"x\",\"file_size_limit\":-1}",
                                     "{\"id\":\"x\",\"file_size_limit\":\"many\"}",
                                     "{\"id\":\"x\",\"allowed_mime_types\":\"image/png\"}",
                                     "{\"id\":\"x\",\"allowed_mime_types\":[1]}",
                                     "[]" };

  make_bucket (fixture, "{\"id\":\"pictures\",\"name\":\"pictures\",\"public\":true,\"file_size_limit\":\"1 KB\","
                        "\"allowed_mime_types\":[\"image/*\"]}");
  http_expect (fixture, "POST", BUCKET, service, "{\"id\":\"pictures\"}", 400,
               "\"statusCode\":\"409\",\"error\":\"Duplicate\"");
  http_expect (fixture, "GET", BUCKET "/pictures", service, NULL, 200,
               "\"public\":true,\"file_size_limit\":1024,\"allowed_mime_types\":[\"image/*\"]");
  http_expect (fixture, "GET", BUCKET, service, NULL, 200, "[{\"id\":\"assets\"");
  http_expect (fixture, "GET", BUCKET "/nope", service, NULL, 400, "NoSuchBucket");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    http_expect (fixture, "POST", BUCKET, service, bad[i], 400, "\"statusCode\":\"400\"");
  http_expect (fixture, "POST", BUCKET, user.token, "{\"id\":\"mine\"}", 400, "AccessDenied");
  http_expect (fixture, "GET", BUCKET, user.token, NULL, 400, "AccessDenied");
  http_expect (fixture, "DELETE", BUCKET "/pictures", user.token, NULL, 400, "AccessDenied");

  http_expect (fixture, "POST", OBJECT "pictures/a.txt", user.token, "text", 400, "InvalidMimeType");
  http_expect (fixture, "PUT", BUCKET "/pictures", service, "{\"public\":false,\"file_size_limit\":3}", 200,
               "Successfully updated");
  http_expect (fixture, "POST", OBJECT "pictures/a.txt", user.token, "text", 400, "EntityTooLarge");
  http_expect (fixture, "POST", OBJECT "pictures/a.txt", user.token, "txt", 200, "pictures/a.txt");
  http_expect (fixture, "DELETE", BUCKET "/pictures", service, NULL, 400, "not empty");
  http_expect (fixture, "POST", BUCKET "/pictures/empty", service, "{}", 200, "Successfully emptied");
  http_expect (fixture, "DELETE", BUCKET "/pictures", service, NULL, 200, "Successfully deleted");
  http_expect (fixture, "DELETE", BUCKET "/assets", service, NULL, 400, "AccessDenied");
  http_expect (fixture, "PUT", BUCKET "/assets", service, "{\"public\":true}", 400, "AccessDenied");
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

/* ---- Objects ---- */

static void
test_objects (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (Answer) up = { 0 };
  g_auto (Answer) down = { 0 };
  g_auto (Answer) known = { 0 };
  g_auto (Answer) again = { 0 };

  make_bucket (fixture, "{\"name\":\"files\"}");
  up = ask (fixture, "POST", OBJECT "files/notes/a%20b.txt", user.token, "one", "Cache-Control", "max-age=60",
            "x-metadata", "eyJhIjoxfQ==", NULL);
  g_assert_cmpuint (up.status, ==, 200);
  g_assert_nonnull (strstr (up.body, "\"Key\":\"files/notes/a b.txt\""));
  http_expect (fixture, "POST", OBJECT "files/notes/a%20b.txt", user.token, "two", 400,
               "\"statusCode\":\"409\",\"error\":\"Duplicate\"");
  down = ask (fixture, "GET", OBJECT "files/notes/a%20b.txt?download=c%22d%0d%0a.txt", user.token, NULL, NULL);
  g_assert_cmpstr (down.body, ==, "one");
  g_assert_cmpstr (soup_message_headers_get_one (down.headers, "Content-Type"), ==, "text/plain");
  g_assert_cmpstr (soup_message_headers_get_one (down.headers, "Cache-Control"), ==, "max-age=60");
  g_assert_cmpstr (soup_message_headers_get_one (down.headers, "Content-Disposition"), ==,
                   "attachment; filename*=UTF-8''c%22d%0D%0A.txt");
  g_assert_cmpstr (soup_message_headers_get_one (down.headers, "X-Content-Type-Options"), ==, "nosniff");
  g_assert_nonnull (soup_message_headers_get_one (down.headers, "Last-Modified"));
  known = ask (fixture, "GET", OBJECT "authenticated/files/notes/a%20b.txt", user.token, NULL, "If-None-Match",
               soup_message_headers_get_one (down.headers, "ETag"), NULL);
  g_assert_cmpuint (known.status, ==, 304);
  http_expect (fixture, "GET", OBJECT "info/files/notes/a%20b.txt", user.token, NULL, 200,
               "\"content_type\":\"text/plain\",\"cache_control\":\"max-age=60\"");
  http_expect (fixture, "GET", OBJECT "info/authenticated/files/notes/a%20b.txt", user.token, NULL, 200,
               "\"metadata\":{\"a\":1}");

  again = ask (fixture, "POST", OBJECT "files/notes/a%20b.txt", user.token, "two", "x-upsert", "true", NULL);
  g_assert_cmpuint (again.status, ==, 200);
  http_expect (fixture, "GET", OBJECT "files/notes/a%20b.txt", user.token, NULL, 200, "two");
  http_expect (fixture, "PUT", OBJECT "files/notes/a%20b.txt", user.token, "three", 200, "\"Id\"");
  http_expect (fixture, "PUT", OBJECT "files/nothing", user.token, "three", 400, "NoSuchKey");
  g_assert_cmpuint (count_files (fixture), ==, 1); /* what was replaced is gone */
  http_expect (fixture, "DELETE", OBJECT "files", user.token, "{\"prefixes\":[\"notes/a b.txt\",\"nothing\"]}", 200,
               "[{\"bucket_id\":\"files\",\"name\":\"notes/a b.txt\",\"id\":\"");
  http_expect (fixture, "GET", OBJECT "files/notes/a%20b.txt", user.token, NULL, 400, "\"statusCode\":\"404\"");
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      done)
{
  g_autoptr (GBytes) body G_GNUC_UNUSED = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);

  *(gboolean *) done = TRUE;
}

/* Bytes that are let go while others come: in the end there are those that have a name. */
static void
test_let_go_meanwhile (Fixture      *fixture,
                       gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_autofree char *large = g_strnfill (8 * 1024 * 1024, 'l');
  g_autoptr (SoupMessage) msg = http_message (fixture, "POST", OBJECT "files/large", user.token);
  g_autoptr (GBytes) bytes = g_bytes_new_static (large, strlen (large));
  gboolean done = FALSE;

  make_bucket (fixture, "{\"name\":\"files\"}");
  http_expect (fixture, "POST", OBJECT "files/a", user.token, "a", 200, "");
  http_expect (fixture, "POST", OBJECT "files/b", user.token, "b", 200, "");
  soup_message_set_request_body_from_bytes (msg, "text/plain", bytes);
  soup_session_send_and_read_async (fixture->session, msg, 0, NULL, sent_cb, &done);
  http_expect (fixture, "DELETE", OBJECT "files/a", user.token, NULL, 200, "");
  http_expect (fixture, "PUT", OBJECT "files/b", user.token, "c", 200, "");
  wait_for (&done);
  http_expect (fixture, "DELETE", OBJECT "files", user.token, "{\"prefixes\":[\"b\"]}", 200, "\"b\"");
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_form (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (Answer) up = { 0 };
  g_auto (Answer) none = { 0 };
  g_auto (Answer) down = { 0 };
  static const char body[] = "--xx\r\nContent-Disposition: form-data; name=\"cacheControl\"\r\n\r\n3600\r\n"
                             "--xx\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{\"k\":\"v\"}\r\n"
                             "--xx\r\nContent-Disposition: form-data; name=\"\"; filename=\"blob\"\r\n"
                             "Content-Type: image/png\r\n\r\nnot a picture\r\n--xx--\r\n";

  make_bucket (fixture, "{\"name\":\"files\"}");
  up = ask (fixture, "POST", OBJECT "files/f.png", user.token, body, "Content-Type", "multipart/form-data; boundary=xx",
            NULL);
  g_assert_cmpuint (up.status, ==, 200);
  down = ask (fixture, "GET", OBJECT "files/f.png", user.token, NULL, NULL);
  g_assert_cmpstr (down.body, ==, "not a picture");
  g_assert_cmpstr (soup_message_headers_get_one (down.headers, "Content-Type"), ==, "image/png");
  g_assert_cmpstr (soup_message_headers_get_one (down.headers, "Cache-Control"), ==, "max-age=3600");
  http_expect (fixture, "GET", OBJECT "info/files/f.png", user.token, NULL, 200, "\"metadata\":{\"k\":\"v\"}");
  none = ask (fixture, "POST", OBJECT "files/g.png", user.token, "nothing of a form", "Content-Type",
              "multipart/form-data; boundary=xx", NULL);
  g_assert_cmpuint (none.status, ==, 400);
}

static void
test_ranges (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  static const struct
  {
    const char *range;
    guint       status;
    const char *content_range, *body;
  } cases[] = {
    { "bytes=0-3", 206, "bytes 0-3/10", "0123" },
    { "bytes=7-", 206, "bytes 7-9/10", "789" },
    { "bytes=-2", 206, "bytes 8-9/10", "89" },
    { "bytes=5-500", 206, "bytes 5-9/10", "56789" },
    { "bytes=10-", 416, "bytes */10", NULL },
    { "bytes=500-600", 416, "bytes */10", NULL },
    { "bytes=-500", 206, "bytes 0-9/10", "0123456789" },
    { "bytes=-0", 416, "bytes */10", NULL },
    { "bytes=3-1", 200, NULL, "0123456789" },
    { "bytes=x", 200, NULL, "0123456789" },
    { "lines=1-2", 200, NULL, "0123456789" },
  };

  make_bucket (fixture, "{\"name\":\"files\"}");
  http_expect (fixture, "POST", OBJECT "files/digits", user.token, "0123456789", 200, "");
  http_expect (fixture, "POST", OBJECT "files/none", user.token, "", 200, "");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Answer) answer =
          ask (fixture, "GET", OBJECT "files/digits", user.token, NULL, "Range", cases[i].range, NULL);

      g_test_message ("%s: %u %s", cases[i].range, answer.status, answer.body);
      g_assert_cmpuint (answer.status, ==, cases[i].status);
      g_assert_cmpstr (soup_message_headers_get_one (answer.headers, "Content-Range"), ==, cases[i].content_range);
      if (cases[i].body != NULL)
        g_assert_cmpstr (answer.body, ==, cases[i].body);
    }
  http_expect (fixture, "GET", OBJECT "files/none", user.token, NULL, 200, "");
}

static void
test_list (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  static const char *const names[] = { "b.txt", "a.txt", "dir/c.txt", "dir/sub/d.txt", "dirt.txt" };

  make_bucket (fixture, "{\"name\":\"files\"}");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat (OBJECT "files/", names[i], NULL);

      http_expect (fixture, "POST", path, user.token, names[i], 200, "");
    }
  http_expect (fixture, "POST", OBJECT "list/files", user.token,
               "{\"prefix\":\"\",\"limit\":1,\"offset\":2,\"sortBy\":{\"column\":\"name\",\"order\":\"asc\"}}", 200,
               "[{\"name\":\"dir\",\"id\":null,\"created_at\":null,\"updated_at\":null,\"last_accessed_at\":null,"
               "\"metadata\":null}]");
  http_expect (fixture, "POST", OBJECT "list/files", user.token, "{\"prefix\":\"dir\"}", 200,
               "[{\"name\":\"c.txt\",\"id\":\"");
  http_expect (fixture, "POST", OBJECT "list/files", user.token, "{\"prefix\":\"dir/sub/\"}", 200,
               "\"size\":13,\"mimetype\":\"application/json\"");
  http_expect (fixture, "POST", OBJECT "list/files", user.token, "{\"prefix\":\"\",\"search\":\"B\"}", 200,
               "[{\"name\":\"b.txt\"");
  http_expect (fixture, "POST", OBJECT "list/files", user.token,
               "{\"prefix\":\"\",\"sortBy\":{\"column\":\"name; DROP TABLE objects\",\"order\":\"desc; --\"}}", 200,
               "[{\"name\":\"a.txt\"");
  http_expect (fixture, "POST", OBJECT "list/files", user.token, "{\"prefix\":\"%\"}", 200, "[]");
  http_expect (fixture, "POST", OBJECT "list/files", user.token, "{\"prefix\":\"'--\"}", 200, "[]");
  http_expect (fixture, "POST", OBJECT "list/files", other.token, "{\"prefix\":\"\"}", 200, "[]");
  http_expect (fixture, "POST", OBJECT "list/files", user.token, "nothing", 400, "InvalidRequest");
  http_expect (fixture, "POST", OBJECT "list/nope", user.token, "{}", 400, "NoSuchBucket");
}

static void
test_move (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  static const char *const bad[] = {
    "{}",
    "{\"bucketId\":\"files\",\"sourceKey\":\"a\",\"destinationKey\":\"../keys.json\"}",
    "{\"bucketId\":\"files\",\"sourceKey\":\"../backend.db\",\"destinationKey\":\"b\"}",
    "{\"bucketId\":\"files\",\"sourceKey\":\"nothing\",\"destinationKey\":\"b\"}",
    "{\"bucketId\":\"nope\",\"sourceKey\":\"a\",\"destinationKey\":\"b\"}",
    "{\"bucketId\":\"files\",\"sourceKey\":\"a\",\"destinationKey\":\"a\"}",
    ("{\"bucketId\":\"files\",\"sourceKey\":\"a\",\"destinationBucket\":\"assets\","
     "\"destinationKey\":\"4ae7c3b6ac0beff671efa8cf57386151c06e58ca53a78d83f36107316cec125f\"}")
  };

  make_bucket (fixture, "{\"name\":\"files\"}");
  make_bucket (fixture, "{\"name\":\"more\"}");
  http_expect (fixture, "POST", OBJECT "files/a", user.token, "bytes", 200, "");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      http_expect (fixture, "POST", OBJECT "move", user.token, bad[i], 400, "statusCode");
      http_expect (fixture, "POST", OBJECT "copy", user.token, bad[i], 400, "statusCode");
    }
  http_expect (fixture, "POST", OBJECT "copy", other.token,
               "{\"bucketId\":\"files\",\"sourceKey\":\"a\",\"destinationKey\":\"b\"}", 400, "NoSuchKey");
  http_expect (fixture, "POST", OBJECT "copy", user.token,
               "{\"bucketId\":\"files\",\"sourceKey\":\"a\",\"destinationKey\":\"b\"}", 200, "\"Key\":\"files/b\"");
  http_expect (fixture, "POST", OBJECT "move", user.token,
               "{\"bucketId\":\"files\",\"sourceKey\":\"a\",\"destinationBucket\":\"more\",\"destinationKey\":\"x/c\"}",
               200, "Successfully moved");
  http_expect (fixture, "GET", OBJECT "files/a", user.token, NULL, 400, "NoSuchKey");
  http_expect (fixture, "GET", OBJECT "more/x/c", user.token, NULL, 200, "bytes");
  http_expect (fixture, "DELETE", OBJECT "more/x/c", user.token, NULL, 200, "Successfully deleted");
  http_expect (fixture, "GET", OBJECT "files/b", user.token, NULL, 200, "bytes"); /* the bytes were not its alone */
}

/* ---- Links ---- */

static void
test_signed (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  guint            status;
  g_autofree char *answer = NULL;
  g_autofree char *path = NULL;
  g_autofree char *elsewhere = NULL;
  g_auto (Answer) got = { 0 };
  g_auto (Answer) wrong = { 0 };
  g_auto (Answer) with_session = { 0 };
  g_autofree char *session_path = g_strconcat (OBJECT "sign/files/a%20b.png?token=", user.token, NULL);

  make_bucket (fixture, "{\"name\":\"files\"}");
  http_expect (fixture, "POST", OBJECT "files/a%20b.png", user.token, "picture", 200, "");
  http_expect (fixture, "POST", OBJECT "files/secret", user.token, "secret", 200, "");
  http_expect (fixture, "POST", OBJECT "sign/files/a%20b.png", other.token, "{\"expiresIn\":60}", 400, "NoSuchKey");
  http_expect (fixture, "POST", OBJECT "sign/files/a%20b.png", user.token, "{\"expiresIn\":0}", 400, "InvalidRequest");
  http_expect (fixture, "POST", OBJECT "sign/files/a%20b.png", user.token, "{\"expiresIn\":\"9e99\"}", 400,
               "InvalidRequest");
  http_expect (fixture, "POST", OBJECT "sign/files", user.token,
               "{\"expiresIn\":60,\"paths\":[\"a b.png\",\"nothing\",\"../keys.json\"]}", 200,
               "{\"error\":\"Either the object does not exist or you do not have access to "
               "it\",\"path\":\"nothing\",\"signedURL\":null}");
  answer = http (fixture, "POST", OBJECT "sign/files/a%20b.png", user.token, "{\"expiresIn\":60}", &status);
  g_assert_cmpuint (status, ==, 200);
  g_assert_true (g_str_has_prefix (answer, "{\"signedURL\":\"/object/sign/files/a b.png?token="));
  path = signed_path (answer, "signedURL");
  got = ask (fixture, "GET", path, "", NULL, NULL); /* by nobody */
  g_assert_cmpuint (got.status, ==, 200);
  g_assert_cmpstr (got.body, ==, "picture");
  elsewhere = g_strconcat (OBJECT "sign/files/secret", strchr (path, '?'), NULL);
  wrong = ask (fixture, "GET", elsewhere, "", NULL, NULL);
  g_assert_cmpuint (wrong.status, ==, 400);
  g_assert_nonnull (strstr (wrong.body, "InvalidSignature"));
  with_session = ask (fixture, "GET", session_path, "", NULL, NULL);
  g_assert_cmpuint (with_session.status, ==, 400);
}

/* Neither too late, nor for what else it is. */
static void
test_signed_bad (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_autofree char *keys = g_build_filename (fixture->dir, "keys.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *secret = NULL;
  static const struct
  {
    const char *payload, *code;
  } cases[] = {
    { "{\"url\":\"files/a\",\"scope\":\"download\",\"exp\":1000}", "InvalidJWT" },
    { "{\"url\":\"files/a\",\"scope\":\"download\"}", "InvalidJWT" },
    { "{\"url\":\"files/a\",\"scope\":\"upload\",\"exp\":9999999999}", "InvalidSignature" },
    { "{\"url\":\"files/b\",\"scope\":\"download\",\"exp\":9999999999}", "InvalidSignature" },
    { "{\"scope\":\"download\",\"exp\":9999999999}", "InvalidSignature" },
    { "[]", "InvalidSignature" },
  };
  static const char *const raw[] = { "", "x", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.e30." };

  make_bucket (fixture, "{\"name\":\"files\"}");
  http_expect (fixture, "POST", OBJECT "files/a", user.token, "bytes", 200, "");
  g_assert_true (g_file_get_contents (keys, &text, NULL, NULL));
  secret = json_text (text, "secret");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *token = tela_jwt_sign (cases[i].payload, secret);
      g_autofree char *path = g_strconcat (OBJECT "sign/files/a?token=", token, NULL);

      http_expect (fixture, "GET", path, user.token, NULL, 400, cases[i].code);
      http_expect (fixture, "GET", "/rest/v1/projects", token, NULL, 401, "PGRST30"); /* nor for rows */
    }
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    {
      g_autofree char *path = g_strconcat (OBJECT "sign/files/a?token=", raw[i], NULL);

      http_expect (fixture, "GET", path, user.token, NULL, 400, "InvalidSignature");
    }
  http_expect (fixture, "GET", OBJECT "sign/files/a", user.token, NULL, 400, "InvalidSignature");
}

static void
test_signed_upload (Fixture      *fixture,
                    gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  guint            status;
  g_autofree char *answer = NULL;
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  g_auto (Answer) up = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Answer) elsewhere = { 0 };
  g_auto (Answer) nobody = { 0 };

  make_bucket (fixture, "{\"name\":\"files\"}");
  answer = http (fixture, "POST", OBJECT "upload/sign/files/a%20b", user.token, "{}", &status);
  g_assert_cmpuint (status, ==, 200);
  path = signed_path (answer, "url");
  other = g_strconcat (OBJECT "upload/sign/files/c", strchr (path, '?'), NULL);
  up = ask (fixture, "PUT", path, "", "bytes", NULL);
  g_assert_cmpuint (up.status, ==, 200);
  again = ask (fixture, "PUT", path, "", "others", NULL);
  g_assert_cmpuint (again.status, ==, 400); /* not to replace */
  elsewhere = ask (fixture, "PUT", other, "", "bytes", NULL);
  g_assert_cmpuint (elsewhere.status, ==, 400);
  nobody = ask (fixture, "PUT", OBJECT "files/d", "", "bytes", NULL);
  g_assert_cmpuint (nobody.status, ==, 400);
  http_expect (fixture, "GET", OBJECT "files/a%20b", user.token, NULL, 200, "bytes"); /* it is the signer's */
}

/* To replace what is one's own is not to replace what somebody else puts there meanwhile. */
static void
test_signed_replacing (Fixture      *fixture,
                       gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  g_auto (Answer) sign = { 0 };
  g_auto (Answer) own = { 0 };
  g_auto (Answer) again = { 0 };
  g_auto (Answer) late = { 0 };
  g_autofree char *path = NULL;

  make_bucket (fixture, "{\"name\":\"files\"}");
  sign = ask (fixture, "POST", OBJECT "upload/sign/files/a", user.token, "{}", "x-upsert", "true", NULL);
  g_assert_cmpuint (sign.status, ==, 200);
  path = signed_path (sign.body, "url");
  own = ask (fixture, "PUT", path, "", "one", NULL);
  again = ask (fixture, "PUT", path, "", "two", NULL);
  g_assert_cmpuint (own.status, ==, 200);
  g_assert_cmpuint (again.status, ==, 200);
  http_expect (fixture, "DELETE", OBJECT "files/a", user.token, NULL, 200, "deleted");
  http_expect (fixture, "POST", OBJECT "files/a", other.token, "theirs", 200, "files/a");
  late = ask (fixture, "PUT", path, "", "three", NULL);
  g_assert_cmpuint (late.status, ==, 400);
  g_assert_nonnull (strstr (late.body, "KeyAlreadyExists"));
  http_expect (fixture, "GET", OBJECT "files/a", other.token, NULL, 200, "theirs");
}

static void
test_public (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (Answer) got = { 0 };
  g_auto (Answer) hidden = { 0 };
  g_auto (Answer) asset = { 0 };
  g_auto (Answer) signed_in_only = { 0 };

  make_bucket (fixture, "{\"name\":\"open\",\"public\":true}");
  make_bucket (fixture, "{\"name\":\"closed\"}");
  http_expect (fixture, "POST", OBJECT "open/a", user.token, "for all", 200, "");
  http_expect (fixture, "POST", OBJECT "closed/a", user.token, "not for all", 200, "");
  got = ask (fixture, "GET", OBJECT "public/open/a?download", "", NULL, NULL);
  g_assert_cmpuint (got.status, ==, 200);
  g_assert_cmpstr (got.body, ==, "for all");
  hidden = ask (fixture, "GET", OBJECT "public/closed/a", "", NULL, NULL);
  g_assert_cmpuint (hidden.status, ==, 400);
  asset = ask (fixture, "GET", OBJECT "public/assets/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
               "", NULL, NULL);
  g_assert_cmpuint (asset.status, ==, 400);
  signed_in_only = ask (fixture, "GET", OBJECT "open/a", "", NULL, NULL);
  g_assert_cmpuint (signed_in_only.status, ==, 400);
}

/* ---- Rights ---- */

/* Folders are those of users and of boards. */
static void
test_folders (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) editor = user_new (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_auto (User) stranger = user_new (fixture);
  g_autofree char *of_board = NULL;
  g_autofree char *new_of_board = NULL;
  g_autofree char *of_user = g_strconcat (OBJECT "files/", editor.id, "/a", NULL);
  g_autofree char *remove_board = NULL;
  g_autofree char *list_board = NULL;

  make_bucket (fixture, "{\"name\":\"files\"}");
  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &editor, "editor");
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  of_board = g_strconcat (OBJECT "files/", fixture->project, "/a", NULL);
  new_of_board = g_strconcat (OBJECT "files/", fixture->project, "/b", NULL);
  remove_board = g_strdup_printf ("{\"prefixes\":[\"%s/a\"]}", fixture->project);
  list_board = g_strdup_printf ("{\"prefix\":\"%s\"}", fixture->project);

  http_expect (fixture, "POST", of_board, editor.token, "of the board", 200, "");
  http_expect (fixture, "GET", of_board, viewer.token, NULL, 200, "of the board");
  http_expect (fixture, "POST", OBJECT "list/files", viewer.token, list_board, 200, "\"name\":\"a\"");
  http_expect (fixture, "POST", new_of_board, viewer.token, "x", 400, "AccessDenied");
  http_expect (fixture, "PUT", of_board, viewer.token, "x", 400, "AccessDenied");
  http_expect (fixture, "DELETE", OBJECT "files", viewer.token, remove_board, 200, "[]");
  http_expect (fixture, "GET", of_board, stranger.token, NULL, 400, "NoSuchKey");
  http_expect (fixture, "POST", OBJECT "list/files", stranger.token, list_board, 200, "[]");
  http_expect (fixture, "POST", new_of_board, stranger.token, "x", 400, "AccessDenied");
  http_expect (fixture, "PUT", of_board, owner.token, "changed", 200, "");
  http_expect (fixture, "GET", of_board, editor.token, NULL, 200, "changed");

  http_expect (fixture, "POST", of_user, stranger.token, "x", 400, "AccessDenied");
  http_expect (fixture, "POST", of_user, editor.token, "mine", 200, "");
  http_expect (fixture, "GET", of_user, owner.token, NULL, 400, "NoSuchKey");
  http_expect (fixture, "GET", of_user, tela_backend_get_service_key (fixture->backend), NULL, 200, "mine");
}

static void
test_anothers (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  static const char *const forms[] = { OBJECT "files/a", OBJECT "authenticated/files/a", OBJECT "info/files/a",
                                       OBJECT "public/files/a", OBJECT "sign/files/a" };
  g_auto (Answer) upsert = { 0 };

  make_bucket (fixture, "{\"name\":\"files\"}");
  http_expect (fixture, "POST", OBJECT "files/a", user.token, "secret", 200, "");
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      guint            status;
      g_autofree char *answer = http (fixture, "GET", forms[i], other.token, NULL, &status);

      g_assert_cmpuint (status, ==, 400);
      g_assert_null (strstr (answer, "secret"));
    }
  http_expect (fixture, "PUT", OBJECT "files/a", other.token, "x", 400, "AccessDenied");
  upsert = ask (fixture, "POST", OBJECT "files/a", other.token, "x", "x-upsert", "true", NULL);
  g_assert_cmpuint (upsert.status, ==, 400);
  http_expect (fixture, "DELETE", OBJECT "files/a", other.token, NULL, 400, "NoSuchKey");
  http_expect (fixture, "DELETE", OBJECT "files", other.token, "{\"prefixes\":[\"a\"]}", 200, "[]");
  http_expect (fixture, "POST", OBJECT "upload/sign/files/a", other.token, "{}", 400, "AccessDenied");
  http_expect (fixture, "POST", OBJECT "move", other.token,
               "{\"bucketId\":\"files\",\"sourceKey\":\"a\",\"destinationKey\":\"b\"}", 400, "NoSuchKey");
  http_expect (fixture, "GET", OBJECT "files/a", user.token, NULL, 200, "secret");
}

static void
test_names (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_autofree char  *long_name = g_strnfill (1100, 'n');
  g_autofree char  *too_long = g_strconcat (OBJECT "files/", long_name, NULL);
  const char *const bad[] = {
    OBJECT "files/..%2f..%2fkeys.json",
    OBJECT "files/a/../../keys.json",

    OBJECT "files/a//b",
    OBJECT "files/a/",
    OBJECT "files/",

    OBJECT "files/a%00b",
    OBJECT "files/a%5cb",
    OBJECT "files/caf%c3%a9",
    OBJECT "files/a%0ab",
    OBJECT "files/%ff",
    OBJECT "files/a%23b",
    OBJECT "files/a%22b",
    OBJECT "files/%2fetc%2fpasswd",
    OBJECT "..%2ffiles/a",
    OBJECT "fil'es/a",
    OBJECT "files%27--/a",
    too_long,
  };
  static const char *const good[] = { OBJECT "files/..a", OBJECT "files/a..b/c.d",
                                      OBJECT "files/it's%20(1)%20%26%20@$=;:+,!*%3F",
                                      OBJECT "files/DROP%20TABLE%20objects;" };

  make_bucket (fixture, "{\"name\":\"files\"}");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (guint m = 0; m < 3; m++)
      {
        static const char *const methods[] = { "GET", "POST", "DELETE" };
        guint                    status;
        g_autofree char         *answer = http (fixture, methods[m], bad[i], user.token, m == 1 ? "x" : NULL, &status);

        g_test_message ("%s %s: %u %s", methods[m], bad[i], status, answer);
        g_assert_true (status == 400 || status == 404 || (m == 2 && status == 200 && strcmp (answer, "[]") == 0));
        g_assert_null (strstr (answer, "\"secret\""));
      }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      http_expect (fixture, "POST", good[i], user.token, "bytes", 200, "");
      http_expect (fixture, "GET", good[i], user.token, NULL, 200, "bytes");
    }
}

/* As no client would write it, byte by byte. */
static void
test_raw_paths (Fixture      *fixture,
                gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_autoptr (GUri) uri = g_uri_parse (tela_backend_get_url (fixture->backend), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  static const char *const paths[] = {
    OBJECT "assets/../../../keys.json",
    OBJECT "assets/%2e%2e/%2e%2e/keys.json",
    OBJECT "files/../assets/../../keys.json",
    OBJECT "files/..%2f..%2fkeys.json",
    OBJECT "files/%2e%2e%2f%2e%2e%2fkeys.json",
    "/storage/v1/object/../../../keys.json",
    OBJECT "files//////../../keys.json",
    OBJECT "files/..\\..\\keys.json",
    "/../../keys.json",
    "/storage/v1/object/files/%",
    "/storage/v1/object/files/%zz",
    "storage/v1/object/files/a",
    "*",
  };

  make_bucket (fixture, "{\"name\":\"files\"}");
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GSocketConnection) connection =
          g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) g_uri_get_port (uri), NULL, NULL);
      g_autofree char *request = g_strdup_printf (
          "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n", paths[i], user.token);
      GInputStream *input;
      char          answer[4096];
      gsize         len = 0;

      g_assert_nonnull (connection);
      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                                                strlen (request), NULL, NULL, NULL));
      input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
      g_input_stream_read_all (input, answer, sizeof answer - 1, &len, NULL, NULL);
      answer[len] = '\0';
      g_test_message ("%s: %s", paths[i], answer);
      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 400") || g_str_has_prefix (answer, "HTTP/1.1 404"));
      g_assert_null (strstr (answer, "\"secret\""));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/objects/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("buckets", test_buckets);
  ADD ("objects", test_objects);
  ADD ("let-go-meanwhile", test_let_go_meanwhile);
  ADD ("form", test_form);
  ADD ("ranges", test_ranges);
  ADD ("list", test_list);
  ADD ("move", test_move);
  ADD ("signed", test_signed);
  ADD ("signed-bad", test_signed_bad);
  ADD ("signed-upload", test_signed_upload);
  ADD ("signed-replacing", test_signed_replacing);
  ADD ("public", test_public);
  ADD ("folders", test_folders);
  ADD ("anothers", test_anothers);
  ADD ("names", test_names);
  ADD ("raw-paths", test_raw_paths);
  return g_test_run ();
}
