CREATE TRIGGER event_data_is_never_changed BEFORE UPDATE OR DELETE ON event_data FOR EACH ROW EXECUTE FUNCTION event_stays();
CREATE TRIGGER event_data_is_never_emptied BEFORE TRUNCATE ON event_data FOR EACH STATEMENT EXECUTE FUNCTION event_stays();
