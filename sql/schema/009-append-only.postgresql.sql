-- The ledger is append-only, whoever asks.
CREATE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_stays();
CREATE TRIGGER event_is_never_emptied BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_stays();

-- Who holds this row's lock writes: sequence numbers have no gaps, and their order is the order of commits.
CREATE TABLE partition (id INTEGER PRIMARY KEY);
INSERT INTO partition (id) VALUES (0);
