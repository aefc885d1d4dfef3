-- The company's nouns, each a projection of the rows of one canonical file (src/company/formats.c): the file's columns in their
-- order, then `digest` (64 bits of the row's clear body, keyed, to see whether it changed) and `seq` (its event). Days are days since 1970,
-- moments microseconds. Where a file names a person, the opaque person id stands here.

CREATE TABLE person (
  id              TEXT PRIMARY KEY,
  employee_number TEXT NOT NULL,
  first_name      TEXT,
  last_name       TEXT,
  work_email      TEXT,
  location        TEXT,
  status          TEXT NOT NULL,
  start           INTEGER,
  "end"           INTEGER,
  digest          INTEGER NOT NULL,
  seq             INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE membership (
  person     TEXT    NOT NULL,
  team       TEXT    NOT NULL,
  "from"     INTEGER NOT NULL,
  "to"       INTEGER,
  department TEXT,
  job_title  TEXT,
  manager    TEXT,
  fte        REAL,
  "primary"  INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  PRIMARY KEY (person, team, "from")
) WITHOUT ROWID;

CREATE TABLE skill ( -- skills.csv
  skill_id         TEXT NOT NULL,
  "name"           TEXT,
  broader          TEXT,
  description      TEXT,
  aliases          TEXT,
  half_life_months REAL,
  digest           INTEGER NOT NULL,
  seq              INTEGER NOT NULL,
  PRIMARY KEY (skill_id)
) WITHOUT ROWID;

CREATE TABLE job_skill ( -- jobs.csv
  job_title  TEXT NOT NULL,
  skill_id   TEXT NOT NULL,
  level      REAL,
  importance REAL,
  digest     INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  PRIMARY KEY (job_title, skill_id)
) WITHOUT ROWID;

CREATE TABLE goal ( -- goals.csv
  goal_id        TEXT NOT NULL,
  "name"         TEXT,
  unit           TEXT,
  direction      TEXT,
  owner          TEXT,
  baseline       REAL,
  target         REAL,
  due            INTEGER,
  weight         REAL,
  category       TEXT,
  value_per_unit REAL,
  currency       TEXT,
  skills         TEXT,
  departments    TEXT,
  digest         INTEGER NOT NULL,
  seq            INTEGER NOT NULL,
  PRIMARY KEY (goal_id)
) WITHOUT ROWID;

CREATE TABLE kpi ( -- kpis.csv
  goal_id  TEXT NOT NULL,
  team     TEXT NOT NULL,
  "date"   INTEGER NOT NULL,
  "value"  REAL,
  exposure REAL,
  digest   INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  PRIMARY KEY (goal_id, team, "date")
) WITHOUT ROWID;

CREATE TABLE result ( -- results.csv
  person     TEXT NOT NULL,
  skill_id   TEXT NOT NULL,
  "date"     INTEGER NOT NULL,
  score      REAL,
  kind       TEXT NOT NULL,
  item_id    TEXT NOT NULL,
  difficulty REAL,
  nth        INTEGER NOT NULL,
  digest     INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  PRIMARY KEY (skill_id, person, "date", kind, item_id, nth)
) WITHOUT ROWID;

CREATE TABLE programme ( -- programmes.csv
  programme_id  TEXT NOT NULL,
  title         TEXT,
  kind          TEXT,
  skills        TEXT,
  hours         REAL,
  cost_per_seat REAL,
  fixed_cost    REAL,
  active        INTEGER,
  digest        INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  PRIMARY KEY (programme_id)
) WITHOUT ROWID;

CREATE TABLE enrolment ( -- enrolments.csv
  programme_id TEXT NOT NULL,
  person       TEXT NOT NULL,
  "date"       INTEGER NOT NULL,
  status       TEXT,
  completed_on INTEGER,
  digest       INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (programme_id, person, "date")
) WITHOUT ROWID;

CREATE TABLE question ( -- questions.csv
  question_id TEXT NOT NULL,
  "text"      TEXT,
  topic       TEXT,
  digest      INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  PRIMARY KEY (question_id)
) WITHOUT ROWID;

CREATE TABLE pulse ( -- pulse.csv
  "date"      INTEGER NOT NULL,
  question_id TEXT NOT NULL,
  team        TEXT NOT NULL,
  respondent  TEXT NOT NULL,
  answer      REAL,
  comment     TEXT,
  digest      INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  PRIMARY KEY (team, "date", question_id, respondent)
) WITHOUT ROWID;

CREATE TABLE objective ( -- objectives.csv
  objective_id TEXT NOT NULL,
  owner        TEXT,
  title        TEXT,
  goal_id      TEXT,
  skills       TEXT,
  progress     REAL,
  due          INTEGER,
  digest       INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (objective_id)
) WITHOUT ROWID;

CREATE TABLE request ( -- requests.csv
  request_id  TEXT NOT NULL,
  "date"      INTEGER,
  requester   TEXT,
  team        TEXT,
  title       TEXT,
  description TEXT,
  digest      INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  PRIMARY KEY (request_id)
) WITHOUT ROWID;

CREATE TABLE step ( -- work_log.csv
  process  TEXT NOT NULL,
  case_id  TEXT NOT NULL,
  activity TEXT NOT NULL,
  "start"  INTEGER NOT NULL,
  "end"    INTEGER,
  team     TEXT,
  actor    TEXT,
  digest   INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  PRIMARY KEY (process, case_id, "start", activity)
) WITHOUT ROWID;

CREATE TABLE ticket ( -- tickets.csv
  ticket_id TEXT NOT NULL,
  opened    INTEGER,
  closed    INTEGER,
  team      TEXT,
  tool      TEXT,
  category  TEXT,
  digest    INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  PRIMARY KEY (ticket_id)
) WITHOUT ROWID;

CREATE TABLE capacity ( -- capacity.csv
  team            TEXT NOT NULL,
  "date"          INTEGER NOT NULL,
  available_hours REAL,
  planned_hours   REAL,
  digest          INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  PRIMARY KEY (team, "date")
) WITHOUT ROWID;

CREATE TABLE reward ( -- rewards.csv
  job_title TEXT NOT NULL,
  team      TEXT NOT NULL,
  rewarded  TEXT NOT NULL,
  weight    REAL,
  "from"    INTEGER NOT NULL,
  "to"      INTEGER,
  digest    INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  PRIMARY KEY (job_title, team, rewarded, "from")
) WITHOUT ROWID;

CREATE TABLE change ( -- changes.csv
  "date" INTEGER NOT NULL,
  scope  TEXT NOT NULL,
  kind   TEXT NOT NULL,
  title  TEXT NOT NULL,
  digest INTEGER NOT NULL,
  seq    INTEGER NOT NULL,
  PRIMARY KEY ("date", scope, kind, title)
) WITHOUT ROWID;

CREATE TABLE demand ( -- workforce.csv
  "month"   INTEGER NOT NULL,
  skill_id  TEXT NOT NULL,
  job_title TEXT NOT NULL,
  demand    REAL,
  digest    INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  PRIMARY KEY ("month", skill_id, job_title)
) WITHOUT ROWID;

CREATE TABLE statement ( -- statements.jsonl
  id       TEXT PRIMARY KEY,
  person   TEXT,
  actor    TEXT    NOT NULL,
  verb     TEXT    NOT NULL,
  object   TEXT    NOT NULL,
  name     TEXT,
  at       INTEGER NOT NULL,
  score    REAL,
  success  INTEGER,
  digest   INTEGER NOT NULL,
  seq      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE source ( -- sources/*.md
  name        TEXT PRIMARY KEY,
  title       TEXT,
  owner       TEXT,
  valid_until INTEGER,
  licence     TEXT,
  audience    TEXT,
  text        TEXT    NOT NULL,
  digest      INTEGER NOT NULL,
  seq         INTEGER NOT NULL
) WITHOUT ROWID;

-- Which canonical files have ever been imported: without its file a cause is unknown, not absent.
CREATE TABLE file_seen (
  file TEXT PRIMARY KEY,
  seq  INTEGER NOT NULL
) WITHOUT ROWID;

-- How a goal's weight came to be what it is.
CREATE TABLE goal_version (
  goal_id TEXT    NOT NULL,
  version INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  actor   TEXT    NOT NULL,
  weight  REAL,
  reason  TEXT,
  seq     INTEGER NOT NULL,
  PRIMARY KEY (goal_id, version)
) WITHOUT ROWID;

-- What people told the agents about a need: a cause confirmed or overruled; noise, declined, accepted.
CREATE TABLE need_word (
  need    TEXT    NOT NULL,
  word    TEXT    NOT NULL,
  goal_id TEXT    NOT NULL,
  cause   TEXT,
  first   TEXT,
  reason  TEXT,
  actor   TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  PRIMARY KEY (need, word)
) WITHOUT ROWID;

-- A person's own correction of a skill level, 0 to 1; it stands beside the evidence and is shown as theirs.
CREATE TABLE skill_correction (
  person   TEXT    NOT NULL,
  skill_id TEXT    NOT NULL,
  level    REAL    NOT NULL,
  note     TEXT,
  at       INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  PRIMARY KEY (person, skill_id)
) WITHOUT ROWID;
