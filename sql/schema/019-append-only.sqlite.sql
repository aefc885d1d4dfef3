CREATE TRIGGER event_data_is_never_changed BEFORE UPDATE ON event_data BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER event_data_is_never_deleted BEFORE DELETE ON event_data BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
