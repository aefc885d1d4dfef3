-- The gate: rules in force, proposals, decisions.

-- name: put_rules
INSERT INTO decision_rules (seq, revision, content, actor, at) VALUES ($1, $2, $3, $4, $5);

-- name: rules_in_force
SELECT revision, content, actor, at, seq FROM decision_rules ORDER BY seq DESC LIMIT 1;

-- name: put_proposal
INSERT INTO proposal (id, kind, subject, slot, title, content, input, agent, claim, requester, audience, tier, points, risk, criteria, rule, state,
  why, content_hash, evidence_hash, hash, rules, minutes, worth, previous, next, made, expires, ended, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, NULL, $26, $27, $28, $29)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, why = excluded.why, made = excluded.made, expires = excluded.expires,
  ended = excluded.ended, seq = excluded.seq;

-- name: end_proposal
UPDATE proposal SET state = $2, why = $3, next = $4, ended = $5 WHERE id = $1;

-- name: proposal
SELECT id, kind, subject, slot, title, content, input, agent, claim, requester, audience, tier, points, risk, criteria, rule, state, why, content_hash,
  evidence_hash, hash, rules, minutes, worth, previous, next, made, expires, ended, seq
FROM proposal WHERE id = $1;

-- name: latest_proposal
SELECT id, kind, subject, slot, title, content, input, agent, claim, requester, audience, tier, points, risk, criteria, rule, state, why, content_hash,
  evidence_hash, hash, rules, minutes, worth, previous, next, made, expires, ended, seq
FROM proposal WHERE kind = $1 AND subject = $2 ORDER BY seq DESC LIMIT 1;

-- name: latest_in_slot
SELECT id, kind, subject, slot, title, content, input, agent, claim, requester, audience, tier, points, risk, criteria, rule, state, why, content_hash,
  evidence_hash, hash, rules, minutes, worth, previous, next, made, expires, ended, seq
FROM proposal WHERE kind = $1 AND slot = $2 ORDER BY seq DESC LIMIT 1;

-- name: open_proposals
SELECT id, kind, subject, slot, title, content, input, agent, claim, requester, audience, tier, points, risk, criteria, rule, state, why, content_hash,
  evidence_hash, hash, rules, minutes, worth, previous, next, made, expires, ended, seq
FROM proposal WHERE state IN ('proposed', 'in approval', 'changes requested') ORDER BY expires, seq;

-- name: withheld_proposals
SELECT id, kind, subject, slot, title, content, input, agent, claim, requester, audience, tier, points, risk, criteria, rule, state, why, content_hash,
  evidence_hash, hash, rules, minutes, worth, previous, next, made, expires, ended, seq
FROM proposal WHERE state = 'withheld' ORDER BY coalesce(worth, 1e15) / minutes DESC, seq;

-- name: all_proposals
SELECT id, kind, subject, slot, title, content, input, agent, claim, requester, audience, tier, points, risk, criteria, rule, state, why, content_hash,
  evidence_hash, hash, rules, minutes, worth, previous, next, made, expires, ended, seq
FROM proposal ORDER BY seq DESC;

-- name: due_proposals
SELECT id FROM proposal WHERE state IN ('proposed', 'in approval', 'changes requested') AND expires <= $1 ORDER BY seq;

-- name: open_of_agent
SELECT id FROM proposal WHERE agent LIKE $1 AND state IN ('proposed', 'in approval', 'changes requested', 'withheld') ORDER BY seq;

-- name: open_of_subject
SELECT id FROM proposal WHERE subject = $1 AND state IN ('proposed', 'in approval', 'changes requested', 'withheld') ORDER BY seq;

-- name: waiting_minutes
SELECT coalesce(sum(minutes), 0) FROM proposal WHERE state IN ('proposed', 'in approval') AND id <> $1;

-- name: put_approval
INSERT INTO approval (proposal, actor, content_hash, hash, role, decision, reason, criteria, at, stale, seq, instead_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11)
ON CONFLICT (proposal, actor, content_hash) DO UPDATE SET hash = excluded.hash, role = excluded.role, decision = excluded.decision,
  reason = excluded.reason, criteria = excluded.criteria, at = excluded.at, stale = 0, seq = excluded.seq, instead_of = excluded.instead_of;

-- name: approvals
SELECT a.actor, a.role, a.decision, a.reason, a.criteria, a.at, a.stale, a.hash, a.seq, a.instead_of, e.id FROM approval a JOIN event e ON e.seq = a.seq
WHERE a.proposal = $1 ORDER BY a.seq;

-- name: dismiss_approvals
UPDATE approval SET stale = 1 WHERE proposal = $1;

-- name: move_proposal
UPDATE proposal SET state = $2 WHERE id = $1;

-- name: say
INSERT INTO said (agent, kind, subject, evidence, span) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agent, kind, subject, evidence, span) DO NOTHING;

-- name: put_deputy
INSERT INTO deputy (id, principal, deputy, starts, ends, reason, named, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (id) DO NOTHING;

-- name: end_deputy
UPDATE deputy SET ends = $2, seq = $3 WHERE id = $1;

-- name: deputy
SELECT id, principal, deputy, starts, ends FROM deputy WHERE id = $1;

-- name: deputies
SELECT d.id, d.principal, d.deputy, d.starts, d.ends, d.reason, e.id FROM deputy d JOIN event e ON e.seq = d.named ORDER BY d.seq DESC, d.id;

-- name: deputy_of
SELECT id, principal, deputy, starts, ends FROM deputy WHERE deputy = $1 AND starts <= $2 AND ends > $2 ORDER BY starts, id;

-- name: proposal_at
SELECT id FROM proposal WHERE seq = $1;

-- name: accepting
SELECT seq FROM approval WHERE proposal = $1 AND decision = 'accept' AND stale = 0 ORDER BY seq;
