/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The studio: what there is to draft from, what has been made of it and whether it is still true; drafts to try, of which nothing
 * is recorded; assets as files. Assets are those that were approved and those that wait for approval. */
#include "ops/tables.h"
#include "studio/asset.h"
#include "studio/draft.h"
#include <math.h>
#include <string.h>

/* An asset, wherever it stands. */
struct shown { char *body, *proposal; const struct asset *asset; /* NULL: it waits */ struct json_doc *doc; };
struct studio { struct view *view; struct library *library; GPtrArray *assets; /* of struct shown */ int32_t today; };

static void shown_free(void *data) {
  struct shown *shown = data;
  json_doc_free(shown->doc);
  g_free(shown->body);
  g_free(shown->proposal);
  g_free(shown);
}

static void studio_clear(struct studio *studio) {
  g_clear_pointer(&studio->assets, g_ptr_array_unref);
  g_clear_pointer(&studio->library, library_free);
  g_clear_pointer(&studio->view, view_release);
}
typedef struct studio studio_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(studio_auto, studio_clear)

static bool add_shown(struct studio *studio, const char *body, const char *proposal, const struct asset *asset, GError **error) {
  struct shown *shown = g_new0(struct shown, 1);
  *shown = (struct shown){ .body = g_strdup(body), .proposal = g_strdup(proposal), .asset = asset };
  g_ptr_array_add(studio->assets, shown);
  return (shown->doc = json_parse(shown->body, strlen(shown->body), error)) != NULL; /* the document borrows the copy */
}

static bool load_waiting(struct op_call *call, struct studio *studio, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(GPtrArray) proposals = db ? gate_proposals(db, false, error) : NULL;
  for (guint i = 0; proposals && i < proposals->len; i++) {
    const struct gate_proposal *proposal = proposals->pdata[i];
    if (strcmp(proposal->kind, "publish asset") == 0 && gate_is_open(proposal) && !add_shown(studio, proposal->content, proposal->id, NULL, error)) return false;
  }
  return proposals != NULL;
}

static bool load_studio(struct op_call *call, struct studio *studio, GError **error) {
  studio->view = system_view(call->system, error);
  if (!studio->view) return false;
  const struct company *company = studio->view->company;
  studio->today = studio->view->day;
  studio->assets = g_ptr_array_new_with_free_func(shown_free);
  studio->library = library_new(company->sources.at, company->sources.count);
  for (int i = 0; i < company->assets.count; i++)
    if (!add_shown(studio, company->assets.at[i].body, NULL, &company->assets.at[i], error)) return false;
  return load_waiting(call, studio, error);
}

static bool uses_source(const struct shown *shown, const char *name) {
  struct json sources = json_get(json_root(shown->doc), "sources");
  struct json_iter it = json_iter(sources);
  while (json_type(sources) == JSON_ARRAY && json_next(&it))
    if (json_equals(json_get(it.value, "name"), name)) return true;
  return false;
}

static void put_text(struct json_writer *out, const char *key, struct json object, const char *member) { json_put_string(out, key, json_string(json_get(object, member))); }

static void put_any(struct json_writer *out, const char *key, struct json object) {
  struct json member = json_get(object, key);
  if (json_type(member) == JSON_ABSENT) {
    json_open_array(out, key);
    json_close_array(out);
  } else json_put_value(out, key, member);
}

/* ---- sources ----------------------------------------------------------------------------------------------------- */

static void write_used_by(struct json_writer *out, const struct studio *studio, const char *name) {
  json_open_array(out, "used_by");
  for (guint i = 0; i < studio->assets->len; i++) {
    const struct shown *shown = studio->assets->pdata[i];
    if (!uses_source(shown, name)) continue;
    json_open_object(out, NULL);
    put_text(out, "id", json_root(shown->doc), "id");
    put_text(out, "title", json_root(shown->doc), "title");
    json_put_string(out, "state", shown->asset ? "published" : "waiting");
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_source(struct json_writer *out, const struct studio *studio, const struct document *source) {
  double ease = reading_ease(&source->reading, source->language);
  json_put_string(out, "name", source->given.name);
  json_put_string(out, "title", source->title);
  json_put_string(out, "owner", source->given.owner);
  json_put_string(out, "licence", source->given.licence);
  json_put_string(out, "audience", source->given.audience);
  put_day(out, "valid_until", source->given.valid_until);
  json_put_bool(out, "expired", source->given.valid_until != CLOCK_NO_DAY && source->given.valid_until < studio->today);
  json_put_string(out, "language", language_codes[source->language]);
  json_put_integer(out, "words", source->words);
  json_put_number(out, "reading_ease", isnan(ease) ? NAN : round(10 * ease) / 10);
  json_put_string(out, "reading_level", reading_level(ease));
  json_put_integer(out, "spans", source->spans);
  json_put_bool(out, "cut_off", source->cut_off);
  json_put_integer(out, "hidden", source->hidden);
  write_used_by(out, studio, source->given.name);
}

static bool sources(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(studio_auto) studio = { 0 };
  if (!load_studio(call, &studio, error)) return false;
  put_day(out, "today", studio.today);
  json_open_array(out, "sources");
  for (int i = 0; i < studio.library->source_count; i++) {
    json_open_object(out, NULL);
    write_source(out, &studio, &studio.library->sources[i]);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* Span id → the ids of the assets that rest on it. */
static GHashTable *uses_of(const struct studio *studio) {
  GHashTable *uses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < studio->assets->len; i++) {
    struct json body = json_root(((struct shown *)studio->assets->pdata[i])->doc), spans = json_get(body, "spans");
    const char *asset = json_string(json_get(body, "id"));
    struct json_iter it = json_iter(spans);
    while (asset && json_type(spans) == JSON_ARRAY && json_next(&it)) {
      const char *id = json_string(json_get(it.value, "id"));
      GPtrArray *resting = id ? g_hash_table_lookup(uses, id) : NULL;
      if (id && !resting) g_hash_table_insert(uses, g_strdup(id), resting = g_ptr_array_new_with_free_func(g_free));
      if (id && !g_ptr_array_find_with_equal_func(resting, asset, g_str_equal, NULL)) g_ptr_array_add(resting, g_strdup(asset));
    }
  }
  return uses;
}

static void write_span(struct json_writer *out, const struct library *library, const struct span *span, GHashTable *uses) {
  const struct unit *unit = span->unit >= 0 ? library_unit(library, span->unit) : NULL;
  json_open_object(out, NULL);
  json_put_string(out, "id", span->id);
  json_put_string(out, "kind", span_kind_names[span->kind]);
  json_put_string(out, "block", block_kind_names[span->block]);
  json_put_integer(out, "level", unit ? unit->level : library_section(library, span->section)->level);
  json_put_integer(out, "unit", span->unit);
  json_put_string(out, "speaker", unit ? unit->speaker : NULL);
  json_put_string(out, "text", span->text);
  json_open_array(out, "cues");
  for (int c = 0; c < CUE_COUNT; c++)
    if (span->cues & BIT(c)) json_put_string(out, NULL, cue_names[c]);
  json_close_array(out);
  const GPtrArray *resting = g_hash_table_lookup(uses, span->id);
  json_put_integer(out, "uses", resting ? resting->len : 0);
  json_open_array(out, "assets");
  for (guint i = 0; resting && i < resting->len; i++) json_put_string(out, NULL, resting->pdata[i]);
  json_close_array(out);
  json_close_object(out);
}

static bool source(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(studio_auto) studio = { 0 };
  if (!load_studio(call, &studio, error)) return false;
  int index = library_source(studio.library, op_text(call, "name"));
  if (index < 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no source \"%s\"; `studio sources` lists them", op_text(call, "name"));
  const struct document *document = &studio.library->sources[index];
  g_autoptr(GHashTable) uses = uses_of(&studio);
  write_source(out, &studio, document);
  json_open_array(out, "text");
  for (int s = document->first_span; s < document->first_span + document->spans; s++) write_span(out, studio.library, library_span(studio.library, s), uses);
  json_close_array(out);
  return true;
}

/* ---- assets ------------------------------------------------------------------------------------------------------ */

static void write_asset_row(struct json_writer *out, const struct studio *studio, const struct shown *shown) {
  struct json body = json_root(shown->doc);
  const struct company *company = studio->view->company;
  const struct asset *asset = shown->asset;
  int goal = asset ? asset->goal : json_string(json_get(body, "goal")) ? company_goal(company, json_string(json_get(body, "goal"))) : -1;
  put_text(out, "id", body, "id");
  put_text(out, "title", body, "title");
  put_text(out, "modality", body, "modality");
  put_text(out, "pattern", body, "pattern");
  put_text(out, "language", body, "language");
  put_text(out, "need", body, "need");
  put_text(out, "intervention", body, "intervention");
  json_put_string(out, "goal", goal >= 0 ? company->goals.at[goal].id : NULL);
  json_put_string(out, "goal_name", goal >= 0 ? company->goals.at[goal].name : NULL);
  json_put_string(out, "state", asset ? "published" : "waiting");
  json_put_string(out, "proposal", shown->proposal);
  put_day(out, "published", asset ? asset->published : CLOCK_NO_DAY);
  json_put_integer(out, "blocks", (int64_t)json_count(json_get(body, "blocks")));
  json_put_number(out, "minutes", asset_minutes(body));
  json_put_string(out, "freshness", freshness_names[asset_freshness(studio->library, body, studio->today)]);
  asset_write_freshness(studio->library, body, studio->today, out, "fresh");
  json_put_integer(out, "unsourced_sentences", asset_unsourced(studio->library, body, NULL));
  struct json checks = json_get(body, "checks");
  json_put_string(out, "reading_level", json_string(json_get(checks, "reading_level")));
  json_open_array(out, "sources");
  struct json_iter it = json_iter(json_get(body, "sources"));
  while (json_type(json_get(body, "sources")) == JSON_ARRAY && json_next(&it)) put_text(out, NULL, it.value, "name");
  json_close_array(out);
}

static bool assets(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(studio_auto) studio = { 0 };
  if (!load_studio(call, &studio, error)) return false;
  json_open_array(out, "assets");
  for (guint i = 0; i < studio.assets->len; i++) {
    json_open_object(out, NULL);
    write_asset_row(out, &studio, studio.assets->pdata[i]);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* By the asset's id, or the id of the proposal that carries it; an open draft goes before what was published under the same id. */
static const struct shown *find_asset(const struct studio *studio, const char *id, GError **error) {
  const struct shown *found = NULL;
  for (guint i = 0; i < studio->assets->len; i++) {
    const struct shown *shown = studio->assets->pdata[i];
    if (g_strcmp0(shown->proposal, id) == 0) return shown;
    if (!found && json_equals(json_get(json_root(shown->doc), "id"), id)) found = shown;
  }
  if (!found) fail(error, MENO_ERROR_NOT_FOUND, "there is no asset \"%s\", approved or waiting; `studio assets` lists them", id);
  return found;
}

/* The spans that it rests on: as drafted, and as they are now. */
static void write_rests_on(struct json_writer *out, const struct studio *studio, struct json body) {
  struct json spans = json_get(body, "spans");
  struct json_iter it = json_iter(spans);
  json_open_array(out, "spans");
  while (json_type(spans) == JSON_ARRAY && json_next(&it)) {
    const char *id = json_string(json_get(it.value, "id"));
    int index = id ? library_by_id(studio->library, id) : -1;
    json_open_object(out, NULL);
    json_put_string(out, "id", id);
    put_text(out, "source", it.value, "source");
    put_text(out, "text", it.value, "text");
    json_put_bool(out, "there", index >= 0);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool asset(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(studio_auto) studio = { 0 };
  if (!load_studio(call, &studio, error)) return false;
  const struct shown *shown = find_asset(&studio, op_text(call, "id"), error);
  if (!shown) return false;
  struct json body = json_root(shown->doc);
  write_asset_row(out, &studio, shown);
  json_put_string(out, "drafted_by", json_string(json_get(body, "drafted_by")));
  json_put_value(out, "content", json_get(body, "blocks"));
  json_put_value(out, "documents", json_get(body, "sources"));
  write_rests_on(out, &studio, body);
  asset_write_checks(studio.library, body, out, "checks");
  put_any(out, "trace", body);
  put_any(out, "rejected", body);
  put_any(out, "audience", body);
  if (json_type(json_get(body, "envelope")) == JSON_OBJECT) json_put_value(out, "envelope", json_get(body, "envelope"));
  else json_put_null(out, "envelope");
  return true;
}

/* ---- drafts ------------------------------------------------------------------------------------------------------ */

struct asking { GArray *sources; /* of int */ GPtrArray *phrases; const char *topic, *context; };

static void phrases_of_skill(const struct skill *skill, GPtrArray *phrases) {
  g_auto(GStrv) aliases = g_strsplit(skill->aliases ? skill->aliases : "", ";", -1);
  g_ptr_array_add(phrases, g_strdup(skill->name));
  for (char **alias = aliases; *alias; alias++)
    if (*g_strstrip(*alias)) g_ptr_array_add(phrases, g_strdup(*alias));
}

/* What is asked for: a need's skills, else a topic (a skill's name or free words), else whole sources. */
static bool read_asking(struct op_call *call, const struct studio *studio, struct asking *asking, GError **error) {
  const struct company *company = studio->view->company;
  const char *need = op_text(call, "need"), *topic = op_text(call, "topic");
  struct json names = json_get(call->in, "sources");
  struct json_iter it = json_iter(names);
  while (json_type(names) == JSON_ARRAY && json_next(&it)) {
    int index = library_source(studio->library, json_string(it.value));
    if (index < 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no source \"%s\"; `studio sources` lists them", json_string(it.value));
    if (asking->sources->len == LIMIT_DRAFT_SOURCES) return fail(error, MENO_ERROR_TOO_LARGE, "a draft is made from at most %d sources; name fewer", LIMIT_DRAFT_SOURCES);
    g_array_append_val(asking->sources, index);
  }
  for (int i = 0; need && i < company->needs.count; i++) {
    const struct known_need *known = &company->needs.at[i];
    if (strcmp(known->id, need) != 0) continue;
    for (int s = 0; s < known->skill_count; s++) phrases_of_skill(&company->skills.at[known->skills[s]], asking->phrases);
    if (known->skill_count) asking->topic = company->skills.at[known->skills[0]].name;
    asking->context = known->title;
    return asking->phrases->len > 0 || fail(error, MENO_ERROR_BAD_INPUT, "the need \"%s\" names no skill; give a topic", need);
  }
  if (need) return fail(error, MENO_ERROR_NOT_FOUND, "there is no need \"%s\" now", need);
  for (int i = 0; topic && i < company->skills.count; i++)
    if (strcmp(company->skills.at[i].id, topic) == 0 || g_ascii_strcasecmp(company->skills.at[i].name, topic) == 0) {
      phrases_of_skill(&company->skills.at[i], asking->phrases);
      asking->topic = company->skills.at[i].name; /* a reader knows it by its name, not by its id */
    }
  if (topic && !asking->phrases->len) g_ptr_array_add(asking->phrases, g_strdup(topic));
  if (!asking->topic) asking->topic = topic;
  return topic || asking->sources->len || fail(error, MENO_ERROR_BAD_INPUT, "neither sources nor a topic nor a need was given; give one");
}

static bool write_draft(struct json_writer *out, const struct studio *studio, const struct asking *asking, const struct pattern *pattern, GError **error) {
  struct draft_request request = { .topic = asking->topic, .phrases = (const char *const *)asking->phrases->pdata, .phrase_count = (int)asking->phrases->len, .context = asking->context,
    .sources = (const int *)(void *)asking->sources->data, .source_count = (int)asking->sources->len, .pattern = pattern };
  g_autofree char *missing = NULL;
  g_auto(json_writer_auto) asset_text = { 0 };
  json_writer_init(&asset_text);
  json_open_object(&asset_text, NULL);
  bool drafted = draft_asset(studio->library, &request, &asset_text, &missing);
  json_close_object(&asset_text);
  size_t length;
  g_autofree char *text = json_writer_steal(&asset_text, &length);
  g_autoptr(json_doc_auto) doc = json_parse(text, length, error);
  if (!doc) return false;
  json_open_object(out, NULL);
  json_put_string(out, "pattern", pattern->name);
  json_put_string(out, "modality", pattern->modality);
  json_put_string(out, "does", pattern->does);
  json_put_string(out, "refused", missing);
  if (drafted) {
    json_put_raw(out, "asset", text, length);
    asset_write_checks(studio->library, json_root(doc), out, "checks");
  } else {
    json_put_null(out, "asset");
    json_put_null(out, "checks");
  }
  json_close_object(out);
  return true;
}

static bool draft(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(studio_auto) studio = { 0 };
  g_autoptr(patterns_auto) patterns = patterns_load(system_dir(call->system), error);
  if (!patterns || !load_studio(call, &studio, error)) return false;
  const char *name = op_text(call, "pattern");
  if (name && !patterns_find(patterns, name)) return fail(error, MENO_ERROR_NOT_FOUND, "there is no pattern \"%s\"; `studio patterns` lists them", name);
  g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(int));
  g_autoptr(GPtrArray) phrases = g_ptr_array_new_with_free_func(g_free);
  struct asking asking = { chosen, phrases, NULL, NULL };
  if (!read_asking(call, &studio, &asking, error)) return false;
  json_open_array(out, "drafts");
  for (guint i = 0; i < patterns->all->len; i++) {
    const struct pattern *pattern = patterns->all->pdata[i];
    if ((!name || strcmp(pattern->name, name) == 0) && !write_draft(out, &studio, &asking, pattern, error)) return false;
  }
  json_close_array(out);
  return true;
}

/* ---- export, patterns -------------------------------------------------------------------------------------------- */

static bool export_asset(struct op_call *call, struct json_writer *out, GError **error) {
  g_auto(studio_auto) studio = { 0 };
  if (!load_studio(call, &studio, error)) return false;
  const struct shown *shown = find_asset(&studio, op_text(call, "id"), error);
  if (!shown) return false;
  bool markdown = op_text(call, "form") && strcmp(op_text(call, "form"), "markdown") == 0;
  struct render render = { .asset = json_root(shown->doc), .published = shown->asset ? shown->asset->published : CLOCK_NO_DAY };
  char *text = markdown ? render_markdown(&render) : render_html(&render);
  call->file_name = g_strdup_printf("%s.%s", json_string(json_get(json_root(shown->doc), "id")), markdown ? "md" : "html");
  call->file_type = markdown ? "text/markdown; charset=utf-8" : "text/html; charset=utf-8";
  call->file_out = g_bytes_new_take(text, strlen(text));
  return true;
}

static bool patterns_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(patterns_auto) patterns = patterns_load(system_dir(call->system), error);
  if (!patterns) return false;
  json_open_array(out, "patterns");
  for (guint i = 0; i < patterns->all->len; i++) {
    const struct pattern *pattern = patterns->all->pdata[i];
    json_open_object(out, NULL);
    json_put_string(out, "name", pattern->name);
    json_put_string(out, "modality", pattern->modality);
    json_put_string(out, "does", pattern->does);
    json_put_integer(out, "words", pattern->words);
    json_open_array(out, "blocks");
    for (int b = 0; b < pattern->block_count; b++) {
      json_open_object(out, NULL);
      json_put_string(out, "id", pattern->blocks[b].id);
      json_put_string(out, "role", pattern->blocks[b].role);
      json_put_string(out, "form", form_names[pattern->blocks[b].form]);
      json_put_string(out, "heading", pattern->blocks[b].own ? "as in the source" : pattern->blocks[b].heading[LANGUAGE_ENGLISH]);
      json_close_object(out);
    }
    json_close_array(out);
    json_open_array(out, "needs");
    for (int n = 0; n < pattern->need_count; n++) json_put_string(out, NULL, pattern->needs[n].says);
    json_close_array(out);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static const struct field used_fields[] = { { "id", FIELD_ID("asset"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "state", FIELD_TEXT(0), REQUIRED, "published or waiting" }, { 0 } };
#define SOURCE_FIELDS \
  { "name", FIELD_ID("source"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "owner", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "licence", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, \
  { "audience", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "valid_until", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "expired", FIELD_BOOL, REQUIRED, "" }, \
  { "language", FIELD_TEXT(0), REQUIRED, "en, de, fr or und" }, { "words", FIELD_COUNT, REQUIRED, "" }, { "reading_ease", FIELD_FIGURE, REQUIRED | NULLABLE, "Flesch, by language" }, \
  { "reading_level", FIELD_TEXT(0), REQUIRED, "in words" }, { "spans", FIELD_COUNT, REQUIRED, "sentences, labels and headings" }, { "cut_off", FIELD_BOOL, REQUIRED, "it is longer than what is read" }, \
  { "hidden", FIELD_COUNT, REQUIRED, "passages that a reader would not have seen and that were left out" }, { "used_by", FIELD_LIST(used_fields), REQUIRED, "assets that rest on it" }
static const struct field source_row[] = { SOURCE_FIELDS, { 0 } };
static const struct field sources_out[] = { { "today", FIELD_DAY, REQUIRED, "by which validity is judged" }, { "sources", FIELD_LIST(source_row), REQUIRED, "by name" }, { 0 } };
static const struct field span_fields[] = { { "id", FIELD_ID("span"), REQUIRED, "stays the same while the text stays the same" }, { "kind", FIELD_TEXT(0), REQUIRED, "heading, label, sentence, code" },
  { "block", FIELD_TEXT(0), REQUIRED, "heading, paragraph, item, step, row, quote, code, turn" }, { "level", FIELD_COUNT, REQUIRED, "of a heading or a list" },
  { "unit", FIELD_INTEGER(-1, 1e9), REQUIRED, "sentences of one paragraph or item have the same; -1: a heading" }, { "speaker", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "text", FIELD_TEXT(0), REQUIRED, "" }, { "cues", FIELD_TEXTS, REQUIRED, "what it was recognised as" }, { "uses", FIELD_COUNT, REQUIRED, "assets that rest on it" }, { "assets", FIELD_TEXTS, REQUIRED, "their ids" }, { 0 } };
static const struct field source_out[] = { SOURCE_FIELDS, { "text", FIELD_LIST(span_fields), REQUIRED, "in order" }, { 0 } };
static const struct field source_in[] = { { "name", FIELD_ID("source"), REQUIRED | IN_PATH, "the source" }, { 0 } };

static const char *const freshness_words[] = { "fresh", "source expired", "source changed", "contradicted", "source gone", NULL };
static const struct field change_fields[] = { { "freshness", FIELD_WORD(freshness_words), REQUIRED, "" }, { "span", FIELD_ID("span"), REQUIRED, "" }, { "source", FIELD_TEXT(0), REQUIRED, "" }, { "was", FIELD_TEXT(0), REQUIRED, "" },
  { "now", FIELD_TEXT(0), REQUIRED | NULLABLE, "what stands there now, or what contradicts it; null: gone" }, { "other", FIELD_TEXT(0), REQUIRED | NULLABLE, "the source that contradicts" }, { 0 } };
static const struct field fresh_fields[] = { { "block", FIELD_TEXT(0), REQUIRED, "" }, { "freshness", FIELD_WORD(freshness_words), REQUIRED, "" }, { "changes", FIELD_LIST(change_fields), REQUIRED, "" }, { 0 } };
static const char *const asset_states[] = { "published", "waiting", NULL };
#define ASSET_FIELDS \
  { "id", FIELD_ID("asset"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "modality", FIELD_TEXT(0), REQUIRED, "" }, { "pattern", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, \
  { "language", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "need", FIELD_ID("need"), REQUIRED | NULLABLE, "" }, { "intervention", FIELD_ID("intervention"), REQUIRED | NULLABLE, "" }, \
  { "goal", FIELD_ID("goal"), REQUIRED | NULLABLE, "" }, { "goal_name", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "state", FIELD_WORD(asset_states), REQUIRED, "" }, \
  { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "where it waits for approval" }, { "published", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "blocks", FIELD_COUNT, REQUIRED, "" }, \
  { "minutes", FIELD_NUMBER(0, 1e6), REQUIRED, "that it takes" }, { "freshness", FIELD_WORD(freshness_words), REQUIRED, "the worst of its blocks" }, \
  { "fresh", FIELD_LIST(fresh_fields), REQUIRED, "by block" }, \
  { "unsourced_sentences", FIELD_COUNT, REQUIRED, "that the sources, as they are now, do not bear out" }, { "reading_level", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, \
  { "sources", FIELD_TEXTS, REQUIRED, "names" }
static const struct field asset_row[] = { ASSET_FIELDS, { 0 } };
static const struct field assets_out[] = { { "assets", FIELD_LIST(asset_row), REQUIRED, "published first, then what waits" }, { 0 } };
static const struct field rest_fields[] = { { "id", FIELD_ID("span"), REQUIRED, "" }, { "source", FIELD_TEXT(0), REQUIRED, "" }, { "text", FIELD_TEXT(0), REQUIRED, "as it was when it was drafted" },
  { "there", FIELD_BOOL, REQUIRED, "it still stands there" }, { 0 } };
static const struct field access_fields[] = { { "check", FIELD_TEXT(0), REQUIRED, "" }, { "fine", FIELD_BOOL, REQUIRED, "" }, { "note", FIELD_TEXT(0), REQUIRED | NULLABLE, "what to look at" }, { 0 } };
static const struct field checks_fields[] = { { "access", FIELD_LIST(access_fields), REQUIRED, "accessibility, as far as text goes" }, { "longest_sentence", FIELD_COUNT, REQUIRED, "words" }, { "minutes", FIELD_NUMBER(0, 1e6), REQUIRED, "" },
  { "reading_ease", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "reading_level", FIELD_TEXT(0), REQUIRED, "" }, { "sentences", FIELD_COUNT, REQUIRED, "" },
  { "unsourced", FIELD_TEXTS, REQUIRED, "sentences that their spans do not bear out" }, { "unsourced_sentences", FIELD_COUNT, REQUIRED, "" }, { "words", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field document_fields[] = { { "name", FIELD_TEXT(0), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "valid_until", FIELD_DAY, REQUIRED | NULLABLE, "" },
  { "licence", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field sentence_fields[] = { { "text", FIELD_TEXT(0), REQUIRED, "" }, { "spans", FIELD_TEXTS, REQUIRED, "ids of the spans that it rests on" }, { 0 } };
static const struct field option_fields[] = { { "text", FIELD_TEXT(0), REQUIRED, "" }, { "spans", FIELD_TEXTS, REQUIRED, "" }, { "right", FIELD_BOOL, REQUIRED, "" }, { 0 } };
static const struct field question_fields[] = { { "id", FIELD_TEXT(0), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED, "case, if, why, figure, worse, next" }, { "ask", FIELD_TEXT(0), REQUIRED, "the pattern's words" },
  { "stem", FIELD_OBJECT(sentence_fields), REQUIRED, "" }, { "options", FIELD_LIST(option_fields), REQUIRED, "one is right" }, { "feedback", FIELD_LIST(sentence_fields), REQUIRED, "" }, { 0 } };
static const struct field item_fields[] = { { "lead", FIELD_OBJECT(sentence_fields), REQUIRED | NULLABLE, "its label" }, { "sentences", FIELD_LIST(sentence_fields), REQUIRED, "" }, { 0 } };
static const struct field block_fields[] = { { "id", FIELD_TEXT(0), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED, "text, list, steps or check" }, { "role", FIELD_TEXT(0), REQUIRED, "" },
  { "heading", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "heading_spans", FIELD_TEXTS, REQUIRED, "none: the pattern's own words" }, { "items", FIELD_LIST(item_fields), REQUIRED, "" },
  { "questions", FIELD_LIST(question_fields), REQUIRED, "" }, { 0 } };
static const struct field asset_out[] = { ASSET_FIELDS, { "drafted_by", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "content", FIELD_LIST(block_fields), REQUIRED, "the blocks" },
  { "documents", FIELD_LIST(document_fields), REQUIRED, "the sources" }, { "spans", FIELD_LIST(rest_fields), REQUIRED, "what the sentences rest on" }, 
  { "checks", FIELD_OBJECT(checks_fields), REQUIRED, "" }, { "trace", FIELD_ANY, REQUIRED, "the rules that chose the modality: [{rule, sentence, fits}]" }, { "rejected", FIELD_ANY, REQUIRED, "modalities that were not chosen: [{modality, reason}]" },
  { "audience", FIELD_ANY, REQUIRED, "teams" }, { "envelope", FIELD_ANY, REQUIRED | NULLABLE, "channels, from, until, minutes" }, { 0 } };
static const struct field asset_in[] = { { "id", FIELD_ID("asset"), REQUIRED | IN_PATH, "the asset, or the proposal that carries it" }, { 0 } };
static const char *const export_forms[] = { "html", "markdown", NULL };
static const struct field export_in[] = { { "id", FIELD_ID("asset"), REQUIRED | IN_PATH, "the asset, or the proposal that carries it" }, { "form", FIELD_WORD(export_forms), 0, "html or markdown" }, { 0 } };

static const struct field draft_in[] = { { "sources", FIELD_TEXTS, 0, "names; none: all that speak of the topic" }, { "topic", FIELD_TEXT(LIMIT_ID), 0, "a skill, or words that a title or heading holds" },
  { "need", FIELD_ID("need"), 0, "a need: its skills are the topic" }, { "pattern", FIELD_TEXT(LIMIT_ID), 0, "none: all of them, side by side" }, { 0 } };
static const struct field drafted_fields[] = { { "pattern", FIELD_TEXT(0), REQUIRED, "" }, { "modality", FIELD_TEXT(0), REQUIRED, "" }, { "does", FIELD_TEXT(0), REQUIRED, "" },
  { "refused", FIELD_TEXT(0), REQUIRED | NULLABLE, "what the sources lack" }, { "asset", FIELD_ANY, REQUIRED | NULLABLE, "id, title, modality, pattern, topic, language, drafted_by, blocks, sources, spans" },
  { "checks", FIELD_OBJECT(checks_fields), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field draft_out[] = { { "drafts", FIELD_LIST(drafted_fields), REQUIRED, "" }, { 0 } };
static const struct field pattern_block_fields[] = { { "id", FIELD_TEXT(0), REQUIRED, "" }, { "role", FIELD_TEXT(0), REQUIRED, "" }, { "form", FIELD_TEXT(0), REQUIRED, "" }, { "heading", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field pattern_fields[] = { { "name", FIELD_TEXT(0), REQUIRED, "" }, { "modality", FIELD_TEXT(0), REQUIRED, "" }, { "does", FIELD_TEXT(0), REQUIRED, "" }, { "words", FIELD_COUNT, REQUIRED, "about how long" },
  { "blocks", FIELD_LIST(pattern_block_fields), REQUIRED, "" }, { "needs", FIELD_TEXTS, REQUIRED, "what it refuses to do without" }, { 0 } };
static const struct field patterns_out[] = { { "patterns", FIELD_LIST(pattern_fields), REQUIRED, "" }, { 0 } };

const struct op studio_ops[] = {
  { "studio sources", GET, "/studio/sources", MAY_READ_STUDIO, NULL, sources_out, sources, "What the company has written down, and what rests on it", "content" },
  { "studio source", GET, "/studio/sources/{name}", MAY_READ_STUDIO, source_in, source_out, source, "One source, cut into spans", "content" },
  { "studio assets", GET, "/studio/assets", MAY_READ_STUDIO, NULL, assets_out, assets, "Learning assets, and whether they are still true", "content" },
  { "studio asset", GET, "/studio/assets/{id}", MAY_READ_STUDIO, asset_in, asset_out, asset, "One asset beside its sources, with freshness, checks and why it is what it is", "content" },
  { "studio draft", POST, "/studio/drafts", MAY_DRAFT, draft_in, draft_out, draft, "Try drafts from sources; nothing is recorded", "content" },
  { "studio export", GET, "/studio/assets/{id}/export", MAY_READ_STUDIO, export_in, NULL, export_asset, "An asset as a page or as Markdown", "content", BODY_FILE_OUT },
  { "studio patterns", GET, "/studio/patterns", MAY_READ_STUDIO, NULL, patterns_out, patterns_list, "The patterns that drafts follow", "content" },
  { 0 } };
