/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * content: what would close this need: something that exists, a job aid, a practice, a cohort, a programme? In which
 * modality, and why not another?
 *
 * Inputs: needs with what people said of them, interventions, skills and what they are called, sources, programmes, the
 * assets that were approved already, and how many people the teams concerned have.
 *
 * Method. For an accepted need with a training remedy, and for an open need whose cause is skill:
 *   1. What exists? Programmes that teach the skill, assets that were approved for it and are still true.
 *   2. What do the sources allow? Every pattern is tried on the sources that speak of the skill; a refusal says what is missing.
 *   3. Which modality? The rules of content-rules.c, each with its sentence; what was not chosen says why.
 *   4. For an accepted need: the drafts of the chosen modalities are proposed for publication, each as one proposal with its
 *      audience and envelope; what only people can do (programme, cohort, practice) is handed to people as a specification.
 *
 * It claims "content plan" (subject: the need; {need, intervention, topic, chosen, trace, rejected, exists, value}) and "draft"
 * (subject: the asset; {asset, need, pattern, title, sources, spans, value}), and proposes "publish asset" and "brief
 * people". An asset that was approved is proposed again only when its sources have changed and another text comes of it.
 *
 * How it can be wrong: a source is on a skill if its name, title or a heading says so in the skill's or an alias's words; what
 * is called otherwise is not found. What the drafter can get wrong stands in src/studio/draft.c. A draft of several
 * skills' need is made for the first skill that the sources speak of. */
#include "agents/content-private.h"
#include "base/id.h"
#include <math.h>
#include <string.h>

#define OPEN_DAYS 30       /* a proposal lapses */
#define VALID_DAYS 92
#define DELIVER_WEEKS 8    /* where the intervention does not say until when */
#define EVIDENCE_MOST 4

struct agent_run { const struct snapshot *now; const struct library *library; const struct patterns *patterns; struct turn *out; int32_t today; };

/* ---- the case -------------------------------------------------------------------------------------------------------- */

static const struct intervention *intervention_of(const struct company *c, const char *need)
{
  for (int i = 0; i < c->interventions.count; i++) {
    const struct intervention *row = &c->interventions.at[i];
    if (row->training && row->state == INTERVENTION_RUNNING && g_strcmp0(row->need, need) == 0)
      return row;
  }
  return NULL;
}

static bool teaches(const struct programme *programme, int skill)
{
  for (int i = 0; i < programme->skill_count; i++)
    if (programme->skills[i] == skill)
      return true;
  return false;
}

static void add_phrases(GPtrArray *phrases, const struct skill *skill)
{
  g_auto(GStrv) aliases = g_strsplit(skill->aliases ? skill->aliases : "", ";", -1);
  g_ptr_array_add(phrases, g_strdup(skill->name));
  for (char **alias = aliases; *alias; alias++)
    if (*g_strstrip(*alias))
      g_ptr_array_add(phrases, g_strdup(*alias));
}

/* How much the sources have on a skill: the best of them. */
static double material_on(const struct library *library, const struct skill *skill)
{
  g_autoptr(GPtrArray) phrases = g_ptr_array_new_with_free_func(g_free);
  g_autofree double *relevance = g_new0(double, (gsize)library->source_count + 1);
  double best = 0;
  add_phrases(phrases, skill);
  draft_relevance(library, (const char *const *)phrases->pdata, (int)phrases->len, relevance);
  for (int s = 0; s < library->source_count; s++)
    best = fmax(best, relevance[s]);
  return best;
}

/* The teams that the need is about; of an intervention those that get it. */
static bool *teams_of(const struct content_case *c)
{
  bool *mine = g_new0(bool, (gsize)c->company->teams.count + 1);
  for (int i = 0; c->intervention == NULL && i < c->need->team_count; i++)
    mine[c->need->teams[i]] = true;
  for (int i = 0; c->intervention != NULL && i < c->intervention->count; i++) {
    const struct intervention_team *row = &c->company->intervention_teams.at[c->intervention->first + i];
    mine[row->team] |= row->start != CLOCK_NO_DAY;
  }
  return mine;
}

static int count_people(const struct content_case *c)
{
  g_autofree bool *mine = teams_of(c);
  int people = 0;
  for (int t = 0; t < c->company->teams.count; t++)
    people += mine[t] ? c->company->teams.at[t].size : 0;
  return people;
}

static int spans_of(const char *json, int *ret_sentences)
{
  g_autoptr(json_doc_auto) doc = json_parse(json, strlen(json), NULL);
  g_autoptr(GArray) sentences = asset_sentences(json_root(doc));
  *ret_sentences = (int)sentences->len;
  return (int)json_count(json_get(json_root(doc), "spans"));
}

static void try_pattern(struct content_case *c, const struct pattern *pattern)
{
  struct content_draft *draft = &c->drafts[c->draft_count++];
  g_autofree char *id = id_short("a", c->need->id, pattern->name, NULL);
  struct draft_request request = { .id = id, .topic = c->topic, .phrases = (const char *const *)c->phrases->pdata, .phrase_count = (int)c->phrases->len,
    .context = c->need->goal >= 0 ? c->company->goals.at[c->need->goal].name : c->need->title, .pattern = pattern };
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  bool fine = draft_asset(c->library, &request, &w, &draft->missing);
  json_close_object(&w);
  draft->pattern = pattern;
  if (!fine) {
    json_writer_clear(&w);
    return;
  }
  g_autofree char *text = json_writer_steal(&w, NULL);
  g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), NULL);
  g_autoptr(GPtrArray) unsourced = g_ptr_array_new_with_free_func(g_free);
  if (asset_unsourced(c->library, json_root(doc), unsourced) > 0) {
    draft->missing = g_strdup_printf("a sentence of the draft is not borne out by its sources: \"%s\"", (const char *)unsourced->pdata[0]);
    return;
  }
  draft->spans = spans_of(text, &draft->sentences);
  draft->json = g_steal_pointer(&text);
}

static void case_init(struct content_case *c, const struct agent_run *run, const struct known_need *need)
{
  *c = (struct content_case){ .company = run->now->company, .library = run->library, .need = need, .programme = -1 };
  c->intervention = intervention_of(c->company, need->id);
  c->skills = c->intervention != NULL && c->intervention->skill_count > 0 ? c->intervention->skills : need->skills;
  c->skill_count = c->intervention != NULL && c->intervention->skill_count > 0 ? c->intervention->skill_count : need->skill_count;
  c->phrases = g_ptr_array_new_with_free_func(g_free);
  int main_skill = -1;
  double most = -1;
  for (int i = 0; i < c->skill_count; i++) {
    double material = material_on(c->library, &c->company->skills.at[c->skills[i]]);
    if (material > most)
      most = material, main_skill = c->skills[i];
  }
  if (main_skill >= 0) {
    c->topic = c->company->skills.at[main_skill].name;
    add_phrases(c->phrases, &c->company->skills.at[main_skill]);
  }
  for (int p = 0; p < c->company->programmes.count && c->programme < 0; p++)
    for (int i = 0; i < c->skill_count; i++)
      if (c->company->programmes.at[p].active && teaches(&c->company->programmes.at[p], c->skills[i]))
        c->programme = p;
  c->people = count_people(c);
  c->stakes_word = content_stakes(c);
  c->high_stakes = c->stakes_word != NULL;
  c->regulated = content_regulated(c);
  for (guint i = 0; i < run->patterns->all->len && c->draft_count < (int)G_N_ELEMENTS(c->drafts); i++)
    try_pattern(c, run->patterns->all->pdata[i]);
}

static void case_clear(struct content_case *c)
{
  for (int i = 0; i < c->draft_count; i++) {
    g_free(c->drafts[i].json);
    g_free(c->drafts[i].missing);
  }
  g_ptr_array_unref(c->phrases);
}

/* ---- what is written ------------------------------------------------------------------------------------------------- */

static void put_money(const struct content_case *c, struct json_writer *w)
{
  json_open_object(w, "value");
  json_put_number(w, "money", c->need->money);
  json_close_object(w);
}

static void put_day(struct json_writer *w, const char *key, int32_t day)
{
  char text[CLOCK_TEXT];
  json_put_string(w, key, day == CLOCK_NO_DAY ? NULL : clock_format_day(day, text));
}

/* Teams by name; those of fewer than five people are counted among the people, and not named. */
static void put_audience(const struct content_case *c, struct json_writer *w)
{
  g_autofree bool *mine = teams_of(c);
  json_open_array(w, "audience");
  for (int t = 0; t < c->company->teams.count; t++)
    if (mine[t] && c->company->teams.at[t].size >= CONTENT_LEAST_GROUP)
      json_put_string(w, NULL, c->company->teams.at[t].name);
  json_close_array(w);
}

static void put_envelope(const struct content_case *c, int32_t today, double minutes, struct json_writer *w)
{
  int32_t from = CLOCK_NO_DAY, last = today;
  for (int i = 0; i < c->intervention->count; i++) {
    int32_t start = c->company->intervention_teams.at[c->intervention->first + i].start;
    if (start == CLOCK_NO_DAY)
      continue;
    from = from == CLOCK_NO_DAY ? start : MIN(from, start);
    last = MAX(last, start);
  }
  int weeks = c->intervention->to_week > 0 ? c->intervention->to_week : DELIVER_WEEKS;
  int32_t until = c->intervention->due != CLOCK_NO_DAY ? MAX(c->intervention->due, last + 7) : last + 7 * weeks;
  json_open_object(w, "envelope");
  json_open_array(w, "channels");
  json_put_string(w, NULL, "file");
  json_put_string(w, NULL, "inbox");
  json_close_array(w);
  put_day(w, "from", from == CLOCK_NO_DAY ? today : from);
  json_put_number(w, "minutes", minutes);
  put_day(w, "until", until);
  json_close_object(w);
}

/* The asset's own members, then what this need adds to it. */
static char *asset_body(const struct content_case *c, const struct content_choice *choice, const struct content_draft *draft, int32_t today)
{
  g_autoptr(json_doc_auto) doc = json_parse(draft->json, strlen(draft->json), NULL);
  struct json asset = json_root(doc);
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  put_audience(c, &w);
  asset_write_checks(c->library, asset, &w, "checks");
  put_envelope(c, today, asset_minutes(asset), &w);
  json_put_string(&w, "goal", c->need->goal >= 0 ? c->company->goals.at[c->need->goal].id : NULL);
  json_put_string(&w, "intervention", c->intervention->id);
  json_put_string(&w, "need", c->need->id);
  json_put_bool(&w, "never_alone", c->high_stakes); /* it goes with the practice, cohort or programme that people run */
  content_write_choice(c, choice, &w);
  struct json_iter it = json_iter(asset);
  while (json_next(&it)) {
    g_autofree char *key = g_strdup(it.key);
    json_put_value(&w, key, it.value);
  }
  json_close_object(&w);
  return json_writer_steal(&w, NULL);
}

static char *first_words(const struct content_draft *draft, const struct content_case *c)
{
  g_autoptr(json_doc_auto) doc = json_parse(draft->json, strlen(draft->json), NULL);
  struct json sources = json_get(json_root(doc), "sources");
  g_autoptr(GString) names = g_string_new("");
  struct json_iter it = json_iter(sources);
  while (json_next(&it))
    g_string_append_printf(names, "%s“%s”", names->len > 0 ? ", " : "", json_string(json_get(it.value, "title")));
  return g_strdup_printf("all %d sentences of it rest on %d passages of %s", draft->sentences, draft->spans, names->str);
}

static struct evidence evidence_of(const struct content_case *c, enum file_id file, int count, const char *sentence)
{
  return (struct evidence){ .file = file, .sentence = sentence, .count = count, .team = -1, .goal = -1, .skill = c->skill_count > 0 ? c->skills[0] : -1, .person = -1,
    .from = CLOCK_NO_DAY, .to = CLOCK_NO_DAY };
}

/* What both claims rest on besides their own: the need, and what is offered already. Returns how many. */
static int common_evidence(const struct content_case *c, GStringChunk *texts, struct evidence *to)
{
  int count = 0;
  const struct goal *goal = c->need->goal >= 0 ? &c->company->goals.at[c->need->goal] : NULL;
  g_autofree char *need = g_strdup_printf("the need “%s”%s%s", c->need->title, c->intervention != NULL ? " was accepted" : " is open", c->need->confirmed ? ", its cause confirmed by a person" : "");
  to[count] = evidence_of(c, FILE_GOALS, 1, g_string_chunk_insert(texts, need));
  to[count++].goal = goal != NULL ? c->need->goal : -1;
  if (c->programme >= 0) {
    g_autofree char *offered = g_strdup_printf("the programme “%s” teaches it and is offered already", c->company->programmes.at[c->programme].title);
    to[count++] = evidence_of(c, FILE_PROGRAMMES, 1, g_string_chunk_insert(texts, offered));
  }
  return count;
}

/* ---- assets ---------------------------------------------------------------------------------------------------------- */

static const struct asset *published(const struct company *company, const char *id)
{
  for (int i = company->assets.count - 1; i >= 0; i--)
    if (strcmp(company->assets.at[i].id, id) == 0)
      return &company->assets.at[i];
  return NULL;
}

/* Is what was approved still true, or would the same text come out again? */
static bool stands(const struct agent_run *run, const struct content_draft *draft, const char *id)
{
  const struct asset *asset = published(run->now->company, id);
  g_autoptr(json_doc_auto) old = asset != NULL ? json_parse(asset->body, strlen(asset->body), NULL) : NULL;
  g_autoptr(json_doc_auto) new = json_parse(draft->json, strlen(draft->json), NULL);
  if (old == NULL || new == NULL)
    return false;
  enum freshness freshness = asset_freshness(run->library, json_root(old), run->today);
  if (freshness == FRESH || freshness == FRESH_EXPIRED)
    return true;
  g_autofree char *was = json_canonical(json_get(json_root(old), "blocks"), NULL), *is = json_canonical(json_get(json_root(new), "blocks"), NULL);
  return g_strcmp0(was, is) == 0;
}

/* What a decision is about: the asset; once it is out, this text of it. So a refused text is not asked about again, and a text that
 * follows a changed source is, although the old one was decided not long ago. */
static char *subject_of(const struct agent_run *run, const struct json_doc *draft, const char *id)
{
  g_autofree char *blocks = json_canonical(json_get(json_root(draft), "blocks"), NULL);
  return published(run->now->company, id) != NULL ? id_short(id, blocks, NULL) : g_strdup(id);
}

static void propose_asset(const struct agent_run *run, const struct content_case *c, const struct content_choice *choice, const struct content_draft *draft, GStringChunk *texts)
{
  g_autoptr(json_doc_auto) doc = json_parse(draft->json, strlen(draft->json), NULL);
  const char *id = json_string(json_get(json_root(doc), "id")), *title = json_string(json_get(json_root(doc), "title"));
  g_autofree char *subject = subject_of(run, doc, id);
  g_autofree char *rests = first_words(draft, c), *sentence = NULL;
  struct evidence evidence[EVIDENCE_MOST] = { evidence_of(c, FILE_SOURCES, draft->spans, rests) };
  int count = 1 + common_evidence(c, texts, evidence + 1);
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "asset", id);
  json_put_string(&w, "need", c->need->id);
  json_put_string(&w, "pattern", draft->pattern->name);
  json_put_value(&w, "sources", json_get(json_root(doc), "sources"));
  json_put_integer(&w, "spans", draft->spans);
  json_put_string(&w, "title", title);
  put_money(c, &w);
  json_close_object(&w);
  g_autofree char *value = json_writer_steal(&w, NULL), *body = NULL;
  turn_claim(run->out, &(struct claim){ .predicate = "draft", .subject = subject, .value = value, .confidence = c->need->probability, .valid_from = run->today,
    .valid_to = run->today + VALID_DAYS, .evidence = evidence, .evidence_count = count });
  if (stands(run, draft, id))
    return;
  body = asset_body(c, choice, draft, run->today);
  sentence = g_strdup_printf("Publish “%s” for %d people", title, c->people);
  turn_propose(run->out, &(struct proposal){ .kind = "publish asset", .subject = subject, .title = sentence, .body = body, .audience = c->people, .regulated = c->regulated,
    .confidence = c->need->probability, .expires = run->today + OPEN_DAYS });
}

/* ---- what people have to do ------------------------------------------------------------------------------------------ */

static void put_programme(const struct content_case *c, struct json_writer *w)
{
  const struct programme *programme = c->programme >= 0 ? &c->company->programmes.at[c->programme] : NULL;
  if (programme == NULL) {
    json_put_null(w, "programme");
    return;
  }
  double seat = isfinite(programme->cost_per_seat) ? programme->cost_per_seat : 0, fixed = isfinite(programme->fixed_cost) ? programme->fixed_cost : 0;
  json_open_object(w, "programme");
  json_put_number(w, "cost", seat * c->people + fixed);
  json_put_number(w, "hours", programme->hours);
  json_put_string(w, "id", programme->id);
  json_put_string(w, "title", programme->title);
  json_close_object(w);
}

static const char *title_for(const struct content_case *c, enum modality modality, GStringChunk *texts)
{
  const char *topic = c->topic != NULL ? c->topic : c->need->title;
  g_autofree char *title = modality == MODALITY_PROGRAMME ? g_strdup_printf("Use “%s” for “%s”: %d people", c->company->programmes.at[c->programme].title, topic, c->people)
    : modality == MODALITY_COHORT ? g_strdup_printf("Run a cohort on “%s” for %d people", topic, c->people)
    : modality == MODALITY_PRACTICE ? g_strdup_printf("Practise “%s” in pairs: %d people", topic, c->people)
    : g_strdup_printf("Have somebody who can do it say how “%s” is done", topic);
  return g_string_chunk_insert(texts, title);
}

/* A specification: who, what for, what they should be able to do, with which material. `modality` COUNT: nothing is known yet. */
static void brief_people(const struct agent_run *run, const struct content_case *c, const struct content_choice *choice, enum modality modality, GStringChunk *texts)
{
  g_autofree char *id = id_short("b", c->need->id, modality < MODALITY_COUNT ? modality_names[modality] : "source", NULL);
  const char *title = title_for(c, modality, texts);
  const struct content_draft *guide = modality == MODALITY_COHORT || modality == MODALITY_PROGRAMME ? content_draft_of(c, MODALITY_COHORT) : content_draft_of(c, MODALITY_PRACTICE);
  struct evidence evidence[EVIDENCE_MOST];
  int count = common_evidence(c, texts, evidence);
  if (guide != NULL) {
    g_autofree char *rests = first_words(guide, c);
    evidence[count++] = evidence_of(c, FILE_SOURCES, guide->spans, g_string_chunk_insert(texts, rests));
  }
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  put_audience(c, &w);
  json_put_string(&w, "goal", c->need->goal >= 0 ? c->company->goals.at[c->need->goal].id : NULL);
  if (guide != NULL)
    json_put_raw(&w, "guide", guide->json, strlen(guide->json));
  else
    json_put_null(&w, "guide");
  json_put_string(&w, "id", id);
  json_put_string(&w, "intervention", c->intervention->id);
  json_put_string(&w, "modality", modality < MODALITY_COUNT ? modality_names[modality] : "source");
  json_put_string(&w, "need", c->need->id);
  json_put_integer(&w, "people", c->people);
  put_programme(c, &w);
  json_put_string(&w, "reason", modality < MODALITY_COUNT ? choice->reason[modality] : "No source of the company says how it is done.");
  content_write_choice(c, choice, &w);
  json_open_array(&w, "skills");
  for (int i = 0; i < c->skill_count; i++)
    json_put_string(&w, NULL, c->company->skills.at[c->skills[i]].id);
  json_close_array(&w);
  json_put_string(&w, "title", title);
  put_money(c, &w);
  json_close_object(&w);
  g_autofree char *body = json_writer_steal(&w, NULL);
  turn_claim(run->out, &(struct claim){ .predicate = "draft", .subject = id, .value = body, .confidence = c->need->probability, .valid_from = run->today, .valid_to = run->today + VALID_DAYS,
    .evidence = evidence, .evidence_count = count });
  turn_propose(run->out, &(struct proposal){ .kind = "brief people", .subject = id, .title = title, .body = body, .audience = c->people, .confidence = c->need->probability,
    .expires = run->today + OPEN_DAYS });
}

/* ---- the plan -------------------------------------------------------------------------------------------------------- */

static void put_exists(const struct content_case *c, struct json_writer *w)
{
  json_open_array(w, "exists");
  if (c->programme >= 0) {
    json_open_object(w, NULL);
    json_put_string(w, "id", c->company->programmes.at[c->programme].id);
    json_put_string(w, "kind", "programme");
    json_put_string(w, "title", c->company->programmes.at[c->programme].title);
    json_close_object(w);
  }
  for (int i = 0; i < c->company->assets.count; i++) {
    const struct asset *asset = &c->company->assets.at[i];
    if (g_strcmp0(asset->need, c->need->id) != 0)
      continue;
    json_open_object(w, NULL);
    json_put_string(w, "id", asset->id);
    json_put_string(w, "kind", "asset");
    json_put_string(w, "title", asset->title);
    json_close_object(w);
  }
  json_close_array(w);
}

static void claim_plan(const struct agent_run *run, const struct content_case *c, const struct content_choice *choice, GStringChunk *texts)
{
  struct evidence evidence[EVIDENCE_MOST];
  int count = common_evidence(c, texts, evidence), spans = 0;
  for (int i = 0; i < c->draft_count; i++)
    spans = MAX(spans, c->drafts[i].spans);
  g_autofree char *material = g_strdup_printf("the sources hold up to %d passages on “%s”", spans, c->topic != NULL ? c->topic : "it");
  evidence[count++] = evidence_of(c, FILE_SOURCES, MAX(spans, 1), material);
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_open_array(&w, "chosen");
  for (int m = 0; m < MODALITY_COUNT; m++)
    if (choice->chosen[m])
      json_put_string(&w, NULL, modality_names[m]);
  json_close_array(&w);
  put_exists(c, &w);
  json_put_string(&w, "intervention", c->intervention != NULL ? c->intervention->id : NULL);
  json_put_string(&w, "need", c->need->id);
  content_write_choice(c, choice, &w);
  json_put_string(&w, "topic", c->topic);
  put_money(c, &w);
  json_close_object(&w);
  g_autofree char *value = json_writer_steal(&w, NULL);
  turn_claim(run->out, &(struct claim){ .predicate = "content plan", .subject = c->need->id, .value = value, .confidence = c->need->probability, .valid_from = run->today,
    .valid_to = run->today + VALID_DAYS, .evidence = evidence, .evidence_count = count });
}

/* ---- the turn -------------------------------------------------------------------------------------------------------- */

static void work_on(const struct agent_run *run, const struct known_need *need)
{
  struct content_case c;
  struct content_choice choice;
  g_autoptr(GStringChunk) texts = g_string_chunk_new(1024);
  case_init(&c, run, need);
  content_choose(&c, &choice);
  claim_plan(run, &c, &choice, texts);
  bool anything = false;
  for (int m = 0; c.intervention != NULL && m < MODALITY_COUNT; m++) {
    const struct content_draft *draft = content_draft_of(&c, (enum modality)m);
    if (!choice.chosen[m])
      continue;
    anything = true;
    if (m == MODALITY_PROGRAMME || m == MODALITY_COHORT)
      brief_people(run, &c, &choice, (enum modality)m, texts);
    else if (draft != NULL)
      propose_asset(run, &c, &choice, draft, texts);
  }
  if (c.intervention != NULL && c.high_stakes && !choice.chosen[MODALITY_COHORT] && !choice.chosen[MODALITY_PROGRAMME])
    brief_people(run, &c, &choice, MODALITY_PRACTICE, texts);
  else if (c.intervention != NULL && !anything)
    brief_people(run, &c, &choice, MODALITY_COUNT, texts);
  case_clear(&c);
}

static bool concerns_us(const struct company *c, const struct known_need *need)
{
  if (need->skill_count == 0)
    return intervention_of(c, need->id) != NULL;
  bool open = strcmp(need->status, "open") == 0 && need->cause == CAUSE_SKILL;
  return open || (strcmp(need->status, "accepted") == 0 && intervention_of(c, need->id) != NULL);
}

static bool run(const struct snapshot *now, struct turn *out, GError **error)
{
  const struct company *c = now->company;
  g_autoptr(patterns_auto) patterns = patterns_load(NULL, error);
  if (patterns == NULL)
    return false;
  g_autoptr(library_auto) library = library_new(c->sources.at, c->sources.count);
  struct agent_run turn = { .now = now, .library = library, .patterns = patterns, .out = out, .today = clock_day(now->now) };
  for (int i = 0; i < c->needs.count; i++)
    if (concerns_us(c, &c->needs.at[i]))
      work_on(&turn, &c->needs.at[i]);
  return true;
}

static const enum file_id reads[] = { FILE_PEOPLE, FILE_SKILLS, FILE_GOALS, FILE_PROGRAMMES, FILE_SOURCES, FILE_COUNT };
static const char *const makes[] = { "content plan", "draft", "publish asset", "brief people", NULL };

extern const struct agent agent_content;
const struct agent agent_content = {
  .id = "content", .title = "Content", .question = "What would close this need: something that exists, a job aid, a practice, a cohort, a programme? In which modality, and why not another?",
  .revision = CONTENT_REVISION, .reads = reads, .makes = makes, .cadence = CADENCE_NEWS, .builds_on_others = true, .run = run };
