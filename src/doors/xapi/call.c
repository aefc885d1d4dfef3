/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a request means and who sends it.
 *
 * The alternate syntax (xAPI-Communication 1.3, 1.0.3 only) is for browsers that cannot set headers: a POST whose address has the
 * parameter `method` and nothing else, whose body is a form of headers, parameters and `content`. From here on nobody sees
 * the difference.
 *
 * A credential that was found is taken for another second without asking the database again: programs send thousands of
 * requests in one. So a revocation may take that second to reach every server. */
#include "base/limits.h"
#include "doors/xapi/xapi-private.h"
#include <sodium.h>

#define KNOWN_FOR CLOCK_SECOND
#define KNOWN_MOST 1000

static const char *const form_header_names[] = { "authorization", "x-experience-api-version", "content-type", "content-length", "if-match", "if-none-match",
  "accept-language", "accept", NULL };

const char *xapi_header(const struct xapi_call *call, const char *name) {
  g_autofree char *small = call->form_headers ? g_ascii_strdown(name, -1) : NULL;
  const char *value = small ? g_hash_table_lookup(call->form_headers, small) : NULL;
  return value ? value : http_request_header(call->request, name);
}

const char *xapi_parameter(const struct xapi_call *call, const char *name) {
  for (guint i = 0; i < call->parameters->len; i++) {
    const struct form_pair *pair = call->parameters->pdata[i];
    if (strcmp(pair->name, name) == 0) return pair->value;
  }
  return NULL;
}

bool xapi_only(const struct xapi_call *call, const char *const *names, GError **error) {
  for (guint i = 0; i < call->parameters->len; i++) {
    const struct form_pair *pair = call->parameters->pdata[i];
    if (!g_strv_contains(names, pair->name)) return fail(error, MENO_ERROR_BAD_INPUT, "this resource has no parameter \"%.60s\"; names are written as the specification writes them (XAPI-00010)", pair->name);
    for (guint k = 0; k < i; k++)
      if (strcmp(((const struct form_pair *)call->parameters->pdata[k])->name, pair->name) == 0) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter %s stands twice", pair->name);
  }
  return true;
}

bool xapi_is_type(const char *header, const char *type) { return header && form_is_type(header, type); }

bool xapi_may(const struct xapi_call *call, enum credential_scope scope, GError **error) {
  return credential_allows(&call->who, scope) ||
    fail(error, MENO_ERROR_FORBIDDEN, "the credential \"%s\" has not the scope %s", call->who.label, credential_scope_names[scope]);
}

/* ---- what is meant ---------------------------------------------------------------------------------------------- */

static bool read_parameters(struct xapi_call *call, GError **error) {
  const char *query = call->request->target + call->request->path_length;
  call->parameters = form_query(*query == '?' ? query + 1 : "", error);
  return call->parameters != NULL;
}

static bool read_form(struct xapi_call *call, const char *method, GError **error) {
  static const char *const methods[] = { "GET", "PUT", "POST", "DELETE", "HEAD", NULL };
  if (!g_strv_contains(methods, method)) return fail(error, MENO_ERROR_BAD_INPUT, "the method \"%.20s\" cannot be meant", method);
  if (call->parameters->len != 1) return fail(error, MENO_ERROR_BAD_INPUT, "beside the parameter method, parameters stand in the form (xAPI-Communication 1.3)");
  if (!xapi_is_type(http_request_header(call->request, "Content-Type"), "application/x-www-form-urlencoded"))
    return fail(error, MENO_ERROR_BAD_INPUT, "the body must be application/x-www-form-urlencoded where the parameter method is used (xAPI-Communication 1.3)");
  g_autofree char *text = g_strndup(call->request->body ? call->request->body : "", call->request->body_length);
  if (strlen(text) != call->request->body_length) return fail(error, MENO_ERROR_BAD_INPUT, "the form holds a NUL");
  g_autoptr(GPtrArray) pairs = form_query(text, error);
  if (!pairs) return false;
  call->method = strcmp(method, "HEAD") == 0 ? "GET" : g_intern_string(method);
  call->form_headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert(call->form_headers, g_strdup("content-type"), g_strdup("application/json"));
  g_ptr_array_set_size(call->parameters, 0);
  for (guint i = 0; i < pairs->len; i++) {
    struct form_pair *pair = pairs->pdata[i];
    g_autofree char *small = g_ascii_strdown(pair->name, -1);
    if (g_strv_contains(form_header_names, small)) g_hash_table_insert(call->form_headers, g_steal_pointer(&small), g_strdup(pair->value));
    else {
      struct form_pair *copy = g_new(struct form_pair, 1);
      *copy = (struct form_pair){ g_strdup(pair->name), g_strdup(pair->value) };
      g_ptr_array_add(call->parameters, copy);
    }
  }
  const char *content = xapi_parameter(call, "content");
  if (!content && strcmp(call->method, "GET") != 0 && strcmp(call->method, "DELETE") != 0)
    return fail(error, MENO_ERROR_BAD_INPUT, "the form has no parameter content (xAPI-Communication 1.3)");
  call->length = content ? strlen(content) : 0;
  call->body = g_intern_string(""); /* where there is no content */
  return true;
}

/* The content is a parameter of the form, and lives with the call; it is none of the resource's. */
static void take_content(struct xapi_call *call) {
  for (guint i = 0; i < call->parameters->len; i++) {
    struct form_pair *pair = call->parameters->pdata[i];
    if (strcmp(pair->name, "content") != 0) continue;
    g_hash_table_insert(call->form_headers, g_strdup("\ncontent"), g_steal_pointer(&pair->value)); /* no header has that name */
    call->body = g_hash_table_lookup(call->form_headers, "\ncontent");
    g_ptr_array_remove_index(call->parameters, i);
    return;
  }
}

bool xapi_call_read(struct xapi_call *call, GError **error) {
  call->method = strcmp(call->request->method, "HEAD") == 0 ? "GET" : call->request->method;
  call->body = call->request->body ? call->request->body : "";
  call->length = call->request->body_length;
  if (!read_parameters(call, error)) return false;
  const char *method = strcmp(call->method, "POST") == 0 ? xapi_parameter(call, "method") : NULL;
  enum xapi_version version;
  bool newer = method && xapi_version_read(http_request_header(call->request, "X-Experience-API-Version"), &version, NULL) && version != XAPI_1_0_3;
  if (newer) return fail(error, MENO_ERROR_BAD_INPUT, "the alternate request syntax is no part of xAPI 2.0: send the method itself");
  if (!method) return true;
  g_autofree char *meant = g_strdup(method);
  if (!read_form(call, meant, error)) return false;
  take_content(call);
  return true;
}

/* ---- who asks --------------------------------------------------------------------------------------------------- */

/* "Basic base64(key:secret)"; false: it is no such thing. */
static bool read_basic(const char *header, char **ret_key, char **ret_secret) {
  if (!header || g_ascii_strncasecmp(header, "Basic ", 6) != 0) return false;
  unsigned char bytes[200];
  size_t length;
  header += 6 + strspn(header + 6, " ");
  if (sodium_base642bin(bytes, sizeof bytes - 1, header, strlen(header), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) return false;
  bytes[length] = 0;
  const char *colon = strchr((const char *)bytes, ':');
  if (!colon || strlen((const char *)bytes) != length) return false;
  *ret_key = g_strndup((const char *)bytes, (size_t)(colon - (const char *)bytes));
  *ret_secret = g_strdup(colon + 1);
  sodium_memzero(bytes, sizeof bytes);
  return true;
}

/* The Agent that vouches for what a credential stores: the credential by its id, so that another secret does not change it. */
static void name_authority(struct xapi_call *call) {
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "objectType", "Agent");
  json_put_string(&out, "name", call->who.label);
  json_open_object(&out, "account");
  json_put_string(&out, "homePage", LRS_CREDENTIALS);
  json_put_string(&out, "name", call->who.id);
  json_close_object(&out);
  json_close_object(&out);
  call->authority = g_strdup(out.text->str);
  call->authority_key = g_strconcat("account:" LRS_CREDENTIALS "|", call->who.id, NULL);
  call->actor = "connector:xapi"; /* which one, the authority says */
  call->room_key = call->who.room ? g_strconcat(LRS_ROOM, call->who.room, NULL) : NULL;
}

struct known { struct credential credential; int64_t found; };

static void known_free(void *data) {
  struct known *known = data;
  credential_clear(&known->credential);
  g_free(known);
}

GHashTable *xapi_known_new(void) { return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free); }

static struct credential copy(const struct credential *from) {
  return (struct credential){ g_strdup(from->id), g_strdup(from->key), g_strdup(from->label), from->scopes, from->created, from->used, from->revoked, g_strdup(from->room), g_strdup(from->by) };
}

static bool recall(struct xapi_call *call, const char *name, int64_t wall) {
  struct xapi_door *door = call->door;
  g_mutex_lock(&door->lock);
  const struct known *known = g_hash_table_lookup(door->known, name);
  bool fresh = known && wall >= known->found && wall - known->found < KNOWN_FOR;
  if (fresh) call->who = copy(&known->credential);
  g_mutex_unlock(&door->lock);
  return fresh;
}

static void remember(struct xapi_call *call, const char *name, int64_t wall) {
  struct xapi_door *door = call->door;
  struct known *known = g_new(struct known, 1);
  *known = (struct known){ copy(&call->who), wall };
  g_mutex_lock(&door->lock);
  if (g_hash_table_size(door->known) >= KNOWN_MOST) g_hash_table_remove_all(door->known);
  g_hash_table_insert(door->known, g_strdup(name), known);
  g_mutex_unlock(&door->lock);
}

bool xapi_call_identify(struct xapi_call *call, GError **error) {
  const char *header = xapi_header(call, "Authorization");
  g_autofree char *key = NULL, *secret = NULL;
  uint8_t hash[DIGEST_BYTES];
  char name[DIGEST_TEXT];
  int64_t wall = g_get_real_time();
  if (!read_basic(header, &key, &secret)) return fail(error, MENO_ERROR_UNAUTHENTICATED, "send the key and secret of a credential with Basic authentication");
  digest(header, strlen(header), hash);
  digest_format(hash, name);
  if (!recall(call, name, wall)) {
    int found = credential_find(system_store(call->door->system), wall, key, secret, &call->who, error);
    if (found == 0) fail(error, MENO_ERROR_UNAUTHENTICATED, "the key or the secret is not known, or the credential was revoked");
    if (found != 1) return false;
    if (!call->only_asks) remember(call, name, wall);
    call->looked_up = true;
  }
  name_authority(call);
  return true;
}

void xapi_call_clear(struct xapi_call *call) {
  g_clear_pointer(&call->incoming, xapi_incoming_free);
  g_clear_pointer(&call->parameters, g_ptr_array_unref);
  g_clear_pointer(&call->form_headers, g_hash_table_unref);
  credential_clear(&call->who);
  g_clear_pointer(&call->authority, g_free);
  g_clear_pointer(&call->authority_key, g_free);
  g_clear_pointer(&call->room_key, g_free);
}

/* ---- parameters that several resources have --------------------------------------------------------------------- */

char *xapi_agent_parameter(const struct xapi_call *call, const char **ret_text, GError **error) {
  const char *text = xapi_parameter(call, "agent");
  if (!text) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter agent is missing"), NULL;
  if (!xapi_check_agent_text(text, strlen(text), call->version, error)) {
    g_prefix_error(error, "the parameter agent: ");
    return NULL;
  }
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), error);
  char *key = doc ? lrs_agent_key(json_root(doc)) : NULL;
  if (doc && !key) fail(error, MENO_ERROR_BAD_INPUT, "the parameter agent has no identifier");
  if (ret_text) *ret_text = text;
  return key;
}

const char *xapi_iri_parameter(const struct xapi_call *call, const char *name, GError **error) {
  const char *text = xapi_parameter(call, name);
  if (!text) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter %s is missing", name), NULL;
  if (!xapi_is_iri(text, strlen(text))) return fail(error, MENO_ERROR_BAD_INPUT, "the parameter %s is no IRI: \"%.60s\"", name, text), NULL;
  return text;
}
