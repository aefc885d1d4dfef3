-- The files' tables, three queries each: put_X (parameters in the order of the columns), find_X (by key: digest and event)
-- and all_X (in the order that company.h promises).

-- name: put_person
INSERT INTO person (id, employee_number, first_name, last_name, work_email, location, status, start, "end", digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET employee_number = excluded.employee_number, first_name = excluded.first_name,
  last_name = excluded.last_name, work_email = excluded.work_email, location = excluded.location, status = excluded.status,
  start = excluded.start, "end" = excluded."end", digest = excluded.digest, seq = excluded.seq;

-- name: put_membership
INSERT INTO membership (person, team, "from", "to", department, job_title, manager, fte, "primary", seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (person, team, "from") DO UPDATE SET "to" = excluded."to", department = excluded.department,
  job_title = excluded.job_title, manager = excluded.manager, fte = excluded.fte, "primary" = excluded."primary", seq = excluded.seq;

-- name: end_memberships
UPDATE membership SET "to" = CASE WHEN "from" > $2 THEN "from" ELSE $2 END, "primary" = 0 WHERE person = $1 AND "to" IS NULL AND seq < $3;

-- name: find_person
SELECT digest, seq FROM person WHERE id = $1;

-- name: all_person
SELECT p.id, p.employee_number, p.first_name, p.last_name, p.work_email, p.location, p.status, p.start, p."end", p.seq, e.id
FROM person p JOIN event e ON e.seq = p.seq ORDER BY p.id;

-- name: all_membership
SELECT person, team, "from", "to", department, job_title, manager, fte, "primary" FROM membership ORDER BY person, "from", team;

-- name: files
SELECT file FROM file_seen ORDER BY file;

-- name: file_seen
SELECT seq FROM file_seen WHERE file = $1;

-- name: put_file
INSERT INTO file_seen (file, seq) VALUES ($1, $2) ON CONFLICT (file) DO UPDATE SET seq = excluded.seq;

-- name: data_version
SELECT coalesce(max(seq), 0) FROM (SELECT max(changed) AS seq FROM import UNION ALL SELECT max(seq) FROM goal_version
  UNION ALL SELECT max(seq) FROM need_word UNION ALL SELECT max(seq) FROM skill_correction
  UNION ALL SELECT max(seq) FROM programme_decision UNION ALL SELECT max(seq) FROM assumption UNION ALL SELECT max(seq) FROM weight_reset
  UNION ALL SELECT max(seq) FROM statement_news UNION ALL SELECT max(seq) FROM evidence_rules
  UNION ALL SELECT max(seq) FROM actor_match UNION ALL SELECT max(undone) FROM actor_match) AS newest;

-- name: version
SELECT coalesce(max(seq), 0) FROM (SELECT max(changed) AS seq FROM import UNION ALL SELECT max(seq) FROM goal_version
  UNION ALL SELECT max(seq) FROM need_word UNION ALL SELECT max(seq) FROM skill_correction
  UNION ALL SELECT max(seq) FROM programme_decision UNION ALL SELECT max(seq) FROM assumption UNION ALL SELECT max(seq) FROM weight_reset
  UNION ALL SELECT max(seq) FROM claim WHERE predicate IN ('need', 'what works') UNION ALL SELECT max(ended) FROM claim WHERE predicate IN ('need', 'what works')
  UNION ALL SELECT max(seq) FROM intervention UNION ALL SELECT max(seq) FROM asset UNION ALL SELECT max(seq) FROM delivery
  UNION ALL SELECT max(seq) FROM promise
  UNION ALL SELECT max(seq) FROM statement_news UNION ALL SELECT max(seq) FROM evidence_rules
  UNION ALL SELECT max(seq) FROM actor_match UNION ALL SELECT max(undone) FROM actor_match) AS newest;

-- name: put_skill
INSERT INTO skill (skill_id, "name", broader, description, aliases, half_life_months, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (skill_id) DO UPDATE SET "name" = excluded."name", broader = excluded.broader, description = excluded.description, aliases = excluded.aliases, half_life_months = excluded.half_life_months, digest = excluded.digest, seq = excluded.seq;

-- name: find_skill
SELECT digest, seq FROM skill WHERE skill_id = $1;

-- name: all_skill
SELECT skill_id, "name", broader, description, aliases, half_life_months, seq FROM skill ORDER BY skill_id;

-- name: put_job_skill
INSERT INTO job_skill (job_title, skill_id, level, importance, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (job_title, skill_id) DO UPDATE SET level = excluded.level, importance = excluded.importance, digest = excluded.digest, seq = excluded.seq;

-- name: find_job_skill
SELECT digest, seq FROM job_skill WHERE job_title = $1 AND skill_id = $2;

-- name: all_job_skill
SELECT job_title, skill_id, level, importance, seq FROM job_skill ORDER BY job_title, skill_id;

-- name: put_goal
INSERT INTO goal (goal_id, "name", unit, direction, owner, baseline, target, due, weight, category, value_per_unit, currency, skills, departments, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (goal_id) DO UPDATE SET "name" = excluded."name", unit = excluded.unit, direction = excluded.direction, owner = excluded.owner, baseline = excluded.baseline, target = excluded.target, due = excluded.due, weight = excluded.weight, category = excluded.category, value_per_unit = excluded.value_per_unit, currency = excluded.currency, skills = excluded.skills, departments = excluded.departments, digest = excluded.digest, seq = excluded.seq;

-- name: find_goal
SELECT digest, seq FROM goal WHERE goal_id = $1;

-- name: all_goal
SELECT goal_id, "name", unit, direction, owner, baseline, target, due, weight, category, value_per_unit, currency, skills, departments, seq FROM goal ORDER BY goal_id;

-- name: put_kpi
INSERT INTO kpi (goal_id, team, "date", "value", exposure, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (goal_id, team, "date") DO UPDATE SET "value" = excluded."value", exposure = excluded.exposure, digest = excluded.digest, seq = excluded.seq;

-- name: find_kpi
SELECT digest, seq FROM kpi WHERE goal_id = $1 AND team = $2 AND "date" = $3;

-- name: all_kpi
SELECT goal_id, team, "date", "value", exposure, seq FROM kpi ORDER BY goal_id, team, "date";

-- name: put_result
INSERT INTO result (person, skill_id, "date", score, kind, item_id, difficulty, nth, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (skill_id, person, "date", kind, item_id, nth) DO UPDATE SET score = excluded.score, difficulty = excluded.difficulty, digest = excluded.digest, seq = excluded.seq;

-- name: find_result
SELECT digest, seq FROM result WHERE person = $1 AND skill_id = $2 AND "date" = $3 AND kind = $4 AND item_id = $5 AND nth = $6;

-- name: all_result
SELECT person, skill_id, "date", score, kind, item_id, difficulty, nth, seq FROM result ORDER BY skill_id, person, "date", kind, item_id, nth;

-- name: put_programme
INSERT INTO programme (programme_id, title, kind, skills, hours, cost_per_seat, fixed_cost, active, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (programme_id) DO UPDATE SET title = excluded.title, kind = excluded.kind, skills = excluded.skills, hours = excluded.hours, cost_per_seat = excluded.cost_per_seat, fixed_cost = excluded.fixed_cost, active = excluded.active, digest = excluded.digest, seq = excluded.seq;

-- name: find_programme
SELECT digest, seq FROM programme WHERE programme_id = $1;

-- name: all_programme
SELECT programme_id, title, kind, skills, hours, cost_per_seat, fixed_cost, active, seq FROM programme ORDER BY programme_id;

-- name: put_programme_decision
INSERT INTO programme_decision (programme_id, stopped, goal_id, reason, actor, seq) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (programme_id) DO UPDATE SET stopped = excluded.stopped, goal_id = excluded.goal_id, reason = excluded.reason, actor = excluded.actor, seq = excluded.seq;

-- name: all_programme_decision
SELECT d.programme_id, d.stopped, d.goal_id, d.reason, e.id FROM programme_decision d JOIN event e ON e.seq = d.seq ORDER BY d.programme_id;

-- name: put_enrolment
INSERT INTO enrolment (programme_id, person, "date", status, completed_on, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (programme_id, person, "date") DO UPDATE SET status = excluded.status, completed_on = excluded.completed_on, digest = excluded.digest, seq = excluded.seq;

-- name: find_enrolment
SELECT digest, seq FROM enrolment WHERE programme_id = $1 AND person = $2 AND "date" = $3;

-- name: all_enrolment
SELECT programme_id, person, "date", status, completed_on, seq FROM enrolment ORDER BY programme_id, person, "date";

-- name: put_question
INSERT INTO question (question_id, "text", topic, digest, seq)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (question_id) DO UPDATE SET "text" = excluded."text", topic = excluded.topic, digest = excluded.digest, seq = excluded.seq;

-- name: find_question
SELECT digest, seq FROM question WHERE question_id = $1;

-- name: all_question
SELECT question_id, "text", topic, seq FROM question ORDER BY question_id;

-- name: put_pulse
INSERT INTO pulse ("date", question_id, team, respondent, answer, comment, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (team, "date", question_id, respondent) DO UPDATE SET answer = excluded.answer, comment = excluded.comment, digest = excluded.digest, seq = excluded.seq;

-- name: find_pulse
SELECT digest, seq FROM pulse WHERE "date" = $1 AND question_id = $2 AND team = $3 AND respondent = $4;

-- name: all_pulse
SELECT p."date", p.question_id, p.team, p.respondent, p.answer, p.comment, p.seq,
  CASE WHEN p.comment IS NULL THEN NULL ELSE (SELECT e.id FROM event e WHERE e.seq = p.seq) END
FROM pulse p ORDER BY p.team, p."date", p.question_id, p.respondent;

-- name: put_objective
INSERT INTO objective (objective_id, owner, title, goal_id, skills, progress, due, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (objective_id) DO UPDATE SET owner = excluded.owner, title = excluded.title, goal_id = excluded.goal_id, skills = excluded.skills, progress = excluded.progress, due = excluded.due, digest = excluded.digest, seq = excluded.seq;

-- name: find_objective
SELECT digest, seq FROM objective WHERE objective_id = $1;

-- name: all_objective
SELECT o.objective_id, o.owner, o.title, o.goal_id, o.skills, o.progress, o.due, o.seq, e.id
FROM objective o JOIN event e ON e.seq = o.seq ORDER BY o.objective_id;

-- name: put_request
INSERT INTO request (request_id, "date", requester, team, title, description, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (request_id) DO UPDATE SET "date" = excluded."date", requester = excluded.requester, team = excluded.team, title = excluded.title, description = excluded.description, digest = excluded.digest, seq = excluded.seq;

-- name: find_request
SELECT digest, seq FROM request WHERE request_id = $1;

-- name: all_request
SELECT r.request_id, r."date", r.requester, r.team, r.title, r.description, r.seq, e.id
FROM request r JOIN event e ON e.seq = r.seq ORDER BY r."date" NULLS FIRST, r.request_id;

-- name: put_step
INSERT INTO step (process, case_id, activity, "start", "end", team, actor, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (process, case_id, "start", activity) DO UPDATE SET "end" = excluded."end", team = excluded.team, actor = excluded.actor, digest = excluded.digest, seq = excluded.seq;

-- name: find_step
SELECT digest, seq FROM step WHERE process = $1 AND case_id = $2 AND activity = $3 AND "start" = $4;

-- name: all_step
SELECT process, case_id, activity, "start", "end", team, actor, seq FROM step ORDER BY process, case_id, "start", activity;

-- name: put_ticket
INSERT INTO ticket (ticket_id, opened, closed, team, tool, category, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (ticket_id) DO UPDATE SET opened = excluded.opened, closed = excluded.closed, team = excluded.team, tool = excluded.tool, category = excluded.category, digest = excluded.digest, seq = excluded.seq;

-- name: find_ticket
SELECT digest, seq FROM ticket WHERE ticket_id = $1;

-- name: all_ticket
SELECT ticket_id, opened, closed, team, tool, category, seq FROM ticket ORDER BY opened NULLS FIRST, ticket_id;

-- name: put_capacity
INSERT INTO capacity (team, "date", available_hours, planned_hours, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (team, "date") DO UPDATE SET available_hours = excluded.available_hours, planned_hours = excluded.planned_hours, digest = excluded.digest, seq = excluded.seq;

-- name: find_capacity
SELECT digest, seq FROM capacity WHERE team = $1 AND "date" = $2;

-- name: all_capacity
SELECT team, "date", available_hours, planned_hours, seq FROM capacity ORDER BY team, "date";

-- name: put_reward
INSERT INTO reward (job_title, team, rewarded, weight, "from", "to", digest, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (job_title, team, rewarded, "from") DO UPDATE SET weight = excluded.weight, "to" = excluded."to", digest = excluded.digest, seq = excluded.seq;

-- name: find_reward
SELECT digest, seq FROM reward WHERE job_title = $1 AND team = $2 AND rewarded = $3 AND "from" = $4;

-- name: all_reward
SELECT job_title, team, rewarded, weight, "from", "to", seq FROM reward ORDER BY job_title, team, rewarded, "from";

-- name: put_change
INSERT INTO change ("date", scope, kind, title, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ("date", scope, kind, title) DO UPDATE SET digest = excluded.digest, seq = excluded.seq;

-- name: find_change
SELECT digest, seq FROM change WHERE "date" = $1 AND scope = $2 AND kind = $3 AND title = $4;

-- name: all_change
SELECT "date", scope, kind, title, seq FROM change ORDER BY "date", scope, kind, title;

-- name: put_demand
INSERT INTO demand ("month", skill_id, job_title, demand, digest, seq)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ("month", skill_id, job_title) DO UPDATE SET demand = excluded.demand, digest = excluded.digest, seq = excluded.seq;

-- name: find_demand
SELECT digest, seq FROM demand WHERE "month" = $1 AND skill_id = $2 AND job_title = $3;

-- name: all_demand
SELECT "month", skill_id, job_title, demand, seq FROM demand ORDER BY "month", skill_id, job_title;

-- name: clear_assumptions
DELETE FROM assumption;

-- name: put_assumption
INSERT INTO assumption (name, value, seq) VALUES ($1, $2, $3);

-- name: all_assumption
SELECT name, value FROM assumption WHERE name <> '' ORDER BY name;

-- name: put_statement
INSERT INTO statement (seq, id, stored, at, actor, verb, object, authority, name, score, success, target, voids, voided, refs, digest, completion, progress, type, room)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, $14, $15, $16, $17, $18, $19) ON CONFLICT (id) DO NOTHING;

-- name: find_statement
SELECT digest, seq FROM statement WHERE id = $1;

-- name: drop_file_statement
DELETE FROM statement WHERE id = $1 AND authority IS NULL;

-- name: all_statement
SELECT seq, at, actor, verb, object, type, score, progress, success, completion, name FROM statement
WHERE actor IS NOT NULL AND voided IS NULL
  AND (verb IS NULL OR verb NOT IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)) ORDER BY seq;

-- name: all_term
SELECT id, key, name FROM term ORDER BY id;

-- name: term
SELECT id FROM term WHERE key = $1;

-- name: next_file_term
SELECT COALESCE(min(id), 0) - 1 FROM term WHERE id < 0;

-- name: put_term
INSERT INTO term (id, key, name, sample, seq) VALUES ($1, $2, $3, $4, $5);

-- name: statements_rolled
SELECT upto FROM statement_rolled;

-- All that an arrival has to know, in one question: of the tables, and of each statement that refers to it; in any order, for
-- asking for one makes a sorter at every arrival.
-- name: statement_arrives
SELECT 0 AS seq, 0 AS voids, NULL AS id, COALESCE((SELECT upto FROM statement_rolled), 0) AS rolled, COALESCE((SELECT stored FROM statement_news), 0) AS told
UNION ALL SELECT r.seq, r.voids, r.id, 0, 0
FROM (SELECT seq, voids, id FROM statement WHERE target = $1 AND authority IS NOT NULL
  AND (room IS NULL OR room = $3) ORDER BY seq LIMIT $2) AS r;

-- name: roll_statements
INSERT INTO statement_rolled (id, upto) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET upto = excluded.upto;

-- name: statements_to_roll
SELECT seq, refs FROM statement WHERE seq >= $1 AND seq < $2 AND refs IS NOT NULL;

-- name: put_statement_term
INSERT INTO statement_term (term, place, seq) VALUES ($1, $2, $3) ON CONFLICT (term, place, seq) DO NOTHING;

-- name: put_eight_statement_terms
INSERT INTO statement_term (term, place, seq) VALUES ($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), ($13, $14, $15), ($16, $17, $18), ($19, $20, $21), ($22, $23, $24)
ON CONFLICT (term, place, seq) DO NOTHING;

-- name: void_statement
UPDATE statement SET voided = $2 WHERE seq = $1 AND voids = 0 AND voided IS NULL;

-- name: statement_target
SELECT seq, refs, target FROM statement WHERE id = $1 AND authority IS NOT NULL AND (CAST($2 AS INTEGER) = 0 OR room = $2);

-- name: statement_referrers
SELECT r.seq, r.voids, r.id FROM statement r WHERE r.target = $1 AND r.authority IS NOT NULL
  AND (r.room IS NULL OR r.room = (SELECT t.room FROM statement t WHERE t.id = $1)) ORDER BY r.seq LIMIT $2;

-- name: put_statement_news
INSERT INTO statement_news (id, stored, seq) VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE SET stored = excluded.stored, seq = excluded.seq;

-- name: put_source
INSERT INTO source (name, title, owner, valid_until, licence, audience, text, digest, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (name) DO UPDATE SET title = excluded.title, owner = excluded.owner, valid_until = excluded.valid_until,
  licence = excluded.licence, audience = excluded.audience, text = excluded.text, digest = excluded.digest, seq = excluded.seq;

-- name: find_source
SELECT digest, seq FROM source WHERE name = $1;

-- name: all_source
SELECT s.name, s.title, s.owner, s.valid_until, s.licence, s.audience, s.text, s.seq, e.id FROM source s JOIN event e ON e.seq = s.seq ORDER BY s.name;

-- name: weigh_goal
UPDATE goal SET weight = $2, seq = $3 WHERE goal_id = $1;

-- name: add_goal_version
INSERT INTO goal_version (goal_id, version, at, actor, weight, reason, seq)
SELECT CAST($1 AS TEXT), count(*) + 1, CAST($2 AS INTEGER), CAST($3 AS TEXT), CAST($4 AS REAL), CAST($5 AS TEXT), CAST($6 AS INTEGER)
FROM goal_version WHERE goal_id = $1;

-- name: all_goal_version
SELECT goal_id, version, at, weight, seq FROM goal_version ORDER BY goal_id, version;

-- name: goal_versions
SELECT v.version, v.at, v.actor, v.weight, v.reason, v.seq, e.id FROM goal_version v JOIN event e ON e.seq = v.seq
WHERE v.goal_id = $1 ORDER BY v.version DESC;

-- name: put_need_word
INSERT INTO need_word (need, word, goal_id, cause, first, reason, actor, at, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (need, word) DO UPDATE SET goal_id = excluded.goal_id, cause = excluded.cause, first = excluded.first,
  reason = excluded.reason, actor = excluded.actor, at = excluded.at, seq = excluded.seq;

-- name: all_need_word
SELECT w.need, w.word, w.goal_id, w.cause, w.first, w.reason, w.actor, w.at, w.seq, e.id
FROM need_word w JOIN event e ON e.seq = w.seq ORDER BY w.need, w.word;

-- name: need_words
SELECT w.word, w.cause, w.first, w.reason, w.actor, w.at, w.seq, e.id FROM need_word w JOIN event e ON e.seq = w.seq
WHERE w.need = $1 ORDER BY w.seq;

-- name: put_skill_correction
INSERT INTO skill_correction (person, skill_id, level, note, at, seq) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (person, skill_id) DO UPDATE SET level = excluded.level, note = excluded.note, at = excluded.at, seq = excluded.seq;

-- name: skill_corrections
SELECT c.skill_id, c.level, c.note, c.at, c.seq, e.id FROM skill_correction c JOIN event e ON e.seq = c.seq
WHERE c.person = $1 ORDER BY c.skill_id;

-- name: decisions_since
SELECT (SELECT count(*) FROM approval WHERE seq > $1) + (SELECT count(*) FROM need_word WHERE seq > $1);

-- name: all_skill_correction
SELECT person, skill_id, level, at, seq FROM skill_correction ORDER BY person, skill_id;

-- name: live_needs
SELECT subject, value, seq FROM claim WHERE predicate = 'need' AND state = 'live' ORDER BY subject;

-- name: put_intervention
INSERT INTO intervention (id, need, goal_id, cause, plan, state, registered_at, ended, seq) VALUES ($1, $2, $3, $4, $5, 'running', $6, NULL, $7)
ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, seq = excluded.seq;

-- name: end_intervention
UPDATE intervention SET state = 'stopped', ended = $2, seq = $3 WHERE id = $1;

-- name: amend_intervention
UPDATE intervention SET cost = coalesce($2, cost), minimum_effect = coalesce($3, minimum_effect), seq = $4 WHERE id = $1;

-- name: all_intervention
SELECT id, need, goal_id, cause, plan, state, registered_at, ended, seq, cost, minimum_effect FROM intervention ORDER BY registered_at, id;

-- name: put_asset
INSERT INTO asset (id, intervention, need, title, modality, pattern, body, published, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, modality = excluded.modality, pattern = excluded.pattern, body = excluded.body,
  published = excluded.published, seq = excluded.seq, withdrawn = NULL;

-- name: all_asset
SELECT id, intervention, need, title, modality, pattern, body, published, seq, withdrawn FROM asset ORDER BY published, id;

-- name: put_delivery
INSERT INTO delivery (id, asset, block, person, channel, title, reason, minutes, at, expires, state, answered, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'shown', NULL, $11) ON CONFLICT (id) DO NOTHING;

-- name: answer_delivery
UPDATE delivery SET state = $2, answered = $3 WHERE id = $1;

-- name: all_delivery
SELECT d.id, d.asset, d.block, d.person, d.channel, d.title, d.reason, d.minutes, d.at, d.expires, d.state, d.answered, d.seq, e.id
FROM delivery d JOIN event e ON e.seq = d.seq ORDER BY d.at, d.id;

-- name: deliveries_of
SELECT d.id, d.asset, d.block, d.person, d.channel, d.title, d.reason, d.minutes, d.at, d.expires, d.state, d.answered, d.seq, e.id
FROM delivery d JOIN event e ON e.seq = d.seq WHERE d.person = $1 ORDER BY d.at DESC, d.id;

-- name: preference_of
SELECT person, quiet_from, quiet_to, weekly_minutes, channel, seq FROM preference WHERE person = $1;

-- name: delivery
SELECT d.id, d.asset, d.block, d.person, d.channel, d.title, d.reason, d.minutes, d.at, d.expires, d.state, d.answered, d.seq, e.id
FROM delivery d JOIN event e ON e.seq = d.seq WHERE d.id = $1;

-- name: put_note
INSERT INTO note (id, person, title, text, at, seq) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING;

-- name: notes_of
SELECT n.id, n.title, n.text, n.at, n.seq, e.id FROM note n JOIN event e ON e.seq = n.seq WHERE n.person = $1 ORDER BY n.at DESC, n.id;

-- name: note
SELECT n.id, n.title, n.text, n.at, n.seq, e.id FROM note n JOIN event e ON e.seq = n.seq WHERE n.id = $1;

-- name: put_preference
INSERT INTO preference (person, quiet_from, quiet_to, weekly_minutes, channel, seq) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (person) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, weekly_minutes = excluded.weekly_minutes,
  channel = excluded.channel, seq = excluded.seq;

-- name: all_preference
SELECT person, quiet_from, quiet_to, weekly_minutes, channel, seq FROM preference ORDER BY person;

-- name: withdraw_asset
UPDATE asset SET withdrawn = $2, seq = $3 WHERE id = $1;

-- name: stop_deliveries
UPDATE delivery SET state = 'expired', answered = $3 WHERE asset = $1 AND at > $2 AND state = 'shown';

-- name: withdraw_source
DELETE FROM source WHERE name = $1;

-- name: deliveries_since
SELECT count(*) FROM delivery WHERE seq > $1;

-- name: erase_person
UPDATE person SET employee_number = '', first_name = NULL, last_name = NULL, work_email = NULL, location = NULL, status = 'erased', digest = 0, seq = $2
WHERE id = $1;

-- name: erased_version
SELECT coalesce(max(seq), 0) FROM erasure;

-- name: count_sealed
SELECT count(*) FROM person WHERE employee_number LIKE 'sealed:%';

-- name: last_statement_run
SELECT first, last FROM statement_run ORDER BY first DESC LIMIT 1;

-- name: put_statement_run
INSERT INTO statement_run (first, last, oldest, newest) VALUES ($1, $1, $2, $2);

-- name: grow_statement_run
UPDATE statement_run SET last = $2, oldest = CASE WHEN oldest > $3 THEN $3 ELSE oldest END, newest = CASE WHEN newest < $3 THEN $3 ELSE newest END WHERE first = $1;

-- Evidence rules, and whose actors are whose.
-- name: put_evidence_rules
INSERT INTO evidence_rules (seq, revision, text, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: evidence_rules
SELECT r.revision, r.text, r.reason, r.actor, r.at, r.seq, e.id FROM evidence_rules r JOIN event e ON e.seq = r.seq ORDER BY r.seq DESC;

-- name: put_actor_match
INSERT INTO actor_match (id, seq, person, actor, decided, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING;

-- name: undo_actor_match
UPDATE actor_match SET undone = $2 WHERE id = $1 AND undone IS NULL;

-- name: all_actor_match
SELECT m.id, m.person, m.actor, m.decided, m.at, m.undone, e.id FROM actor_match m JOIN event e ON e.seq = m.seq ORDER BY m.seq;

-- name: actors_of_statements
SELECT t.key, c.count, c.last, c.newest, a.key FROM (SELECT actor, count(*) AS count, max(at) AS last, max(seq) AS newest FROM statement
  WHERE actor IS NOT NULL AND voided IS NULL GROUP BY actor) c
JOIN term t ON t.id = c.actor JOIN statement s ON s.seq = c.newest LEFT JOIN term a ON a.id = s.authority ORDER BY c.count DESC, t.id;

-- name: newest_of_actor
SELECT COALESCE(max(seq), 0) FROM (
  SELECT s.seq FROM term t JOIN statement_term x ON x.term = t.id AND x.place = 0 JOIN statement s ON s.seq = x.seq AND s.actor = t.id WHERE t.key = $1
  UNION ALL SELECT s.seq FROM term t JOIN statement s ON s.actor = t.id WHERE t.key = $1 AND s.seq >= (SELECT COALESCE(max(upto), 0) FROM statement_rolled)) AS theirs;

-- What statements add up to: src/company/blocks.c.

-- name: last_block
SELECT "last" FROM statement_block WHERE kind = 'v' ORDER BY "last" DESC LIMIT 1;

-- name: block_statements
SELECT at, COALESCE(verb, 0), COALESCE(object, 0), COALESCE(actor, 0), score, success, voids FROM statement
WHERE seq > $1 AND seq <= $2 AND authority IS NOT NULL AND (voided IS NULL OR voided > $2) ORDER BY seq;

-- name: block_voided
SELECT t.at, COALESCE(t.verb, 0), COALESCE(t.object, 0), COALESCE(t.actor, 0), t.score, t.success, 0 FROM statement v JOIN statement t ON t.id = v.target
WHERE v.seq > $1 AND v.seq <= $2 AND v.voids = 1 AND v.authority IS NOT NULL AND t.voided = v.seq AND t.seq <= $1 AND t.authority IS NOT NULL ORDER BY t.seq;

-- name: put_block
INSERT INTO statement_block (kind, "last", first_day, last_day, seq, cells) VALUES ($1, $2, $3, $4, $5, $6);

-- name: blocks
SELECT cells FROM statement_block WHERE kind = $1 AND first_day <= $3 AND last_day >= $2 ORDER BY "last";

-- name: terms_of_kind
SELECT id, key FROM term WHERE key >= $1 AND key < $2 ORDER BY key;

-- name: term_key
SELECT key FROM term WHERE id = $1;

-- name: put_weight_reset
INSERT INTO weight_reset (subject, at, reason, actor, seq) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (subject) DO UPDATE SET at = excluded.at, reason = excluded.reason, actor = excluded.actor, seq = excluded.seq;

-- name: all_weight_reset
SELECT r.subject, r.at, r.reason, r.actor, e.id FROM weight_reset r JOIN event e ON e.seq = r.seq ORDER BY r.subject;

-- name: live_weights
SELECT subject, value, seq, id FROM claim WHERE predicate = 'what works' AND state = 'live' ORDER BY subject;
