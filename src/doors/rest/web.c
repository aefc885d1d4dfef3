/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of the client. What carries a hash in its name (`app-Q3T7V2AB.js`) never changes and is kept by browsers for a year;
 * the rest is asked about each time, by its ETag. An address without a dot in its last part is a page of the client, which
 * index.html draws; one with a dot is a file, which is there or is not. */
#include "doors/rest/web.h"
#include "base/id.h"
#include <gio/gio.h>
#include <string.h>

#define PREFIX "/meno/web"
#define FOREVER "public, max-age=31536000, immutable"

struct file { GBytes *bytes; const char *type; char etag[35]; bool hashed; };
struct web { GHashTable *files; }; /* "/assets/app.js" → struct file */

static const struct { const char *ending, *type; } types[] = {
  { ".html", "text/html; charset=utf-8" }, { ".js", "text/javascript; charset=utf-8" }, { ".css", "text/css; charset=utf-8" },
  { ".svg", "image/svg+xml" }, { ".png", "image/png" }, { ".ico", "image/x-icon" }, { ".json", "application/json" },
  { ".woff2", "font/woff2" }, { ".woff", "font/woff" }, { ".txt", "text/plain; charset=utf-8" }, { ".webmanifest", "application/manifest+json" },
  { ".map", "application/json" }, { "", "application/octet-stream" } };

static const char *type_of(const char *path) {
  size_t i = 0;
  while (!g_str_has_suffix(path, types[i].ending)) i++;
  return types[i].type;
}

/* "-" and eight capitals or digits before the ending, as esbuild names what it hashed. */
static bool is_hashed(const char *path) {
  const char *slash = strrchr(path, '/'), *dash = strrchr(slash, '-');
  return dash && strspn(dash + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == 8 && dash[9] == '.';
}

static void file_free(void *data) {
  struct file *file = data;
  g_bytes_unref(file->bytes);
  g_free(file);
}

static void add_folder(struct web *web, const char *folder) {
  g_auto(GStrv) names = g_resources_enumerate_children(folder, 0, NULL);
  for (size_t i = 0; names && names[i]; i++) {
    g_autofree char *path = g_strconcat(folder, "/", names[i], NULL);
    if (g_str_has_suffix(path, "/")) {
      path[strlen(path) - 1] = 0;
      add_folder(web, path);
      continue;
    }
    struct file *file = g_new0(struct file, 1);
    file->bytes = g_resources_lookup_data(path, 0, NULL);
    file->type = type_of(path);
    file->hashed = is_hashed(path);
    uint8_t hash[DIGEST_BYTES];
    char text[DIGEST_TEXT];
    digest(g_bytes_get_data(file->bytes, NULL), g_bytes_get_size(file->bytes), hash);
    g_snprintf(file->etag, sizeof file->etag, "\"%.32s\"", digest_format(hash, text));
    g_hash_table_insert(web->files, g_strdup(path + strlen(PREFIX)), file);
  }
}

struct web *web_new(void) {
  struct web *web = g_new0(struct web, 1);
  web->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
  add_folder(web, PREFIX);
  return web;
}

void web_free(struct web *web) {
  if (!web) return;
  g_hash_table_destroy(web->files);
  g_free(web);
}

static bool knows(const char *if_none_match, const char *etag) {
  return if_none_match && (strcmp(if_none_match, "*") == 0 || strstr(if_none_match, etag));
}

void web_answer(const struct web *web, const char *path, const struct http_request *request, struct http_response *response) {
  static const char absent[] = "There is no such file.\n";
  const struct file *file = g_hash_table_lookup(web->files, strcmp(path, "/") == 0 ? "/index.html" : path);
  if (!file && !strchr(strrchr(path, '/'), '.')) file = g_hash_table_lookup(web->files, "/index.html");
  if (!file) {
    http_response_text(response, 404, "text/plain; charset=utf-8", absent, sizeof absent - 1);
    http_response_add(response, "Cache-Control", "no-store");
    return;
  }
  http_response_add(response, "ETag", file->etag);
  http_response_add(response, "Cache-Control", file->hashed ? FOREVER : "no-cache");
  if (knows(http_request_header(request, "If-None-Match"), file->etag)) {
    response->status = 304;
    return;
  }
  response->status = 200;
  response->type = file->type;
  response->body = g_bytes_ref(file->bytes);
}
