/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libcurl, one handle that is used again and again. What is answered is read and forgotten: only its status counts, and a body
 * may say of whom the request was. A minute, and a second more for each 32 KB, is what an answer may take. */
#include "runtime/post.h"
#include <curl/curl.h>

#define CONNECT_SECONDS 10
#define FEW_SECONDS 60
#define BYTES_A_SECOND 32768
#define LONGEST_WAIT 86400

struct post_client { CURL *curl; };

struct post_client *post_client_new(void) {
  static gsize begun;
  if (g_once_init_enter(&begun)) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) g_error("libcurl did not start");
    g_once_init_leave(&begun, 1);
  }
  struct post_client *client = g_new0(struct post_client, 1);
  client->curl = curl_easy_init();
  return client;
}

void post_client_free(struct post_client *client) {
  if (!client) return;
  curl_easy_cleanup(client->curl);
  g_free(client);
}

static size_t forget(char *bytes, size_t size, size_t count, void *data) { return size * count; }

static int look(void *data, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up) {
  const struct post *post = data;
  return post->go_on && !post->go_on(post->data);
}

static void prepare(CURL *curl, const struct post *post, struct curl_slist *headers, char *problem) {
  curl_easy_reset(curl); /* the connection stays */
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
  curl_easy_setopt(curl, CURLOPT_URL, post->url);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
  curl_easy_setopt(curl, CURLOPT_USERNAME, post->user);
  curl_easy_setopt(curl, CURLOPT_PASSWORD, post->password);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->length);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, forget);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)(FEW_SECONDS + post->length / BYTES_A_SECOND));
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, post);
}

bool post_send(struct post_client *client, const struct post *post, long *ret_status, int64_t *ret_wait, GError **error) {
  char problem[CURL_ERROR_SIZE] = "";
  g_autofree char *type = g_strconcat("Content-Type: ", post->type, NULL);
  struct curl_slist *headers = curl_slist_append(curl_slist_append(NULL, type), "Expect:");
  curl_off_t wait = 0;
  for (const char *const *header = post->headers; header && *header; header++) headers = curl_slist_append(headers, *header);
  prepare(client->curl, post, headers, problem);
  CURLcode code = curl_easy_perform(client->curl);
  curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, ret_status);
  curl_easy_getinfo(client->curl, CURLINFO_RETRY_AFTER, &wait);
  curl_slist_free_all(headers);
  *ret_wait = CLAMP(wait, 0, LONGEST_WAIT);
  if (code == CURLE_OK) return true;
  if (code == CURLE_ABORTED_BY_CALLBACK) return fail(error, MENO_ERROR_CANCELLED, "broken off");
  return fail(error, MENO_ERROR_STORE, "%s", *problem ? problem : curl_easy_strerror(code));
}
