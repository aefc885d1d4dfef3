-- Looking after the database.

-- name: note
INSERT INTO upkeep (what, at) VALUES ($1, $2) ON CONFLICT (what) DO UPDATE SET at = excluded.at;

-- name: noted
SELECT at FROM upkeep WHERE what = $1;

-- name: schema_mark
SELECT CAST(mark AS INTEGER) FROM schema_mark;

-- name: settings
SELECT name, value FROM engine_setting ORDER BY name;

-- name: actions
SELECT channel, state, count(*) FROM action GROUP BY channel, state ORDER BY channel, state;

-- name: forwards
SELECT state, count(*) FROM (SELECT CASE WHEN running = 0 THEN 'paused' WHEN failing_since IS NULL THEN 'fine' ELSE 'failing' END AS state FROM forward) AS f GROUP BY state ORDER BY state;

-- name: proposals
SELECT state, count(*) FROM proposal WHERE state IN ('proposed', 'in approval', 'changes requested') GROUP BY state ORDER BY state;
