/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first import of most companies is a report out of their personnel system, with that system's headers. This file
 * knows how the common ones call things, reads some rows, and writes the mapping that a consultant would start from; what
 * it cannot see it asks.
 *
 * Method: the header is the one of the first rows in which the most cells mean something (reports put a title above it,
 * some systems labels below it). The format is the one of whose required columns the most are found. Per column the
 * values then say whether a date has another form, a word another language, a number another scale, and what stands for
 * "nothing".
 *
 * How it can be wrong: a header that means something else here ("Location" of the contract, not of the work); day and
 * month in the other order where no day is above twelve, which is asked; a column of managers by name, which is asked.
 * So a guess is a draft that a person sees with the first rows, and is never imported by itself.
 *
 * Sources: the header names of the vendors' public documentation of their standard exports and templates. */
#include "intake/guess.h"
#include "base/limits.h"
#include <math.h>
#include <string.h>

#define HEADER_ROWS 6
#define SAMPLE_ROWS 5000
#define SAMPLE_VALUES 40
#define CHOICES 12

/* What other systems call our columns; case and what is no letter or digit do not count. */
static const struct { enum file_id file; const char *column, *names; } synonyms[] = {
  { FILE_PEOPLE, "employee_number", "employee id|worker id|employee no|emp id|employee #|employee|person number|person id|personnel number|staff id|staff number|user id|userid|payroll number|associate id|ee id|personalnummer|mitarbeiternummer|id" },
  { FILE_PEOPLE, "first_name", "given name|forename|legal first name|preferred first name|firstname|vorname" },
  { FILE_PEOPLE, "last_name", "family name|surname|legal last name|preferred last name|lastname|nachname" },
  { FILE_PEOPLE, "work_email", "email|e mail|email address|work email address|primary work email|business email|email work|business email address" },
  { FILE_PEOPLE, "job_title", "title|position|position title|business title|job|job profile|job role|job name|role|stelle|funktion" },
  { FILE_PEOPLE, "department", "division|business unit|cost center|cost centre|department name|org unit|abteilung|bereich|supervisory organization" },
  { FILE_PEOPLE, "team", "team name|group|squad|unit|work group" },
  { FILE_PEOPLE, "location", "office|site|work location|city|location name|standort" },
  { FILE_PEOPLE, "manager", "manager id|manager employee id|manager number|supervisor id|reports to id|reports to|reporting to|supervisor|manager user id|manager employee number|line manager|manager worker id|vorgesetzter" },
  { FILE_PEOPLE, "fte", "fte percent|full time equivalent|fte %|scheduled fte|working time" },
  { FILE_PEOPLE, "employment_status", "status|worker status|employee status|active status|assignment status" },
  { FILE_PEOPLE, "start_date", "hire date|original hire date|date of hire|date hired|start|employment start date|joining date|date of joining|eintrittsdatum|eintritt" },
  { FILE_PEOPLE, "termination_date", "end date|leave date|date of leaving|termination|last day of work|employment end date|exit date|austrittsdatum|austritt" },
  { FILE_PEOPLE, "primary", "is primary|primary job|primary position" },
  { FILE_SKILLS, "skill_id", "skill code|skill|competency id|competency code|id|code" },
  { FILE_SKILLS, "name", "skill name|competency|competency name|title" },
  { FILE_SKILLS, "broader", "parent|parent id|parent skill|category" },
  { FILE_GOALS, "goal_id", "kpi id|kpi|goal|metric id|metric" },
  { FILE_GOALS, "name", "goal name|kpi name|metric name|title" },
  { FILE_GOALS, "owner", "owner id|goal owner|responsible" },
  { FILE_GOALS, "due", "due date|target date|deadline" },
  { FILE_KPIS, "goal_id", "kpi id|kpi|goal|metric id|metric" },
  { FILE_KPIS, "team", "department|group|unit|team name" },
  { FILE_KPIS, "date", "period|month|week|period start" },
  { FILE_KPIS, "value", "actual|result|measure|score" },
  { FILE_KPIS, "exposure", "n|count|denominator|volume|base" },
  { FILE_RESULTS, "employee_number", "employee id|worker id|emp id|user id|userid|learner id|student id|person id|staff id" },
  { FILE_RESULTS, "skill_id", "skill|competency|competency id|skill code|subject|module|topic" },
  { FILE_RESULTS, "date", "completion date|completed on|date submitted|assessment date|timestamp|completed" },
  { FILE_RESULTS, "score", "result|grade|mark|points|rating|percent|score %" },
  { FILE_RESULTS, "item_id", "assessment id|test id|item|quiz id|question id|assessment" },
  { FILE_PROGRAMMES, "programme_id", "program id|course id|course code|item id|class id" },
  { FILE_PROGRAMMES, "title", "course title|program title|programme|course|item title|name|course name" },
  { FILE_PROGRAMMES, "kind", "type|delivery type|course type" },
  { FILE_PROGRAMMES, "hours", "duration|credit hours|duration hours" },
  { FILE_ENROLMENTS, "programme_id", "program id|course id|course code|item id|class id" },
  { FILE_ENROLMENTS, "employee_number", "employee id|worker id|user id|userid|learner id|student id|emp id" },
  { FILE_ENROLMENTS, "date", "enrollment date|enrolment date|enrolled on|registration date|assigned date" },
  { FILE_ENROLMENTS, "status", "completion status|enrollment status|enrolment status" },
  { FILE_ENROLMENTS, "completed_on", "completion date|completed|date completed" },
  { FILE_TICKETS, "ticket_id", "ticket|number|incident|case number|key|incident number|issue key" },
  { FILE_TICKETS, "opened", "created|opened at|created at|created on|open date" },
  { FILE_TICKETS, "closed", "resolved|closed at|resolved at|resolution date" },
  { FILE_TICKETS, "tool", "application|system|service|product|configuration item" },
  { FILE_WORK_LOG, "case_id", "case|patient|order id|order" },
  { FILE_WORK_LOG, "activity", "step|task|handling|event" },
  { FILE_WORK_LOG, "start", "started|time|start time|timestamp" },
  { FILE_WORK_LOG, "end", "ended|complete|end time|completed" },
};

static const struct { enum file_id file; const char *column, *word, *names; } word_synonyms[] = {
  { FILE_PEOPLE, "employment_status", "active", "a|employed|current|regular|full time|part time|aktiv|working|hired" },
  { FILE_PEOPLE, "employment_status", "leave", "l|on leave|loa|leave of absence|parental leave|unpaid leave|paid leave|sabbatical|beurlaubt" },
  { FILE_PEOPLE, "employment_status", "terminated", "t|term|terminated|former|left|resigned|dismissed|retired|separated|ausgeschieden|inactive" },
  { FILE_PROGRAMMES, "kind", "course", "e learning|elearning|online|class|training|web based" },
  { FILE_PROGRAMMES, "kind", "workshop", "seminar|instructor led|classroom|ilt" },
};

static const char *const nothings[] = { "NA", "N/A", "n/a", "NULL", "null", "None", "-", "--", "NO_MGR", "NO_MANAGER", "NO_HR", "#N/A", "(blank)", "nan", "NaN" };

static const char *const date_formats[] = { "D.M.YYYY", "M/D/YYYY", "D/M/YYYY", "D-M-YYYY", "M-D-YYYY", "D-MMM-YYYY", "D MMM YYYY",
  "YYYY/M/D", "YYYY.M.D", "YYYYMMDD" };

struct column_values { GPtrArray *distinct; GHashTable *seen; };
struct guesser {
  const struct table_file *file;
  GHashTable *answers;           /* NULL: none */
  char **header;
  unsigned columns, header_line;
  GArray *skip;                  /* of unsigned: lines that are no data */
  struct column_values *values;  /* per header */
  const struct format *as;
  int *source;                   /* per column of the format: header, -1: none */
  GString *body;
  GHashTable *empty;             /* what stands for nothing, as met in columns that are used */
  struct mapping_guess *guess;
};

/* ---- names ---- */

static bool among(const char *names, const char *text) {
  g_auto(GStrv) list = g_strsplit(names, "|", -1);
  for (char **name = list; *name; name++)
    if (table_same_name(text, *name)) return true;
  return false;
}

/* 2: the very name; 1: a synonym; 0: neither. */
static int means(const struct format *format, const char *column, const char *header) {
  if (table_same_name(header, column)) return 2;
  for (size_t i = 0; i < G_N_ELEMENTS(synonyms); i++)
    if (synonyms[i].file == format->id && strcmp(synonyms[i].column, column) == 0 && among(synonyms[i].names, header)) return 1;
  return 0;
}

/* The header that means the column best; the names of a synonym are looked through in their order. -1: none. */
static int find_source(const struct format *format, const char *column, char *const *header) {
  for (int i = 0; header[i]; i++)
    if (table_same_name(header[i], column)) return i;
  for (size_t s = 0; s < G_N_ELEMENTS(synonyms); s++) {
    if (synonyms[s].file != format->id || strcmp(synonyms[s].column, column) != 0) continue;
    g_auto(GStrv) names = g_strsplit(synonyms[s].names, "|", -1);
    for (char **name = names; *name; name++)
      for (int i = 0; header[i]; i++)
        if (table_same_name(header[i], *name)) return i;
  }
  return -1;
}

/* How well a header fits a format: required columns count tenfold. */
static double fit(const struct format *format, char *const *header, double *ret_required) {
  double required = 0, found = 0, all = 0;
  for (int i = 0; format->columns && format->columns[i].name; i++) {
    bool must = format->columns[i].flags & COLUMN_REQUIRED, have = find_source(format, format->columns[i].name, header) >= 0;
    required += must, found += must && have, all += have;
  }
  *ret_required = required > 0 ? found / required : 0;
  return all < 2 ? 0 : 10 * *ret_required + all;
}

static const struct format *best_format(char *const *header, double *ret_fit, double *ret_required) {
  const struct format *best = NULL;
  *ret_fit = *ret_required = 0;
  for (size_t i = 0; i < FILE_COUNT; i++) {
    double required = 0, fits = formats[i].columns ? fit(&formats[i], header, &required) : 0;
    if (fits > *ret_fit && required > 0.3) best = &formats[i], *ret_fit = fits, *ret_required = required;
  }
  return best;
}

/* ---- the header and the values ---- */

static char **row_texts(const struct csv_reader *reader) {
  char **texts = g_new0(char *, reader->count + 1);
  for (unsigned i = 0; i < reader->count; i++) {
    texts[i] = g_malloc(reader->cells[i].length + 1);
    csv_copy(&reader->cells[i], texts[i]);
    g_strstrip(texts[i]);
  }
  return texts;
}

/* The row among the first ones that says most; rows above it are titles, and one below it that says about as much holds
 * labels. */
static void find_header(struct guesser *g) {
  g_auto(csv_reader_auto) reader;
  csv_reader_init(&reader, g->file->name, g->file->text.text, g->file->text.length, &g->file->dialect);
  char **rows[HEADER_ROWS] = { 0 };
  unsigned lines[HEADER_ROWS], count = 0, best = 0;
  double fits[HEADER_ROWS] = { 0 };
  for (; count < HEADER_ROWS && csv_next(&reader, NULL) > 0; count++) {
    double required;
    rows[count] = row_texts(&reader);
    lines[count] = reader.line;
    best_format(rows[count], &fits[count], &required);
    if (fits[count] > fits[best]) best = count;
  }
  for (unsigned i = 0; i < best; i++) g_array_append_val(g->skip, lines[i]);
  if (best + 1 < count && fits[best + 1] > 0 && fits[best + 1] * 2 > fits[best]) g_array_append_val(g->skip, lines[best + 1]);
  g->header = count ? g_steal_pointer(&rows[best]) : g_new0(char *, 1);
  g->header_line = count ? lines[best] : 1;
  g->columns = g_strv_length(g->header);
  for (unsigned i = 0; i < count; i++) g_strfreev(rows[i]);
}

static bool is_skipped(const struct guesser *g, unsigned line) {
  for (unsigned i = 0; i < g->skip->len; i++)
    if (g_array_index(g->skip, unsigned, i) == line) return true;
  return line <= g->header_line;
}

static void read_values(struct guesser *g) {
  g->values = g_new0(struct column_values, g->columns + 1);
  for (unsigned i = 0; i < g->columns; i++) {
    g->values[i].distinct = g_ptr_array_new();
    g->values[i].seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  }
  g_auto(csv_reader_auto) reader;
  csv_reader_init(&reader, g->file->name, g->file->text.text, g->file->text.length, &g->file->dialect);
  for (unsigned rows = 0; rows < SAMPLE_ROWS && csv_next(&reader, NULL) > 0; rows++) {
    if (is_skipped(g, reader.line)) continue;
    for (unsigned i = 0; i < MIN(reader.count, g->columns); i++) {
      if (reader.cells[i].length > LIMIT_ID || g->values[i].distinct->len >= SAMPLE_VALUES) continue;
      char *text = g_malloc(reader.cells[i].length + 1);
      csv_copy(&reader.cells[i], text);
      g_strstrip(text);
      if (!*text || g_hash_table_contains(g->values[i].seen, text)) g_free(text);
      else g_hash_table_add(g->values[i].seen, text), g_ptr_array_add(g->values[i].distinct, text);
    }
  }
}

static bool is_nothing(const char *text) {
  for (size_t i = 0; i < G_N_ELEMENTS(nothings); i++)
    if (strcmp(text, nothings[i]) == 0) return true;
  return false;
}

/* ---- questions ---- */

static void question_free(void *data) {
  struct mapping_question *question = data;
  g_free(question->id);
  g_free(question->text);
  g_strfreev(question->choices);
  g_free(question);
}

/* What a person said; `part` NULL: about the column as a whole. NULL: nothing yet. */
static const char *answer(const struct guesser *g, const char *column, const char *part) {
  g_autofree char *id = part ? g_strconcat(column, ".", part, NULL) : g_strdup(column);
  return g->answers ? g_hash_table_lookup(g->answers, id) : NULL;
}

/* Asks; takes the choices over. `column` NULL: about the file. */
static void ask(struct guesser *g, const char *column, const char *part, char **choices, const char *text, ...) G_GNUC_PRINTF(5, 6);
static void ask(struct guesser *g, const char *column, const char *part, char **choices, const char *text, ...) {
  struct mapping_question *question = g_new0(struct mapping_question, 1);
  va_list arguments;
  va_start(arguments, text);
  question->text = g_strdup_vprintf(text, arguments);
  va_end(arguments);
  question->id = part && column ? g_strconcat(column, ".", part, NULL) : g_strdup(column ? column : part);
  question->column = column;
  question->choices = choices ? choices : g_new0(char *, 1);
  g_ptr_array_add(g->guess->questions, question);
}

/* Headers that nothing took. */
static char **free_headers(const struct guesser *g) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (unsigned i = 0; i < g->columns && names->len < CHOICES; i++) {
    bool taken = !*g->header[i];
    for (int c = 0; g->as->columns[c].name && !taken; c++) taken = g->source[c] == (int)i;
    if (!taken) g_ptr_array_add(names, g_strdup(g->header[i]));
  }
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_steal(names, NULL);
}

/* ---- writing ---- */

static void put_text(GString *out, const char *text) {
  g_string_append_c(out, '"');
  for (const char *at = text; *at; at++) {
    if (*at == '"' || *at == '\\') g_string_append_c(out, '\\');
    if ((unsigned char)*at < 0x20 || *at == 0x7F) g_string_append_printf(out, "\\x%02X", (unsigned char)*at);
    else g_string_append_c(out, *at);
  }
  g_string_append_c(out, '"');
}

static void put_source(struct guesser *g, const struct column *column, int source) {
  g_string_append_printf(g->body, "      %s: ", column->name);
  put_text(g->body, g->header[source]);
  g_string_append_c(g->body, '\n');
}

static void put_from(struct guesser *g, const struct column *column, int source) {
  g_string_append_printf(g->body, "      %s: { from: ", column->name);
  put_text(g->body, g->header[source]);
}

static bool all_dates(const GPtrArray *values, const char *format) {
  int32_t day;
  int64_t moment;
  unsigned dates = 0;
  for (unsigned i = 0; i < values->len; i++) {
    const char *text = values->pdata[i];
    g_autofree char *first = g_strndup(text, 10);
    if (is_nothing(text)) continue;
    if (format ? !cell_parse_date(text, format, &day) : !clock_parse_time(text, &moment) && !clock_parse_day(first, &day)) return false;
    dates++;
  }
  return dates > 0 || values->len == 0;
}

static void write_date(struct guesser *g, const struct column *column, int source) {
  const GPtrArray *values = g->values[source].distinct;
  if (all_dates(values, NULL)) {
    put_source(g, column, source);
    return;
  }
  const char *said = answer(g, column->name, "format");
  g_autoptr(GPtrArray) fitting = g_ptr_array_new_with_free_func(g_free);
  for (size_t i = 0; i < G_N_ELEMENTS(date_formats); i++)
    if (all_dates(values, date_formats[i])) g_ptr_array_add(fitting, g_strdup(date_formats[i]));
  put_from(g, column, source);
  g_string_append(g->body, ", format: ");
  put_text(g->body, said ? said : fitting->len ? fitting->pdata[0] : "YYYY-MM-DD");
  g_string_append(g->body, " }\n");
  if (said || fitting->len == 1) return;
  const char *example = values->pdata[0];
  g_ptr_array_add(fitting, NULL);
  ask(g, column->name, "format", (char **)g_ptr_array_steal(fitting, NULL), "How does \"%s\" write dates such as %s?", g->header[source], example);
}

static const char *word_for(const struct format *format, const struct column *column, const char *text) {
  for (int i = 0; column->words[i]; i++)
    if (*column->words[i] && table_same_name(text, column->words[i])) return column->words[i];
  for (size_t i = 0; i < G_N_ELEMENTS(word_synonyms); i++)
    if (word_synonyms[i].file == format->id && strcmp(word_synonyms[i].column, column->name) == 0 && among(word_synonyms[i].names, text))
      return word_synonyms[i].word;
  return NULL;
}

static void write_word(struct guesser *g, const struct column *column, int source) {
  const GPtrArray *values = g->values[source].distinct;
  bool plain = true;
  g_autoptr(GString) map = g_string_new(NULL);
  for (unsigned i = 0; i < values->len; i++) {
    const char *text = values->pdata[i], *word = answer(g, column->name, text);
    if (is_nothing(text)) continue;
    if (!word) word = word_for(g->as, column, text);
    if (!word) {
      ask(g, column->name, text, g_strdupv((char **)(uintptr_t)column->words), "What does \"%s\" in the column \"%s\" mean?", text, g->header[source]);
      continue;
    }
    plain = plain && g_ascii_strcasecmp(word, text) == 0;
    g_string_append(map, map->len ? ", " : "");
    put_text(map, text);
    g_string_append(map, ": ");
    put_text(map, word);
  }
  if (plain || !map->len) {
    put_source(g, column, source);
    return;
  }
  put_from(g, column, source);
  g_string_append_printf(g->body, ", values: { %s } }\n", map->str);
}

static void write_number(struct guesser *g, const struct column *column, int source) {
  const GPtrArray *values = g->values[source].distinct;
  double most = 0, number;
  for (unsigned i = 0; i < values->len; i++)
    if (cell_parse_number(values->pdata[i], g->file->dialect.delimiter == ';', &number)) most = MAX(most, number);
  const char *said = answer(g, column->name, "percent");
  if (column->most > 2 || most <= column->most || most > 100 || (said && strcmp(said, "yes") != 0)) {
    put_source(g, column, source);
    return;
  }
  put_from(g, column, source);
  g_string_append(g->body, ", divide: 100 }\n");
  if (said) return;
  static const char *const choices[] = { "yes", "no", NULL };
  ask(g, column->name, "percent", g_strdupv((char **)(uintptr_t)choices), "Is \"%s\" a percentage (it goes up to %g)? The draft divides it by 100", g->header[source], most);
}

/* Managers by name cannot be told apart; numbers can. */
static bool is_number_of_person(const struct guesser *g, int source) {
  int own = g->source[format_column(g->as, "employee_number")];
  const GPtrArray *values = g->values[source].distinct;
  unsigned spaces = 0, things = 0;
  for (unsigned i = 0; i < values->len; i++) {
    const char *text = values->pdata[i];
    if (is_nothing(text)) continue;
    things++;
    if (own >= 0 && g_hash_table_contains(g->values[own].seen, text)) return true;
    spaces += strchr(text, ' ') != NULL;
  }
  return spaces * 2 <= things;
}

static void write_column(struct guesser *g, int c) {
  const struct column *column = &g->as->columns[c];
  int source = g->source[c];
  if (source < 0) {
    if (column->flags & COLUMN_REQUIRED) ask(g, column->name, NULL, free_headers(g), "Which column holds %s%s%s?", column->name, *column->help ? ": " : "", column->help);
    return;
  }
  if (g->as->id == FILE_PEOPLE && column->type == COLUMN_PERSON && !answer(g, column->name, NULL) && !is_number_of_person(g, source)) {
    ask(g, column->name, NULL, free_headers(g), "\"%s\" seems to hold names; which column holds the manager's employee number?", g->header[source]);
    return;
  }
  for (unsigned i = 0; i < g->values[source].distinct->len; i++)
    if (is_nothing(g->values[source].distinct->pdata[i])) g_hash_table_add(g->empty, g->values[source].distinct->pdata[i]);
  switch (column->type) {
  case COLUMN_DAY: case COLUMN_MOMENT: write_date(g, column, source); break;
  case COLUMN_WORD: write_word(g, column, source); break;
  case COLUMN_NUMBER: write_number(g, column, source); break;
  default: put_source(g, column, source);
  }
}

static void write_head(struct guesser *g, GString *out) {
  g_string_append(out, "tables:\n  - file: ");
  const char *slash = strrchr(g->file->name, '/');
  put_text(out, slash ? slash + 1 : g->file->name);
  g_string_append_printf(out, "\n    as: %s\n", g->as->file);
  for (unsigned i = 0; i < g->skip->len; i++)
    g_string_append_printf(out, "%s%u%s", i ? ", " : "    skip_rows: [", g_array_index(g->skip, unsigned, i), i + 1 == g->skip->len ? "]\n" : "");
  g_autoptr(GList) empty = g_list_sort(g_hash_table_get_keys(g->empty), (GCompareFunc)strcmp);
  for (GList *at = empty; at; at = at->next) {
    g_string_append(out, at == empty ? "    empty: [" : ", ");
    put_text(out, at->data);
    if (!at->next) g_string_append(out, "]\n");
  }
  g_string_append(out, "    columns:\n");
}

static int answered_source(const struct guesser *g, const char *said) {
  for (unsigned i = 0; i < g->columns; i++)
    if (strcmp(g->header[i], said) == 0) return (int)i;
  return -1;
}

/* A header feeds one column: the one that it means best, else the first; what a person said goes before both. */
static void choose_sources(struct guesser *g) {
  g->source = g_new(int, format_columns(g->as) + 1);
  for (int c = 0; g->as->columns[c].name; c++) {
    const char *said = answer(g, g->as->columns[c].name, NULL);
    g->source[c] = said ? answered_source(g, said) : find_source(g->as, g->as->columns[c].name, g->header);
    if (g->source[c] >= 0 && strchr(g->header[g->source[c]], '{')) g->source[c] = -1;
    for (int other = 0; other < c; other++) {
      if (g->source[c] < 0 || g->source[other] != g->source[c]) continue;
      bool better = said || (!answer(g, g->as->columns[other].name, NULL) &&
        means(g->as, g->as->columns[c].name, g->header[g->source[c]]) > means(g->as, g->as->columns[other].name, g->header[g->source[c]]));
      g->source[better ? other : c] = -1;
    }
  }
}

static void ask_for_format(struct guesser *g) {
  g_autoptr(GPtrArray) choices = g_ptr_array_new();
  for (size_t i = 0; i < FILE_COUNT; i++)
    if (formats[i].columns) g_ptr_array_add(choices, g_strdup(formats[i].file));
  g_ptr_array_add(choices, NULL);
  ask(g, NULL, "as", (char **)g_ptr_array_steal(choices, NULL), "What does %s hold?", g->file->name);
}

struct mapping_guess *mapping_guess(const struct table_file *file, GHashTable *answers) {
  struct guesser g = { .file = file, .answers = answers, .skip = g_array_new(FALSE, FALSE, sizeof(unsigned)), .guess = g_new0(struct mapping_guess, 1),
    .body = g_string_new(NULL), .empty = g_hash_table_new(g_str_hash, g_str_equal) };
  g.guess->questions = g_ptr_array_new_with_free_func(question_free);
  double fits, required;
  find_header(&g);
  read_values(&g);
  g.as = best_format(g.header, &fits, &required);
  const char *said = answer(&g, "as", NULL);
  if (said && format_by_file(said) && format_by_file(said)->columns) g.as = format_by_file(said), fit(g.as, g.header, &required);
  g.guess->as = g.as;
  g_autoptr(GString) out = g_string_new(NULL);
  if (g.as) {
    choose_sources(&g);
    for (int c = 0; g.as->columns[c].name; c++) write_column(&g, c);
    write_head(&g, out);
    g_string_append(out, g.body->str);
    g.guess->sure = required * pow(0.9, g.guess->questions->len);
  } else ask_for_format(&g);
  g.guess->yaml = g_strdup(out->str);
  for (unsigned i = 0; i < g.columns; i++) {
    g_ptr_array_unref(g.values[i].distinct);
    g_hash_table_unref(g.values[i].seen);
  }
  g_free(g.values);
  g_free(g.source);
  g_strfreev(g.header);
  g_array_unref(g.skip);
  g_string_free(g.body, TRUE);
  g_hash_table_unref(g.empty);
  return g.guess;
}

void mapping_guess_free(struct mapping_guess *guess) {
  if (!guess) return;
  g_free(guess->yaml);
  g_ptr_array_unref(guess->questions);
  g_free(guess);
}
