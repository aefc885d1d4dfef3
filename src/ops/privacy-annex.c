/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The annex to a works agreement: one page that says what the page Privacy says, to be printed, signed and kept. It is made of
 * the program's own tables at the moment of asking and names the revision of the decision rules, so that two annexes can be
 * laid side by side when something has changed. Everything is escaped; nothing in it is a link, a script or a request. */
#include "ops/privacy.h"
#include "gate/disclosure.h"
#include "gate/session.h"

static const char style[] = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:68rem;padding:0 1rem;color:#1f2328;background:#fff}"
  "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%;font-size:.9rem}"
  "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid #8c959f}"
  "@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}tr{break-inside:avoid}}";

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void put(GString *page, const char *tag, const char *text) {
  g_autofree char *escaped = g_markup_escape_text(text, -1);
  g_string_append_printf(page, "<%s>%s</%s>\n", tag, escaped, tag);
}

/* `cells` ends with NULL; the first one names the row. */
static void put_row(GString *page, const char *const *cells) {
  g_string_append(page, "<tr>");
  for (size_t i = 0; cells[i]; i++) {
    g_autofree char *escaped = g_markup_escape_text(cells[i], -1);
    g_string_append_printf(page, i ? "<td>%s</td>" : "<th scope=\"row\">%s</th>", escaped);
  }
  g_string_append(page, "</tr>\n");
}

static void open_table(GString *page, const char *title, const char *const *columns) {
  put(page, "h2", title);
  g_string_append(page, "<table><thead><tr>");
  for (size_t i = 0; columns[i]; i++) g_string_append_printf(page, "<th scope=\"col\">%s</th>", columns[i]);
  g_string_append(page, "</tr></thead><tbody>\n");
}

static void close_table(GString *page) { g_string_append(page, "</tbody></table>\n"); }

static void add_word(GString *list, const char *word) { g_string_append_printf(list, "%s%s", list->len ? ", " : "", word); }

/* ---- sections ---------------------------------------------------------------------------------------------------- */

static void put_files(struct op_call *call, GString *page, const struct company *company) {
  open_table(page, "What may come in, and who reads it", (const char *const[]){ "File", "Held", "Purpose", "Fields about a person", "Other fields", "Agents that read it", NULL });
  for (int f = 0; f < FILE_COUNT; f++) {
    const struct event_kind *kind = ledger_kind(system_ledger(call->system), formats[f].kind);
    g_autoptr(GString) personal = g_string_new(""), other = g_string_new(""), readers = g_string_new("");
    for (const struct column *column = formats[f].columns; column && column->name; column++) add_word(privacy_is_personal(column, kind) ? personal : other, column->name);
    g_autofree char *sealed = g_strdelimit(g_strdup(kind->personal), "!", ' ');
    if (!formats[f].columns) add_word(*sealed ? personal : other, *sealed ? g_strstrip(sealed) : formats[f].becomes);
    for (size_t i = 0; agents[i]; i++)
      if (privacy_reads(agents[i], formats[f].id)) add_word(readers, agents[i]->title);
    put_row(page, (const char *const[]){ formats[f].file, company->have[f] ? "yes" : "no", kind->purpose, personal->str, other->str, readers->str, NULL });
  }
  close_table(page);
}

static void put_kind(const struct event_kind *kind, void *data) {
  g_autofree char *kept = kind->retention_days ? g_strdup_printf("%d days", kind->retention_days) : g_strdup("as long as the ledger");
  g_autofree char *personal = g_strdelimit(g_strdup(kind->personal), "!", ' ');
  put_row(data, (const char *const[]){ kind->name, kind->help, kind->purpose, g_strstrip(personal), kept, NULL });
}

static void put_agents(GString *page) {
  open_table(page, "Agents: what each may read and say", (const char *const[]){ "Agent", "Question", "Reads", "Says", NULL });
  for (size_t a = 0; agents[a]; a++) {
    g_autoptr(GString) reads = g_string_new(""), makes = g_string_new("");
    for (size_t i = 0; agents[a]->reads[i] != FILE_COUNT; i++) add_word(reads, formats[agents[a]->reads[i]].file);
    for (size_t i = 0; agents[a]->makes[i]; i++) add_word(makes, agents[a]->makes[i]);
    put_row(page, (const char *const[]){ agents[a]->title, agents[a]->question, reads->str, makes->str, NULL });
  }
  close_table(page);
}

static void put_roles(GString *page) {
  open_table(page, "Who may do what", (const char *const[]){ "Role", "For", "May", NULL });
  for (int role = 0; role < ROLE_COUNT; role++) {
    g_autoptr(GString) may = g_string_new("");
    for (int p = 0; p < PERMISSION_COUNT; p++)
      if (p != MAY_SIGNED_IN && access_allows(1u << role, (enum permission)p)) g_string_append_printf(may, "%s%s", may->len ? "; " : "", access_permissions[p].help);
    put_row(page, (const char *const[]){ access_roles[role].title, access_roles[role].help, may->str, NULL });
  }
  close_table(page);
}

static void put_thresholds(GString *page) {
  put(page, "h2", "Groups");
  g_autofree char *text = g_strdup_printf("No figure about fewer than %d people is shown to anybody, nor one that would give such a figure away; comments of a group only from %d people on, of a team never. "
    "There is no role and no setting that lifts this. The access log is kept for %d days.", DISCLOSURE_SCORES, DISCLOSURE_COMMENTS, SESSION_LOG_DAYS);
  put(page, "p", text);
}

static void put_rules(GString *page, const struct rules *rules) {
  g_autoptr(GPtrArray) sentences = rules_sentences(rules);
  g_autofree char *title = g_strdup_printf("Decision rules, revision %s", rules->revision);
  put(page, "h2", title);
  g_string_append(page, "<ul>\n");
  for (guint i = 0; i < sentences->len; i++) put(page, "li", sentences->pdata[i]);
  g_string_append(page, "</ul>\n");
}

bool privacy_annex(struct op_call *call, struct json_writer *out, GError **error) {
  (void)out;
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  char day[CLOCK_TEXT];
  GString *page = g_string_new("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Annex: what Meno keeps, reads and shows</title>\n");
  g_string_append_printf(page, "<style>%s</style>\n</head>\n<body>\n<main>\n<h1>Annex: what Meno keeps, reads and shows</h1>\n<p>Made on %s from the program's own tables. It describes what is enforced; it is no statement of compliance.</p>\n",
    style, clock_format_day(clock_day(call->now), day));
  put_thresholds(page);
  put_files(call, page, view->company);
  open_table(page, "What is kept, why, and for how long it is meant to be", (const char *const[]){ "Event", "What", "Purpose", "Fields about a person", "To be kept", NULL });
  privacy_each_kind(call, put_kind, page);
  close_table(page);
  put(page, "p", "In this version nothing is erased by itself when its time is over, and a person's data cannot be erased alone.");
  put_agents(page);
  put_roles(page);
  put_rules(page, system_rules(call->system));
  g_string_append(page, "</main>\n</body>\n</html>\n");
  call->file_name = g_strdup_printf("meno-annex-%s.html", day);
  call->file_type = "text/html; charset=utf-8";
  call->file_out = g_string_free_to_bytes(page);
  return true;
}
