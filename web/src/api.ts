/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shapes of the REST answers, as the pages use them: one name per thing, whatever the wire calls its schema. A test
 * generates api.d.ts from the description that the server prints and checks these shapes against it (contract.ts), so
 * this file cannot drift from the operations table unseen. Days are "2026-03-01", moments ISO 8601 in UTC; an absent
 * figure is null, and null beside `hidden: true` is withheld by the disclosure threshold. */

export type Day = string;
export type Moment = string;
export type Names = Record<string, string>;  /* id to what it is called */
export type Cause = 'skill' | 'tool' | 'process' | 'incentive' | 'clarity' | 'capacity' | 'outside' | 'cannot tell';

export interface Caller {
  account: string; name: string; person: string | null; roles: string[]; csrf: string | null;
  company?: string | null; data_until?: Day | null; may: string[];
}
export interface Money { money: number | null; currency: string | null; period: string | null }

export interface Card {
  id: string; kind: 'need' | 'approval' | 'skill' | 'import' | 'outbox'; title: string; why: string[]; yes: string;
  until: Day | null; value: Money | null; minutes: number; need: string | null; proposal: string | null;
}
export interface Today {
  cards: Card[];
  changed: { at: Moment; text: string; id: string | null }[];
  noise?: { need: string; title: string; reason: string }[]; more?: number;
}

export interface Point { day: Day; value: number | null }
export interface GoalNeed { id: string; title: string; status: string; cause: string; probability: number | null }
export interface Goal {
  id: string; name: string; category: string | null; unit: string; direction: 'up' | 'down';
  baseline: number | null; target: number | null; due: Day | null; weight: number;
  value_per_unit: number | null; currency: string | null; owner: string | null; scope: string[];
  latest: number | null; latest_day: Day | null; gap: number | null; money: number | null;
  state: 'on track' | 'off track' | 'unknown'; series: Point[]; needs: GoalNeed[]; version: number;
}
export interface NewGoal {
  name: string; unit: string; direction: 'up' | 'down'; baseline: number; target: number; due: Day; weight?: number;
  category?: 'productivity' | 'revenue' | 'risk' | 'efficiency'; value_per_unit?: number; currency?: string; skills?: string[]; departments?: string[];
}
export interface GoalDetail extends Goal {
  teams: { team: string; department: string | null; size: number | null; latest: number | null; hidden: boolean; series: Point[] }[];
  versions: { at: Moment; by: string; weight: number | null; reason: string | null }[];
}
export interface Move {
  need: string; title: string; rank_before: number | null; rank_after: number | null;
  money_before: number | null; money_after: number | null;
}
export interface Weighing { goal: string; weight: number; applied: boolean; moves: Move[] }

export interface Hypothesis { cause: Cause; probability: number; evidence: string[]; against: string[] }
export type NeedStatus = 'open' | 'not a training problem' | 'not a priority' | 'accepted' | 'expired' | 'noise';
export interface Need {
  id: string; goal: string | null; goal_name: string | null; title: string;
  subject: { kind: string; names: string[] } | null; skills: string[]; names: Names; causes: Hypothesis[]; cause: Cause | null;
  confirmed_by: string | null; confirmed_reason: string | null; question: string | null; missing_file: string | null;
  value: (Money & { amount: number | null; unit: string | null }) | null; status: NeedStatus; reason: string | null;
  instead: string | null; teams: string[]; since: Day | null; gap: number | null; gap_low: number | null;
  gap_high: number | null; series: { days: Day[]; affected: (number | null)[]; peers: (number | null)[] } | null;
  requests: { id: string; title: string; team: string | null; day: Day | null }[];
  note: { to: string | null; subject: string; text: string } | null; expires: Day | null; made_at: Moment | null;
  proposal: string | null; proposal_hash: string | null; proposal_state: string | null; rank: number | null;
}
export interface Needs {
  needs: Need[];
  counts: { open: number; not_training: number; not_priority: number; accepted: number; expired: number };
  cannot_tell: { file: string; tells: string }[];
}

export interface Proposal {
  id: string; kind: string; title: string; tier: number; state: string; made: Moment; expires: Moment | null;
  need: string | null; waits_for: string[]; mine: boolean;
}
export interface ProposalDetail extends Proposal {
  body: unknown; names: Names; hash: string; why: string[];
  risk: { factor: string; points: number; text: string }[]; rule: string | null; needs_reason: boolean; why_not: string | null;
  criteria: { id: string; question: string }[];
  instead_of: string | null;
  decisions: { by: string; instead_of: string | null; role: string | null; decision: string; reason: string | null; at: Moment }[];
  stale: boolean; changed: string[]; previous: unknown;
}

export type Verdict = 'moved' | 'did not move' | 'cannot tell';
export interface Worth { money: number; low: number | null; high: number | null; currency: string; period: string }
export interface LeadDays { signal: number | null; need: number | null; accepted: number | null; live: number | null; first_use: number | null; effect: number | null }
export type Basis = 'last reading' | 'any time' | 'descriptive';
export interface Said { day: Day; estimate: number | null; interval: [number, number] | null; confirmed: boolean }
export interface Impact {
  said_early: Said | null; baseline: number | null; target: number | null;
  basis: Basis | null; q: number | null;
  id: string; title: string; verdict: Verdict; estimate: number | null; unit: string; cost: number | null; told_from: Day | null;
  needed: string | null; se: number | null; interval: [number, number] | null; p: number | null; method: string | null; sentence: string | null;
  measured: boolean; hidden: boolean; confidence: number | null; sure: string | null; value: Worth | null; return: number | null; return_interval: [number, number] | null;
  lead_days: LeadDays; minimum_effect: number | null; claim: string | null; measured_at: Moment | null; need: string; goal: string | null;
  goal_name: string | null; direction: 'up' | 'down'; cause: string; training: boolean; remedy: string | null; design: string | null;
  measurable: boolean; state: 'running' | 'stopped'; units: number; treated: number; registered_at: Moment;
  changes: { title: string; kind: string | null; scope: string | null; day: Day }[];
}
export interface BoardGoal {
  id: string; name: string; unit: string; direction: 'up' | 'down'; weight: number; baseline: number; target: number; due: Day | null;
  latest: number | null; gap: number | null; money: number | null; currency: string; state: 'on track' | 'off track' | 'unknown';
  interventions: string[]; moved: number; series: Point[];
}
export interface Followed { goal: string; goal_name: string; day: Day; before: number; after: number; teams: number; followed: number; days: number | null; open: boolean }
export interface Adapting { changes: number; days: number | null }
export interface Board {
  adapting: { year: Adapting; before: Adapting };
  followed: Followed[];
  impact: Impact[]; today: Day; own_teams: boolean; goals: BoardGoal[];
  summary: {
    interventions: number; moved: number; did_not_move: number; cannot_tell: number; unmeasured: number; cost: number | null; currency: string;
    value: Worth | null; return: number | null; return_interval: [number, number] | null; lead_days: LeadDays;
    believed: number; taken_back: number; value_of_all: Worth | null;
  };
  declined: {
    not_training: number; not_training_money: number; no_goal: number;
    programmes: { id: string; title: string; reason: string | null; money: number; saved: boolean }[];
  };
}
export interface Curve { week: number[]; effect: (number | null)[]; low: (number | null)[]; high: (number | null)[] }
export interface Reached { people: number; opened: number; early: number; teams: { team: string; people: number; shown: number; opened: number; done: number }[] }
export interface Check { series?: Curve | null; estimate?: number | null; interval?: [number, number] | null; p?: number | null; sentence?: string | null }
export interface Sign { source: string; sentence: string; estimate: number | null; interval: [number, number] | null; results: number; people: number }
export interface Level { level: number; name: 'results' | 'behaviour' | 'learning' | 'reaction'; state: 'seen' | 'cannot tell' | 'empty' | 'withheld'; fill: string | null; signs: Sign[] }
export interface Blocker { kind: string; sentence: string; need: string | null; count: number; people: number }
export interface Weight { subject: string; cause: string; kind: string; name: string; moved: number; did_not_move: number; mean: number; low: number; high: number }
export interface Weights { weights: Weight[]; resets: { subject: string; day: Day }[] }
export interface Version {
  version: number; at: Moment; by: string | null; what: 'registered' | 'amended' | 'stopped'; reason: string | null;
  cost: number | null; cost_before: number | null; minimum_effect: number | null; minimum_effect_before: number | null;
}
export interface Intervention extends Impact {
  versions: Version[]; amendable: boolean; evidence: string | null; hours: number | null; value_per_unit: number | null;
  levels: Level[]; blockers: Blocker[];
  need_title: string | null; owner: string | null; currency: string; power: number; from_week: number; to_week: number; baseline_from: Day | null; baseline_to: Day | null;
  due: Day | null; ended: Day | null; today: Day; teams: { team: string; start: Day | null; affected: boolean }[]; registration: unknown;
  from: Day | null; to: Day | null; comparison_hidden: boolean;
  series: Curve | null;
  raw: { days: Day[]; treated: (number | null)[]; comparison: (number | null)[] | null } | null;
  placebo: Check | null; pretrend: Check | null; behaviour: Check | null; exposures: Reached | number | null; moves: number | null; registered_by: string | null;
}

export interface Cell {
  team: string; skill: string; needing: number | null; measured: number | null; there: number | null;
  share: number | null; hidden: boolean;
}
export interface SkillRow {
  id: string; name: string; broader: string | null; half_life_months: number | null; people: number | null;
  mean: number | null; stale: number | null;
}
export interface Calibration {
  bins: { predicted: number; observed: number; count: number }[]; error: number | null;
  error_of_prior: number | null; covered: number | null; forecasts: number;
}
export interface Skills {
  skills: SkillRow[]; teams: { team: string; department: string | null; size: number | null }[]; cells: Cell[];
  calibration: Calibration | null;
}
export interface SkillDetail extends SkillRow {
  description?: string | null; low: number | null; high: number | null;
  histogram: { from: number; to: number; people: number | null }[];
  jobs: { job: string; required: number; needing: number | null; measured: number | null; there: number | null }[];
  teams: (Cell & { department: string | null })[]; goals: { id: string; name: string }[];
}

export interface FanMonth {
  month: Day; demand: number; demand_low: number; demand_high: number; supply: number; supply_low: number; supply_high: number;
}
export interface WorkforcePlan {
  build: number; borrow: number; buy: number; automate: number; money: number; saved: number; bridge_months: number; bridge_money: number;
  months: number; begin_by: Day | null;
}
export interface Fan {
  id: string; claim: string; name: string; job: string | null; status: 'short' | 'cannot tell' | 'not short'; chance: number | null; reason: string;
  people: number; measured: number; withheld: boolean; today: number | null; short_by: { people: number | null; low: number | null; high: number | null };
  starts: Day | null; starts_from: Day | null; starts_to: Day | null; leaving: { share: number; low: number; high: number; known: boolean } | null;
  arriving: { people: number | null; known: boolean } | null; plan: WorkforcePlan | null; need: string | null; currency: string | null;
  months: FanMonth[]; proposal: string | null; proposal_state: string | null;
}
export interface Assumption { name: string; value: number; unit: string; what: string; source: string; usual: number }
export interface Workforce {
  skills: Fan[]; jobs: { job: string; from: Day; demand_first: number; to: Day; demand_last: number; today: number | null; hidden: boolean }[];
  assumptions: Assumption[]; cannot_tell: { file: string; tells: string }[];
}
export type WayName = 'build' | 'borrow' | 'buy' | 'automate';
export interface Way {
  way: WayName; known: boolean; people: number | null; money: number | null; each: number | null; months: number | null; in_time: boolean;
  why: string | null; parts: { what: string; money: number }[];
}
export interface FanDetail extends Fan {
  ways: Way[]; pool: { people: number | null; skills: string[]; teams: { team: string; people: number }[]; elsewhere: number } | null;
  assumptions: Assumption[];
}

export type Advice = 'stop' | 'retarget' | 'reuse' | 'look again' | 'keep' | 'none';
export interface Programme {
  id: string; title: string; kind: string | null; hours: number | null; skills: string[]; active: boolean; stopped: boolean; retargeted: boolean;
  decision_reason: string | null; goals: { id: string; name: string }[]; by_words: boolean; forecast: boolean; seats: number; takers: number;
  completed: number | null; hidden: boolean; cost: number | null; cost_per_seat: number | null; fixed_cost: number | null; currency: string | null;
  from: Day | null; to: Day | null;
  effect: {
    verdict: 'cannot tell' | 'raises' | 'does not raise'; change: number | null; low: number | null; high: number | null; takers: number; peers: number; why: string | null;
  };
  advice: Advice; sentence: string; money: number | null; need: string | null; goal: string | null; why: string | null;
  proposal: string | null; proposal_state: string | null;
}
export interface Programmes { programmes: Programme[]; cost: number; without_goal: number; currency: string | null }
export interface Break {
  since: Day; direction: 'dip' | 'peak'; before: number; after: number; size: number; low: number; high: number; lasts: boolean;
}
export interface HeardLine { topic: string; name: string; values: (number | null)[]; latest: number | null; changes: Break[] }
export interface HeardGroup {
  group: string; kind: 'company' | 'department' | 'team'; department: string | null; people: number | null; lines: HeardLine[]; withheld: string | null;
}
export interface GroupNeed {
  id: string; claim: string; title: string; group: string; kind: 'company' | 'department' | 'team'; direction: 'dip' | 'peak'; since: Day;
  size: number; low: number; high: number; topics: { topic: string; name: string; size: number }[]; ask: string; status: 'open' | 'promised';
  proposal: string | null; proposal_state: string | null;
}
export interface Promised {
  id: string; group: string; topics: string[]; need: string | null; text: string; owner: string | null; by: string; made: Day; due: Day;
  age_days: number; days_late: number; state: 'open' | 'overdue' | 'kept'; kept: Day | null; done: string | null;
}
export interface Listening { period: string; days: Day[]; groups: HeardGroup[]; needs: GroupNeed[]; promises: Promised[]; heard: boolean }
export interface ListeningGroup extends HeardGroup {
  period: string; days: Day[]; comments: string[]; comments_withheld: string | null; promises: Promised[]; needs: GroupNeed[];
}

export interface MySkill {
  id: string; name: string; level: number | null; low: number | null; high: number | null; required: number | null;
  results: number; last: Day | null; prior_share: number | null;
  parts: { day: Day; kind: string; item?: string | null; score: number; share: number; mine: boolean; rule: string | null }[];
  corrected: { level: number; at: Moment; note: string | null } | null;
}
export interface Me {
  person: {
    employee_number: string; name: string; email: string | null; job: string | null; department: string | null;
    team: string | null; manager: string | null; start: Day | null;
  } | null;
  skills: MySkill[];
  known: { what: string; value: string; source: string; purpose: string; day: Day | null }[];
  seen: { at: Moment; who: string; what: string; purpose: string }[];
  memberships: { team: string; department: string | null; from: Day | null; to: Day | null }[];
}

export interface AssetSentence { text: string; spans: string[] }
export interface AssetQuestion {
  id: string; kind: string; ask: string; stem: AssetSentence | null;
  options: { text: string; spans?: string[]; right: boolean }[]; feedback: AssetSentence[];
}
/* A block as it was drafted from the sources and approved; its shape hangs on its kind. */
export interface AssetBlock {
  id: string; kind: 'text' | 'list' | 'steps' | 'check'; role?: string; heading: string | null;
  items?: { lead: AssetSentence | null; sentences: AssetSentence[] }[]; questions?: AssetQuestion[];
}
/* What a person accepts, and what is published: a draft with the places of the sources that it rests on. */
export interface AssetBody {
  id: string; title: string; modality: string; pattern: string; blocks: AssetBlock[];
  sources: { name: string; title: string; valid_until?: Day | null; licence?: string | null }[];
  spans: { id: string; source: string; text: string }[];
}
export interface SourceRow {
  name: string; title: string; owner: string | null; licence: string | null; audience: string | null; valid_until: Day | null; expired: boolean;
  language: string; words: number; reading_ease: number | null; reading_level: string; spans: number; cut_off: boolean; hidden: number;
  used_by: { id: string; title: string; state: string }[];
}
export interface Sources { today: Day; sources: SourceRow[] }
export interface SourceSpan {
  id: string; kind: string; block: string; level: number; unit: number; speaker: string | null; text: string; uses: number; assets: string[];
}
export interface SourceDetail extends SourceRow { text: SourceSpan[] }
export type Freshness = 'fresh' | 'source expired' | 'source changed' | 'contradicted' | 'source gone';
export interface Change { freshness: Freshness; span: string; source: string; was: string; now: string | null; other: string | null }
export interface BlockFreshness { block: string; freshness: Freshness; changes: Change[] }
export interface AssetRow {
  id: string; title: string; modality: string; pattern: string | null; language: string | null; need: string | null; intervention: string | null;
  goal: string | null; goal_name: string | null; state: 'published' | 'waiting'; proposal: string | null; published: Day | null; blocks: number;
  minutes: number; freshness: Freshness; fresh: BlockFreshness[]; unsourced_sentences: number; reading_level: string | null; sources: string[];
}
export interface AssetChecks {
  access: { check: string; fine: boolean; note: string | null }[]; longest_sentence: number; minutes: number; reading_ease: number | null;
  reading_level: string; sentences: number; unsourced: string[]; unsourced_sentences: number; words: number;
}
export interface AssetDetail extends AssetRow {
  drafted_by: string | null; content: AssetBlock[]; documents: AssetBody['sources'];
  spans: { id: string; source: string; text: string; there: boolean }[]; checks: AssetChecks; trace: unknown; rejected: unknown;
}
export interface Drafted { pattern: string; modality: string; does: string; refused: string | null; asset: AssetBody | null; checks: AssetChecks | null }
export interface InterventionPlan {
  need: string; goal: string; title: string; remedy: string; training: boolean; design: string; comparison: string | null;
  estimand: { from_week: number; to_week: number }; steps: { start: Day; teams: number }[]; waiting: number; weeks_until: number;
  minimum_effect: number | null; power: number | null; measurable: boolean; why_not: string | null; cost: number | null;
  cost_estimated: boolean; currency: string | null;
  hours: number | null; evidence: string;
  records: { remedy: string; planned: boolean; moved: number; did_not_move: number; mean: number; low: number; high: number }[];
}
export interface InboxItem {
  id: string; kind: 'delivery' | 'note'; title: string; text: string; at: Moment; expires: Day | null; minutes: number | null;
  state: 'shown' | 'opened' | 'done' | 'declined' | 'expired' | null; modality: string | null; goal: string | null;
  blocks: AssetBlock[]; sources: { name: string; title: string }[] | null;
}
export interface Inbox { items: InboxItem[] }
export interface Preferences { quiet_from: string; quiet_to: string; weekly_minutes: number; channel: 'inbox' | 'file' | 'message'; messages: boolean; own: boolean }
/* An act on the outside world: what may have been sent, or could not be. */
export interface Action { id: string; channel: string; subject: string; state: string; attempts: number; due: Moment | null; why: string | null }
export interface Forward {
  id: string; label: string; url: string; state: string; sent: number; aside: number; why: string | null; failing_since: Moment | null; next_try: Moment | null;
  verb: string | null; activity: string | null; agent: string | null; authority: string | null; created: Moment;
}
export interface ActorPerson { id: string; name: string; employee_number: string }
export interface UnknownActor { actor: string; called: string | null; name: string | null; statements: number; last: Moment; system: string | null; shared: boolean; perhaps: ActorPerson | null }
export interface DecidedActor { id: string; actor: string; called: string | null; person: ActorPerson | null; statements: number; by: string; at: Moment }
export interface Actors { unknown: UnknownActor[]; waiting: number; statements: number; decided: DecidedActor[] }
export interface EvidenceRules { revision: string; carried: boolean; sentences: string[]; history: { revision: string; at: Moment; by: string; reason: string | null }[] }
export interface Deputy { id: string; principal: string; deputy: string; from: Day; until: Day; reason: string | null; over: boolean; mine: boolean }
export interface LaterState { later: boolean; weeks: number; today: Day }
export interface Team {
  team: string | null; size: number | null; teams: string[]; hidden: string | null;
  gap: { need: string; title: string; goal: string; cause: string; confirmed: boolean; money: number | null; currency: string; evidence: string[] } | null;
  actions: { text: string; training: boolean }[]; conversation: string[]; ritual: { minutes: number; text: string }[];
  strengths: { skill: string; name: string; text: string }[]; under_way: { id: string; title: string; start: Day | null }[];
}

export interface Reason {
  id: string; kind: string; title: string; statement: string; status: string | null;
  made: { at: Moment; by: string; revision: number | string | null } | null; confidence: number | null;
  evidence: {
    text: string; about: string | null; against: boolean; file: string | null; count: number | null;
    people: number | null; hidden: boolean; from: Day | null; to: Day | null;
    imports: { id: string; file: string; at: Moment; by: string }[];
  }[];
  decisions: { at: Moment; by: string; what: string; reason: string | null }[];
  leads_to: { id: string; title: string; kind: string }[];
  rests_on: { id: string; title: string; kind: string }[];
  lineage: {
    id: string | null; kind: string; title: string | null; state: string | null; link: string | null; depth: number;
    hidden: boolean; again: boolean; more: boolean;
  }[];
}

export interface Import {
  id: string; at: Moment; by: string;
  files: { name: string; as: string | null; rows: number; new: number; changed: number; unchanged: number; erased: number; bad: number }[];
  state: string; can_undo: boolean; reason: string | null;
}
export interface ImportResult {
  id: string | null; dry_run: boolean;
  files: {
    name: string; as: string | null; encoding: string | null; delimiter: string | null; rows: number; new: number;
    changed: number; unchanged: number; erased: number; bad: number; unused: string[];
  }[];
  problems: { file: string; line: number | null; column: string | number | null; value: string | null; reason: string; remedy: string | null }[];
  problem_count: number; warnings: string[];
  preview: { file: string; key: string; change: 'new' | 'changed'; what: string }[];
  questions: { file: string; id: string; column: string | null; text: string; choices: string[] }[];
  mapping: string | null; refused: string | null;
}
export type Answers = Record<string, Record<string, string>>;  /* file, question id, choice */
export interface Job {
  id: string; what: string; state: 'running' | 'done' | 'failed' | 'cancelled'; share: number | null;
  step: string | null; seconds_left: number | null; result: unknown; error: { title?: string; detail?: string; code?: string } | string | null;
}
export interface Hit { kind: string; id: string; title: string; text: string | null }

export interface GroupLimits {
  group: string; kind: 'company' | 'department' | 'team'; department: string | null; people: number | null;
  refused: boolean; shown: number; all: number; comments: boolean;
}
export interface Privacy {
  figures_least: number; comments_least: number; log_days: number;
  kinds: { kind: string; what: string; purpose: string; personal: string[]; days: number | null }[];
  files: { file: string; becomes: string; held: boolean; purpose: string; fields: { name: string; personal: boolean }[]; agents: string[] }[];
  agents: { title: string; question: string; revision: string; reads: string[]; makes: string[] }[];
  roles: { role: string; what: string; accounts: number; may: string[] }[];
}
export interface AccessEntry { at: Moment; account: string | null; address: string | null; what: string }

export interface FigureRow {
  id: string; name: string; counts: (number | null)[]; count: number; withheld: number; success: number | null; score: number | null;
}
export interface Figures {
  by: 'verb' | 'activity' | 'team'; every: 'day' | 'week' | 'month'; since: Day; until: Day; starts: Day[];
  total: Omit<FigureRow, 'id' | 'name'>; rows: FigureRow[];
}
export interface StatementRow {
  id: string; stored: Moment; timestamp: string | null; agent: string | null; verb: string; verb_name: string; object: string;
  activity: string | null; activity_name: string | null; refers: string | null; registration: string | null; credential: string | null;
}
export interface StatementList { statements: StatementRow[]; more: string | null; newest: Moment | null }
export interface StatementDetail extends StatementRow {
  event: number; hash: string; voids: boolean; voided_by: string | null; mentions: { id: string; voids: boolean }[]; statement: unknown;
}
export interface Terms { verbs: { id: string; name: string }[]; activities: { id: string; name: string }[] }
export interface Credential {
  id: string; key: string; label: string; scopes: string[]; room: string | null; by: string | null; created: Moment; used: Moment | null; revoked: Moment | null;
}
export interface MadeCredential extends Credential { secret: string }
