-- What was registered and changed afterwards, as it stands now: a version of its own, told from what was registered. NULL: as registered.
-- Fold of intervention.amended. The versions themselves are the events.
ALTER TABLE intervention ADD COLUMN cost REAL;
ALTER TABLE intervention ADD COLUMN minimum_effect REAL;
