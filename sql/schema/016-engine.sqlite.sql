-- What only the engine knows of itself, in words that are the same for all. `schema_mark` changes with every migration.
CREATE VIEW schema_mark AS SELECT sum(length(sql)) AS mark FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%';
CREATE VIEW engine_setting AS SELECT 'engine' AS name, 'sqlite' AS value;
