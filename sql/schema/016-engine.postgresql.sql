-- What only the engine knows of itself, in words that are the same for all. `schema_mark` changes with every migration.
CREATE VIEW schema_mark AS SELECT max(number) AS mark FROM meno_schema;
CREATE VIEW engine_setting AS
  SELECT CAST(name AS text) AS name, CAST(setting AS text) AS value FROM pg_settings
  WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'max_connections', 'superuser_reserved_connections', 'default_transaction_read_only', 'data_checksums')
  UNION ALL SELECT 'in_recovery', CASE WHEN pg_is_in_recovery() THEN 'on' ELSE 'off' END
  UNION ALL SELECT 'engine', 'postgresql';
