-- What statements add up to: fold of statement.stored (src/company/blocks.h). A row for each thousands of seqs and each way to look at
-- them, so that a question over a year reads some hundred rows, and not its statements.
CREATE TABLE statement_block (
  kind      TEXT    NOT NULL, -- by what its cells are: v verbs, o activities, p agents
  "last"    INTEGER NOT NULL, -- counts the statements up to this seq that the row before does not
  first_day INTEGER NOT NULL, -- the days that its cells are of; where there is no cell, first is after last
  last_day  INTEGER NOT NULL,
  seq       INTEGER NOT NULL, -- the event that completed it
  cells     BLOB    NOT NULL,
  PRIMARY KEY (kind, "last")
);
