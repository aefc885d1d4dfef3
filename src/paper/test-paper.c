/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page: one whatever comes, the same bytes for the same board, its fonts inside, and figures as people write them. */
#include "paper/board.h"
#include <math.h>
#include <string.h>

/* fontconfig keeps what it has read of its own files until the process ends, and tells nobody. */
extern const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig"; }

static const int64_t noon = INT64_C(1772452800) * CLOCK_SECOND; /* 2 March 2026, 12:00 */

static void same_text(char *got, const char *expected) {
  g_assert_cmpstr(got, ==, expected);
  g_free(got);
}

static void test_words(void) {
  same_text(paper_money(450023.6, "EUR"), "€450k");
  same_text(paper_money(1236000, "USD"), "$1.24m");
  same_text(paper_money(-4512, "EUR"), "−€4,510");
  same_text(paper_money(999.6, "SEK"), "SEK\u00a01,000");
  same_text(paper_money(0, "EUR"), "€0");
  same_text(paper_money(NAN, "EUR"), "–");
  same_text(paper_money(2.5e9, "EUR"), "€2.5bn");
  same_text(paper_amount(4.1234, "%", true, true), "+4.12\u00a0points");
  same_text(paper_amount(64, "%", false, true), "64%");
  same_text(paper_amount(-1.204, "days", true, true), "−1.2\u00a0days");
  same_text(paper_amount(-0.0000001, "days", true, true), "0\u00a0days");
  same_text(paper_amount(12345.6, NULL, false, false), "12,300");
  same_text(paper_amount(0.04125, NULL, false, false), "0.0413");
  same_text(paper_range(1.2, 7, "%"), "+1.2 to +7");
  same_text(paper_range(NAN, 7, "%"), "–");
}

/* ---- boards ----------------------------------------------------------------------------------------------------- */

static const double wave[] = { 61, 62, 60, 59, 63, NAN, 64, 65, 66, 64, 67, 68 };

static struct paper_row row(const char *title, const char *goal, const char *unit, enum paper_verdict verdict, double estimate, double half, double minimum, double money) {
  return (struct paper_row){ .title = title, .goal = goal, .unit = unit, .verdict = verdict, .measured = isfinite(estimate), .estimate = estimate, .low = estimate - half,
    .high = estimate + half, .direction = 1, .minimum = minimum, .said = CLOCK_NO_DAY, .cost = 18400, .money = money, .money_low = money * .4, .money_high = money * 1.6, .tell = 20700,
    .needed = verdict == PAPER_CANNOT_TELL ? "Eight more weeks would settle it, or six more teams." : NULL };
}

static struct paper_goal goal(const char *name, double weight) {
  return (struct paper_goal){ .name = name, .unit = "%", .state = "off track", .baseline = 61, .target = 72, .latest = 67, .weight = weight, .values = wave,
    .value_count = G_N_ELEMENTS(wave), .interventions = 1, .moved = 0 };
}

#define LEVELS(results, behaviour, learning, reaction) .level = { PAPER_LEVEL_##reaction, PAPER_LEVEL_##learning, PAPER_LEVEL_##behaviour, PAPER_LEVEL_##results }
static const struct paper_row usual[] = {
  { .title = "Practice: handling objections", .goal = "Offers won", .unit = "%", .verdict = PAPER_MOVED, .measured = true, .estimate = 4.1, .low = 1.2, .high = 7, .direction = 1, .minimum = 2,
    .cost = 18400, .money = 241000, .money_low = 70500, .money_high = 412000, .tell = 20490, .said = CLOCK_NO_DAY, LEVELS(SEEN, SEEN, CANNOT_TELL, EMPTY) },
  { .title = "Open the hand-off before “Approve margin”", .goal = "Days from request to offer", .unit = "days", .verdict = PAPER_MOVED, .measured = true, .estimate = -0.94, .low = -1.4, .high = -.5,
    .direction = -1, .minimum = .4, .cost = 3200, .money = 51600, .money_low = 27500, .money_high = 77000, .tell = 20490, .said = CLOCK_NO_DAY, LEVELS(SEEN, SEEN, CANNOT_TELL, EMPTY) },
  { .title = "One page on who owns a shared service", .goal = "Changes that cause an incident", .unit = "%", .verdict = PAPER_DID_NOT_MOVE, .measured = true, .estimate = -.2, .low = -1.1, .high = .7,
    .direction = -1, .minimum = 1.5, .cost = 1500, .money = 3100, .money_low = -11000, .money_high = 17000, .tell = 20480, .said = 20440, .said_estimate = -2.1, .said_low = -4, .said_high = -.2, LEVELS(SEEN, EMPTY, SEEN, SEEN) },
  { .title = "Mend ServiceDesk Pro with those who use it", .goal = "Problems solved at first contact", .unit = "%", .verdict = PAPER_CANNOT_TELL, .measured = true, .basis = "so far, at any look", .estimate = 1.4, .low = -3.2, .high = 9,
    .direction = 1, .minimum = 2, .cost = 42000, .money = 50400, .money_low = -115000, .money_high = 324000, .tell = 20600, .said = CLOCK_NO_DAY, LEVELS(CANNOT_TELL, CANNOT_TELL, EMPTY, WITHHELD), .needed = "Eight more weeks would settle it." },
  { .title = "Give hours back in dispatch", .goal = "Visits on the promised day", .unit = "%", .verdict = PAPER_CANNOT_TELL, .measured = false, .estimate = NAN, .low = NAN, .high = NAN, .direction = 1, .minimum = 2,
    .cost = 9000, .money = NAN, .money_low = NAN, .money_high = NAN, .tell = 20640, .said = CLOCK_NO_DAY, .needed = "The registered weeks are not over." } };
static const struct paper_declined programmes[] = { { "Storytelling on Stage", "No goal rests on what it teaches.", 86310, true }, { "Team Lead Academy", "No goal rests on what it teaches.", 42000, false },
  { "Assistants in Daily Work", "No goal rests on what it teaches.", 13030, false } };

static struct paper_board board_of(const struct paper_row *rows, int row_count, const struct paper_goal *goals, int goal_count) {
  return (struct paper_board){ .company = "Nordwind Wärme", .currency = "EUR", .version = "0.1.0", .now = noon, .rows = rows, .row_count = row_count, .goals = goals, .goal_count = goal_count,
    .declined = programmes, .declined_count = G_N_ELEMENTS(programmes), .spent = 74100, .money = 293000, .money_low = 120000, .money_high = 465000, .all = 214000, .lead = { 9, 16, 30, 33, 112 }, .not_training = 7, .not_training_money = 948000, .no_priority = 12 };
}

/* ---- looking into a document ------------------------------------------------------------------------------------ */

static int occurrences(GBytes *pdf, const char *word) {
  gsize length;
  const char *at = g_bytes_get_data(pdf, &length), *end = at + length;
  int count = 0;
  while ((at = memmem(at, (size_t)(end - at), word, strlen(word)))) {
    count++;
    at += strlen(word);
  }
  return count;
}

/* Writes the page where PAPER_OUT says, for those who want to look at it. */
static void keep(GBytes *pdf, const char *name) {
  const char *folder = g_getenv("PAPER_OUT");
  if (!folder) return;
  gsize length;
  const char *data = g_bytes_get_data(pdf, &length);
  g_autofree char *path = g_strconcat(folder, "/", name, ".pdf", NULL);
  g_file_set_contents(path, data, (gssize)length, NULL);
}

static void good_page(const struct paper_board *board, const char *name) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) pdf = paper_board_print(board, &error), again = paper_board_print(board, &error);
  g_assert_no_error(error);
  keep(pdf, name);
  g_assert_true(g_bytes_equal(pdf, again));
  g_assert_cmpint(occurrences(pdf, "%PDF-1.5"), ==, 1);
  g_assert_cmpint(occurrences(pdf, "/Type /Page "), ==, 1);
  g_assert_cmpint(occurrences(pdf, "/Type /FontDescriptor"), >, 0);
  g_assert_cmpint(occurrences(pdf, "/Type /FontDescriptor"), ==, occurrences(pdf, "/FontFile"));
  g_assert_cmpint(occurrences(pdf, "/StructTreeRoot"), >, 0);
  g_assert_cmpint(occurrences(pdf, "(Meno 0.1.0)"), >, 0);
  g_assert_cmpint(occurrences(pdf, "made by Meno; machine-made"), ==, 1);
  g_assert_cmpint(occurrences(pdf, "20260302120000Z)"), ==, 2);
}

static void test_usual(void) {
  struct paper_goal goals[] = { goal("Offers won", .9), goal("Days from request to offer", .7), goal("Problems solved at first contact", .8), goal("Visits on the promised day", .6) };
  struct paper_board board = board_of(usual, G_N_ELEMENTS(usual), goals, G_N_ELEMENTS(goals));
  good_page(&board, "usual");
  struct paper_row withheld = usual[0];
  withheld.withheld = true;
  board = board_of(&withheld, 1, goals, 1);
  good_page(&board, "withheld");
}

static void test_empty(void) {
  struct paper_board board = { .version = "0.1.0", .now = noon, .currency = "EUR", .spent = NAN, .money = NAN, .money_low = NAN, .money_high = NAN, .all = NAN, .lead = { NAN, NAN, NAN, NAN, NAN } };
  good_page(&board, "empty");
  struct paper_goal none = { .name = "A goal without values", .unit = "", .state = "unknown", .baseline = NAN, .target = NAN, .latest = NAN };
  board = board_of(NULL, 0, &none, 1);
  board.scope = "of the teams of one manager";
  good_page(&board, "nothing");
}

static void test_many(void) {
  g_autofree struct paper_row *rows = g_new(struct paper_row, 60);
  g_autofree struct paper_goal *goals = g_new(struct paper_goal, 40);
  for (int i = 0; i < 60; i++) rows[i] = row("An intervention", "A goal", "%", i % 3, i % 7 ? i - 20 : NAN, 3 + i % 5, 2, i % 7 ? 1000.0 * i : NAN);
  for (int i = 0; i < 40; i++) goals[i] = goal("A goal", i / 40.0);
  struct paper_board board = board_of(rows, 60, goals, 40);
  good_page(&board, "many");
}

static void test_names(void) {
  const char *longest = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsrechtsschutzversicherungsangelegenheiten";
  struct paper_row rows[] = { row(longest, longest, "per 100 customer contacts and month", PAPER_CANNOT_TELL, 12345.678, 99999, 3000, 123456789),
    row("تدريب فريق المبيعات على التعامل مع الاعتراضات (المرحلة ٢)", "نسبة العروض الرابحة", "%", PAPER_MOVED, 3, 1, 2, 90000),
    row("销售团队异议处理练习", "首次联系解决率", "%", PAPER_DID_NOT_MOVE, .1, 1, 2, 900),
    row("Übung: Umgang mit Einwänden, für alle Außendienstmitarbeiterinnen und -mitarbeiter\nin zwei Zeilen", "Zufriedenheit", "Punkte", PAPER_MOVED, 5, 1, 2, 80000),
    row("", NULL, NULL, PAPER_CANNOT_TELL, NAN, NAN, NAN, NAN) };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) rows[i].needed = longest;
  struct paper_goal goals[] = { goal(longest, .9), goal("نسبة العروض الرابحة", .8), goal("首次联系解决率", .7) };
  struct paper_board board = board_of(rows, G_N_ELEMENTS(rows), goals, G_N_ELEMENTS(goals));
  board.company = longest;
  good_page(&board, "names");
}

static void test_order(void) {
  struct paper_row turned[G_N_ELEMENTS(usual)];
  for (size_t i = 0; i < G_N_ELEMENTS(usual); i++) turned[i] = usual[G_N_ELEMENTS(usual) - 1 - i];
  struct paper_board one = board_of(usual, G_N_ELEMENTS(usual), NULL, 0), other = board_of(turned, G_N_ELEMENTS(usual), NULL, 0);
  g_autoptr(GBytes) first = paper_board_print(&one, NULL), second = paper_board_print(&other, NULL);
  g_assert_true(g_bytes_equal(first, second)); /* by money, not as they came */
  one.now += CLOCK_DAY;
  g_autoptr(GBytes) later = paper_board_print(&one, NULL);
  g_assert_false(g_bytes_equal(first, later));
}

static void test_headline(void) {
  static const struct { int of[3]; const char *words; } cases[] = {
    { { 0, 0, 0 }, "Nothing to judge yet: no intervention has been registered." }, { { 0, 1, 0 }, "The one intervention did not move its goal." },
    { { 0, 0, 1 }, "The one intervention cannot be told yet." }, { { 1, 1, 3 }, "Of five interventions one moved its goal, one did not, and three cannot be told yet." },
    { { 0, 0, 7 }, "None of seven interventions can be told yet." }, { { 0, 2, 3 }, "Of five interventions none moved its goal, two did not, and three cannot be told yet." },
    { { 2, 0, 3 }, "Of five interventions two moved their goals and three cannot be told yet." }, { { 3, 1, 0 }, "Of four interventions three moved their goals and one did not." },
    { { 14, 0, 0 }, "Of 14 interventions 14 moved their goals." } };
  for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
    struct paper_row rows[16] = { 0 };
    int count = 0;
    for (int verdict = 0; verdict < 3; verdict++)
      for (int i = 0; i < cases[c].of[verdict]; i++) rows[count++].verdict = (enum paper_verdict)verdict;
    struct paper_board board = { .rows = rows, .row_count = count };
    same_text(paper_board_headline(&board), cases[c].words);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/paper/words", test_words);
  g_test_add_func("/paper/headline", test_headline);
  g_test_add_func("/paper/usual", test_usual);
  g_test_add_func("/paper/empty", test_empty);
  g_test_add_func("/paper/many", test_many);
  g_test_add_func("/paper/names", test_names);
  g_test_add_func("/paper/order", test_order);
  return g_test_run();
}
