/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's words: names of people and places, pulse questions, and what people write beside their answers.
 *
 * How it can be wrong: names are drawn independently from two lists, so pairs mix languages more than life does. */
#include "sim/catalog.h"

#define COUNT(array) (sizeof array / sizeof *array)

const char *const sim_given_names[] = {
  "Aylin", "Anna", "Ahmed", "Agnieszka", "Amara", "Anke", "Björn", "Bogdan", "Beatriz", "Chidi", "Carla", "Claas",
  "Daniel", "Dilara", "Dörte", "Elif", "Emil", "Ewa", "Fatima", "Felix", "Frauke", "Georgios", "Gesa", "Grace",
  "Hanna", "Hassan", "Henning", "Ibrahim", "Imke", "Ines", "Jan", "Jasmin", "Joana", "Jürgen", "Kaan", "Katrin",
  "Kofi", "Krzysztof", "Lars", "Leyla", "Linh", "Lena", "Maja", "Malik", "Maren", "Mateo", "Mehmet", "Minh",
  "Nadia", "Nele", "Niklas", "Noor", "Olga", "Omar", "Ole", "Paula", "Pavel", "Petra", "Priya", "Rahel",
  "Ravi", "Rieke", "Rosa", "Samira", "Sönke", "Stefan", "Svenja", "Tariq", "Tatjana", "Thanh", "Thies", "Tim",
  "Uta", "Viktor", "Vesna", "Wiebke", "Yannick", "Yusuf", "Zeynep", "Zofia", "Andrej", "Birgit", "Cem", "Esra",
  "Finn", "Halina", "Jonas", "Kerstin", "Luca", "Miriam", "Nuray", "Oskar", "Pia", "Rana", "Sabine", "Torben",
};
const unsigned sim_given_name_count = COUNT(sim_given_names);

const char *const sim_family_names[] = {
  "Adeyemi", "Albers", "Arslan", "Bauer", "Behrens", "Boateng", "Brandt", "Carstens", "Celik", "Chen", "Christiansen",
  "Costa", "Dang", "Demir", "Dietrich", "Doğan", "Ehlers", "Fischer", "Friedrichs", "García", "Gerdes", "Grabowski",
  "Hansen", "Haddad", "Hinrichs", "Hoang", "Ivanova", "Jankowski", "Jensen", "Jovanović", "Kaya", "Keller", "Khan",
  "Klein", "Kowalska", "Kruse", "Kumar", "Lange", "Le", "Lindemann", "Lorenzen", "Lüders", "Mahmoud", "Marković",
  "Martens", "Mensah", "Meyer", "Möller", "Mühlen", "Nguyen", "Nissen", "Novak", "Nowak", "Okafor", "Oliveira",
  "Öztürk", "Papadopoulos", "Paulsen", "Peters", "Petersen", "Pham", "Popescu", "Rahman", "Reimers", "Richter",
  "Rossi", "Sahin", "Santos", "Schmidt", "Schröder", "Schulz", "Sharma", "Siemsen", "Silva", "Singh", "Sokolow",
  "Stehr", "Steffens", "Tamm", "Thomsen", "Timm", "Tran", "Vogt", "Voß", "Wagner", "Weiß", "Werner", "Wiese",
  "Winkler", "Witt", "Wójcik", "Yildiz", "Yilmaz", "Zander", "Zieliński", "Zimmermann", "Abdi", "Brodersen",
};
const unsigned sim_family_name_count = COUNT(sim_family_names);

const char *const sim_places[] = {
  "Hamburg", "Bremen", "Kiel", "Rostock", "Hannover", "Lübeck", "Flensburg", "Oldenburg", "Schwerin", "Stade",
  "Lüneburg", "Cuxhaven", "Wismar", "Husum", "Emden", "Celle", "Bremerhaven", "Stralsund", "Itzehoe", "Leer",
  "Altona", "Harburg", "Wandsbek", "Bergedorf", "Norderstedt", "Neumünster", "Heide", "Aurich", "Verden", "Uelzen",
};
const unsigned sim_place_count = COUNT(sim_places);

const char *const sim_projects[] = {
  "Austernfischer", "Brandgans", "Dreizehenmöwe", "Eiderente", "Flussuferläufer", "Graugans", "Haubentaucher",
  "Kiebitz", "Kranich", "Lachmöwe", "Nonnengans", "Papageitaucher", "Regenpfeifer", "Säbelschnäbler", "Seeadler",
  "Silberreiher", "Strandläufer", "Trottellumme", "Uferschnepfe", "Wiesenweihe",
};
const unsigned sim_project_count = COUNT(sim_projects);

const char *const sim_topic_ids[TOPIC_COUNT] = { "tool", "clarity", "capacity", "process", "incentive", "support", "engagement", "confidence" };

const struct question_row sim_questions[] = {
  { "Q01", "The tools I work with do what I need.", TOPIC_TOOL, true },
  { "Q02", "The software I use every day is fast and reliable.", TOPIC_TOOL, false },
  { "Q03", "I know what is expected of me.", TOPIC_CLARITY, true },
  { "Q04", "Our goals and priorities are clear to me.", TOPIC_CLARITY, false },
  { "Q05", "I have enough time to do my work well.", TOPIC_CAPACITY, true },
  { "Q06", "My workload is manageable.", TOPIC_CAPACITY, false },
  { "Q07", "Work moves between departments without needless waiting.", TOPIC_PROCESS, true },
  { "Q08", "Approvals reach me in time to do my job.", TOPIC_PROCESS, false },
  { "Q09", "What is rewarded here is what helps our customers.", TOPIC_INCENTIVE, true },
  { "Q10", "Doing the right thing pays off for me and my team.", TOPIC_INCENTIVE, false },
  { "Q11", "My manager supports me when I need help.", TOPIC_SUPPORT, true },
  { "Q12", "I would recommend this company as a place to work.", TOPIC_ENGAGEMENT, true },
  { "Q13", "I look forward to my work.", TOPIC_ENGAGEMENT, false },
  { "Q14", "I feel able to do the tasks that my job asks of me.", TOPIC_CONFIDENCE, true },
};
const unsigned sim_question_count = COUNT(sim_questions);

const char *const sim_comments[TOPIC_COUNT][2][MAX_COMMENTS] = {
  [TOPIC_TOOL] = {
    { "Crashed twice today, lost my notes both times.", "Since the update every screen takes ten seconds.", "I keep a paper list because search finds nothing.", "Ticket open for three weeks.", "Two systems, two passwords, two truths.", "Works in the morning, dead in the afternoon." },
    { "Runs well for me.", "The new shortcuts save me a lot of clicks.", "No complaints.", "Better than at my last employer.", "Fast enough.", "IT helped within an hour." } },
  [TOPIC_CLARITY] = {
    { "Three people gave me three different priorities.", "Nobody can say how the number is counted.", "We heard of the new target from another team.", "What is it we are supposed to optimise?", "Since the change I do not know who decides.", "The goal changes with whoever asks." },
    { "Our Monday meeting makes it clear.", "I know what matters this quarter.", "The one-pager helped.", "Clear.", "Good to see the goal on the wall.", "Team lead explains the why." } },
  [TOPIC_CAPACITY] = {
    { "Two are missing and the work is still the same.", "I eat lunch at the desk.", "Overtime every week since spring.", "We only put out fires.", "In quiet weeks we do fine, there are just none.", "Holiday had to be moved again." },
    { "Busy, but fine.", "The new colleague makes a difference.", "Enough time to do it properly.", "July was relaxed.", "Planning is fair.", "OK." } },
  [TOPIC_PROCESS] = {
    { "Waiting four days for a signature.", "It always comes back because a form is missing.", "Nobody knows where it lies.", "The approval takes longer than the work.", "I send reminders, that is half my job.", "One desk for everything, and it is full." },
    { "Hand-over works.", "Answer usually on the same day.", "Short ways.", "Much better than last year.", "Colleagues pick up quickly.", "No waiting here." } },
  [TOPIC_INCENTIVE] = {
    { "The bonus counts something else.", "If I take my time with a customer it costs me money.", "We are paid for quantity, let us be honest.", "Doing it right looks bad in the list.", "The ranking on the wall says everything.", "Nobody gets thanked for quality." },
    { "Good work is noticed.", "The team bonus is fair.", "Quality counts here.", "Nice thank-you from the customer was shared.", "Feels fair.", "Fine." } },
  [TOPIC_SUPPORT] = {
    { "Have not had a proper conversation in months.", "My questions stay unanswered.", "Always in meetings.", "Left alone with the difficult ones.", "No feedback, only numbers.", "One-to-ones keep being cancelled." },
    { "My lead takes time.", "Good team, good lead.", "Help is one call away.", "I get honest feedback.", "Felt backed up last week.", "Thank you for the flexible hours." } },
  [TOPIC_ENGAGEMENT] = {
    { "Used to be more fun.", "I am looking around.", "Just doing my hours at the moment.", "Too much talk, too little action.", "Mood is low here.", "I would not tell my friends to apply right now." },
    { "Like my colleagues.", "Good atmosphere.", "Proud of what we did this month.", "Still happy here.", "Nice summer party.", "Meaningful work." } },
  [TOPIC_CONFIDENCE] = {
    { "I was never shown how.", "Unsure with the new cases.", "I often have to ask.", "Would like to practise before it counts.", "Learning by doing, mostly by failing.", "The experienced people have left." },
    { "I can do this.", "After two years nothing surprises me.", "Practice helped.", "Feel safe in what I do.", "Routine.", "Good onboarding." } },
};
