/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "formats-fixture.h"

/* As the generator in JavaScript makes them. */
static void
test_elements (void)
{
  static const struct
  {
    guint       i;
    const char *json;
  } cases[] = {
    { 0, "{\"id\":\"e0\",\"type\":\"text\",\"x\":200.7,\"y\":6.1,\"width\":54,\"height\":15,\"angle\":0,"
         "\"strokeColor\":\"#1e1e1e\",\"backgroundColor\":\"transparent\",\"fillStyle\":\"solid\",\"strokeWidth\":2,"
         "\"strokeStyle\":\"solid\",\"roughness\":1,\"opacity\":100,\"groupIds\":[],\"frameId\":null,\"index\":\"a0\","
         "\"roundness\":null,\"seed\":1,\"version\":1,\"versionNonce\":7,\"isDeleted\":false,\"boundElements\":null,"
         "\"updated\":1700000000000,\"link\":null,\"locked\":false,\"text\":\"test idea\",\"originalText\":\"test "
         "idea\",\"fontSize\":12,\"fontFamily\":5,\"textAlign\":\"left\",\"verticalAlign\":\"top\",\"containerId\":"
         "null,\"autoResize\":true,\"lineHeight\":1.25}" },
    { 1, "{\"id\":\"e1\",\"type\":\"rectangle\",\"x\":63.8,\"y\":66.1,\"width\":25.6,\"height\":24.1,\"angle\":0,"
         "\"strokeColor\":\"#f08c00\",\"backgroundColor\":\"#b2f2bb\",\"fillStyle\":\"solid\",\"strokeWidth\":2,"
         "\"strokeStyle\":\"solid\",\"roughness\":1,\"opacity\":100,\"groupIds\":[],\"frameId\":null,\"index\":\"a1\","
         "\"roundness\":null,\"seed\":2,\"version\":1,\"versionNonce\":8,\"isDeleted\":false,\"boundElements\":null,"
         "\"updated\":1700000000000,\"link\":null,\"locked\":false}" },
    { 5, "{\"id\":\"e5\",\"type\":\"ellipse\",\"x\":136.5,\"y\":76.9,\"width\":43.5,\"height\":21.7,\"angle\":0,"
         "\"strokeColor\":\"#1e1e1e\",\"backgroundColor\":\"transparent\",\"fillStyle\":\"solid\",\"strokeWidth\":2,"
         "\"strokeStyle\":\"solid\",\"roughness\":1,\"opacity\":100,\"groupIds\":[],\"frameId\":null,\"index\":\"a5\","
         "\"roundness\":null,\"seed\":6,\"version\":1,\"versionNonce\":12,\"isDeleted\":false,\"boundElements\":null,"
         "\"updated\":1700000000000,\"link\":null,\"locked\":false}" },
    { 10, "{\"id\":\"e10\",\"type\":\"freedraw\",\"x\":10.2,\"y\":116.8,\"width\":41.9,\"height\":20.4,\"angle\":0,"
          "\"strokeColor\":\"#e03131\",\"backgroundColor\":\"transparent\",\"fillStyle\":\"solid\",\"strokeWidth\":2,"
          "\"strokeStyle\":\"solid\",\"roughness\":1,\"opacity\":100,\"groupIds\":[],\"frameId\":null,\"index\":\"aA\","
          "\"roundness\":null,\"seed\":11,\"version\":1,\"versionNonce\":17,\"isDeleted\":false,\"boundElements\":null,"
          "\"updated\":1700000000000,\"link\":null,\"locked\":false,\"points\":[[0,0],[0.7,0.3],[1.4,0.7],[2.1,1.2],[2."
          "8,1.8],[3.6,2.5],[4.3,3.2],[5,4],[5.7,4.9],[6.4,5.8],[7.1,6.7],[7.8,7.6],[8.5,8.6],[9.2,9.6],[9.9,10.6],[10."
          "7,11.5],[11.4,12.4],[12.1,13.3],[12.8,14.1],[13.5,14.9],[14.2,15.6],[14.9,16.2],[15.6,16.8],[16.3,17.2],[17,"
          "17.6],[17.8,17.9],[18.5,18],[19.2,18.1],[19.9,18],[20.6,17.9],[21.3,17.6],[22,17.3],[22.7,16.8],[23.4,16.3],"
          "[24.1,15.7],[24.9,15],[25.6,14.2],[26.3,13.4],[27,12.5],[27.7,11.6],[28.4,10.7],[29.1,9.7],[29.8,8.7],[30.5,"
          "7.7],[31.2,6.8],[32,5.8],[32.7,4.9],[33.4,4.1],[34.1,3.3],[34.8,2.5],[35.5,1.9],[36.2,1.3],[36.9,0.8],[37.6,"
          "0.4],[38.3,0.1],[39.1,-0.2],[39.8,-0.3],[40.5,-0.3],[41.2,-0.2],[41.9,0]],\"pressures\":[],"
          "\"simulatePressure\":true,\"lastCommittedPoint\":null}" },
    { 14, "{\"id\":\"e14\",\"type\":\"arrow\",\"x\":268.8,\"y\":32.6,\"width\":38.5,\"height\":24.7,\"angle\":0,"
          "\"strokeColor\":\"#f08c00\",\"backgroundColor\":\"transparent\",\"fillStyle\":\"solid\",\"strokeWidth\":2,"
          "\"strokeStyle\":\"solid\",\"roughness\":1,\"opacity\":100,\"groupIds\":[],\"frameId\":null,\"index\":\"aE\","
          "\"roundness\":null,\"seed\":15,\"version\":1,\"versionNonce\":21,\"isDeleted\":false,\"boundElements\":null,"
          "\"updated\":1700000000000,\"link\":null,\"locked\":false,\"points\":[[0,0],[38.5,-24.7]],"
          "\"lastCommittedPoint\":null,\"startBinding\":null,\"endBinding\":null,\"startArrowhead\":null,"
          "\"endArrowhead\":\"arrow\",\"elbowed\":false}" },
    { 19, "{\"id\":\"e19\",\"type\":\"line\",\"x\":142.8,\"y\":137.3,\"width\":38.3,\"height\":36.6,\"angle\":0,"
          "\"strokeColor\":\"#e03131\",\"backgroundColor\":\"transparent\",\"fillStyle\":\"solid\",\"strokeWidth\":2,"
          "\"strokeStyle\":\"solid\",\"roughness\":1,\"opacity\":100,\"groupIds\":[],\"frameId\":null,\"index\":\"aJ\","
          "\"roundness\":null,\"seed\":20,\"version\":1,\"versionNonce\":26,\"isDeleted\":false,\"boundElements\":null,"
          "\"updated\":1700000000000,\"link\":null,\"locked\":false,\"points\":[[0,0],[38.3,-36.6]],"
          "\"lastCommittedPoint\":null,\"startBinding\":null,\"endBinding\":null,\"startArrowhead\":null,"
          "\"endArrowhead\":null,\"elbowed\":false}" },
  };
  g_autoptr (GPtrArray) scene = tela_scene_generate (20, 1, fixture_stamp);

  g_assert_cmpuint (scene->len, ==, 20);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      TelaJsonWriter writer;

      tela_json_writer_init (&writer, out, 0);
      tela_element_write_plain (scene->pdata[cases[c].i], &writer);
      g_assert_true (tela_json_equal ((TelaJsonSpan){ out->str, out->len },
                                      (TelaJsonSpan){ cases[c].json, strlen (cases[c].json) }));
    }
}

/* One canonical line an element. */
static void
check_sum (guint       n,
           guint32     seed,
           const char *expected)
{
  g_autoptr (GPtrArray) scene = tela_scene_generate (n, seed, fixture_stamp);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < scene->len; i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      TelaJsonWriter writer;

      tela_json_writer_init (&writer, out, 0);
      tela_element_write_plain (scene->pdata[i], &writer);
      g_string_append_c (out, '\n');
      g_checksum_update (sum, (const guchar *) out->str, (gssize) out->len);
      g_assert_true (tela_element_validate (scene->pdata[i], NULL));
    }
  g_assert_cmpstr (g_checksum_get_string (sum), ==, expected);
}

static void
test_sums (void)
{
  check_sum (400, 7, "bf3ac2592c807cadc297fb0efcb929bc2989f51b4b82d99837fd0fb24cd338d7");
  check_sum (10000, 1, "47998946acb8370ab6d3c6bfde961ac0042872b25cd34fdbea6c4139727aed5c");
}

static void
test_empty (void)
{
  g_autoptr (GPtrArray) scene = tela_scene_generate (0, 1, fixture_stamp);

  g_assert_cmpuint (scene->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/elements", test_elements);
  g_test_add_func ("/scene/sums", test_sums);
  g_test_add_func ("/scene/empty", test_empty);
  return g_test_run ();
}
