/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Approvals: the queue at the left, what would go out in the middle (with what changed since it was approved last), at
 * the right the questions, the risk and its reasons. A decision names the hash of what was shown: if that is no longer
 * the current one, nothing is decided and the current version is shown with what changed. */
import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, humanise, list, moment, money, number, sentence } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { go, href } from '../router.ts';
import { useKeys } from '../keys.ts';
import { answered, Badge, Empty, Failure, Few, Load, None, Page, Rows, say, useMay, Why } from '../ui/parts.tsx';
import { ReasonDialog } from '../ui/reason.tsx';
import { AssetDiff, BesideSources } from '../ui/asset.tsx';
import { Deputies } from './deputies.tsx';
import { PlanOf } from './plan.tsx';
import { CapabilityBody } from './workforce.tsx';
import { assetHref, WhyForm } from './studio-parts.tsx';
import type { AssetBody, Goal, GroupLimits, Names, Proposal, ProposalDetail } from '../api.ts';

const said = text.approvals;
const waiting = (proposal: Proposal): boolean => proposal.state === 'proposed' || proposal.state === 'in approval';
const stateTone = (state: string): 'good' | 'bad' | 'wait' | 'plain' =>
  ['accepted', 'auto-accepted', 'done', 'measured', 'acting'].includes(state)
    ? 'good'
    : ['rejected', 'expired', 'failed', 'rolled back'].includes(state)
      ? 'bad'
      : ['proposed', 'in approval', 'changes requested', 'drafting'].includes(state)
        ? 'wait'
        : 'plain';

/* --- a proposal's body: any object, shown as what it is ------------------------------------------------------------------ */

/* An id that only the server can read says nothing to a person. */
const OPAQUE = /^[a-z]-[0-9a-z]{12,}$/;
const fieldName = (key: string): string => said.fields[key] ?? humanise(key);

/* What a reader wants first; every other field follows in its own order, and what only the machine needs is left out. */
const FIRST = ['summary', 'because', 'to', 'subject', 'text', 'instead', 'remedy', 'reason', 'goal', 'cause', 'teams', 'people', 'skills'];
const UNSAID = ['currency', 'need', 'requests', 'request', 'programme', 'id'];
const NameContext = createContext<Names>({});
const CurrencyContext = createContext<string | null>(null); /* of the company, where a proposal names none */
const NAMED = ['goal', 'to']; /* fields that hold an id, of which the server says the name */

function Value(props: { of: unknown; field?: string }): JSX.Element {
  const value = props.of,
    names = useContext(NameContext);
  if (NAMED.includes(props.field ?? '') && typeof value === 'string') return <>{names[value] ?? humanise(value)}</>;
  if (props.field === 'cause' && typeof value === 'string') return <>{text.causes[value] ?? value}</>;
  if (props.field === 'skills' && Array.isArray(value)) return <>{list(value.map(one => names[String(one)] ?? humanise(String(one))))}</>;
  if (value === null || value === undefined || value === '') return <None />;
  if (typeof value === 'boolean') return <>{said.boolean[String(value)]}</>;
  if (typeof value === 'number') return <>{number(value, 2)}</>;
  if (typeof value === 'string') {
    if (/^\d{4}-\d\d-\d\d(T|$)/.test(value)) return <>{moment(value)}</>;
    return <>{value.split(/\n{2,}/).map((paragraph, index) => (value.includes('\n\n') ? <p key={index}>{paragraph}</p> : paragraph))}</>;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return <None />;
    if (value.every(item => typeof item !== 'object' || item === null))
      return value.every(item => String(item).length < 40) ? (
        <>{list(value.map(String))}</>
      ) : (
        <ul>
          {value.map((item, index) => (
            <li key={index}>{String(item)}</li>
          ))}
        </ul>
      );
    const keys = [...new Set(value.flatMap(item => (item && typeof item === 'object' ? Object.keys(item) : [])))];
    return (
      <Rows<Record<string, unknown>>
        label={said.content}
        class="table-sm"
        of={value as Record<string, unknown>[]}
        columns={keys.map(key => ({ name: fieldName(key), of: item => <Value of={item?.[key]} field={key} /> }))}
      />
    );
  }
  return <Body of={value as Record<string, unknown>} />;
}
function Body(props: { of: Record<string, unknown> }): JSX.Element {
  const names = useContext(NameContext);
  const usual = useContext(CurrencyContext);
  const currency = typeof props.of.currency === 'string' ? props.of.currency : usual;
  const place = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  const fields = Object.entries(props.of)
    .filter(
      ([key, value]) =>
        !UNSAID.includes(key) &&
        !(typeof value === 'string' && OPAQUE.test(value) && !names[value]) &&
        !(key === 'small_teams' && value === 0) &&
        !(key === 'instead' && !value),
    )
    .sort(([a], [b]) => place(a) - place(b));
  return (
    <dl class="body-fields">
      {fields.map(([key, value]) => (
        <div key={key}>
          <dt>{fieldName(key)}</dt>
          <dd>
            {currency && typeof value === 'number' && /cost|money|price/.test(key) ? (
              money(value, currency)
            ) : (
              <Value of={value} field={key} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
/* An answer to a group, in the order in which the group meets it. */
interface GroupAnswer {
  group: { kind: GroupLimits['kind']; name: string };
  said: string;
  done: string;
  asks: string;
  since: string;
  topics: { name: string; size: number; interval: [number, number] }[];
}
function GroupAnswerBody(props: { of: Record<string, unknown> }): JSX.Element {
  const body = props.of as unknown as GroupAnswer;
  const size = (value: number): string => number(value, 2);
  const rows: [string, ComponentChildren][] = [
    [said.fields.group, `${body.group.name}, ${text.listening.kinds[body.group.kind].toLocaleLowerCase(text.locale)}`],
    [said.fields.said, body.said],
    [said.fields.done, body.done],
    [said.fields.asks, body.asks],
    [said.fields.since, day(body.since)],
    [
      said.fields.topics,
      <ul class="plain">
        {body.topics.map(one => (
          <li key={one.name}>
            {sentence(one.name)}: {size(one.size)} <span class="quiet">({text.shell.interval(size(one.interval[0]), size(one.interval[1]))})</span>
          </li>
        ))}
      </ul>,
    ],
  ];
  return (
    <dl class="body-fields">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
/* Kinds whose body is more than a list of fields have a view of their own, beside their page. */
const views: Record<string, (props: { of: Record<string, unknown> }) => JSX.Element> = {
  'build capability': CapabilityBody,
  'answer a group': GroupAnswerBody,
};
function Content(props: { kind: string; of: Record<string, unknown> }): JSX.Element {
  const View = views[props.kind] ?? Body;
  return <View of={props.of} />;
}
/* What holds for all, then what speaks for it, then what speaks against. */
const side = (line: string): number => (/^against\b/.test(line) ? 2 : /^for\b/.test(line) ? 1 : 0);
const bySide = (lines: string[]): string[] => [...lines].sort((a, b) => side(a) - side(b));
const asFields = (value: unknown): Record<string, unknown> | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
function Diff(props: { before: Record<string, unknown>; after: Record<string, unknown> }): JSX.Element {
  const keys = [...new Set([...Object.keys(props.after), ...Object.keys(props.before)])];
  const moved = keys.filter(key => JSON.stringify(props.before[key]) !== JSON.stringify(props.after[key]));
  return (
    <section class="diff">
      <h3>{said.diff}</h3>
      <dl class="body-fields">
        {moved.map(key => (
          <div key={key}>
            <dt>{fieldName(key)}</dt>
            <dd>
              {key in props.before && (
                <del>
                  <span class="visually-hidden">{said.before}: </span>
                  <Value of={props.before[key]} field={key} />
                </del>
              )}
              {key in props.after && (
                <ins>
                  <span class="visually-hidden">{said.after}: </span>
                  <Value of={props.after[key]} field={key} />
                </ins>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/* --- deciding -------------------------------------------------------------------------------------------------------------- */

type Verdict = 'accept' | 'reject' | 'request-changes';

/* What each decision is called, and how its reason is asked for. */
const verdicts: Record<Verdict, { name: string; ask: string }> = {
  accept: { name: said.accept, ask: said.reasonAccept },
  reject: { name: said.reject, ask: said.reasonReject },
  'request-changes': { name: said.changes, ask: said.reasonChanges },
};

function WithReason(props: { verdict: Verdict; title: string; close: () => void; decide: (reason: string) => Promise<Problem | null> }): JSX.Element {
  const { name, ask } = verdicts[props.verdict];
  const send = async (reason: string): Promise<void> => {
    const problem = await props.decide(reason);
    if (problem) throw problem;
  };
  return (
    <ReasonDialog
      id="decision-reason"
      title={name}
      label={ask}
      missing={said.reasonMissing}
      help={said.cannotUndo}
      submit={name}
      danger={props.verdict === 'reject'}
      before={
        <p>
          <b>{props.title}</b>
        </p>
      }
      send={send}
      close={props.close}
    />
  );
}

/* The questions, each with its yes and its no; none is answered beforehand. */
function Criteria(props: {
  of: ProposalDetail;
  answers: Record<string, boolean>;
  answer: (id: string, value: boolean) => void;
}): JSX.Element | null {
  if (props.of.criteria.length === 0) return null;
  return (
    <>
      <h3>{said.criteria}</h3>
      <p class="quiet">{said.criteriaLead}</p>
      {props.of.criteria.map(one => (
        <fieldset class="criterion" key={one.id}>
          <legend>{one.question}</legend>
          {[true, false].map(value => (
            <label class="choice-inline" key={String(value)}>
              <input
                type="radio"
                class="form-check-input"
                name={'c-' + one.id}
                checked={props.answers[one.id] === value}
                onChange={() => props.answer(one.id, value)}
              />
              {value ? said.yes : said.no}
            </label>
          ))}
        </fieldset>
      ))}
    </>
  );
}

function Buttons(props: { busy: boolean; ask: (verdict: Verdict) => void }): JSX.Element {
  return (
    <div class="actions decide-actions">
      <button type="submit" class="btn btn-primary" disabled={props.busy} aria-keyshortcuts="a">
        {said.accept} <kbd aria-hidden="true">a</kbd>
      </button>
      <button
        type="button"
        class="btn btn-outline-secondary"
        disabled={props.busy}
        aria-keyshortcuts="c"
        onClick={() => props.ask('request-changes')}
      >
        {said.changes} <kbd aria-hidden="true">c</kbd>
      </button>
      <button type="button" class="btn btn-outline-danger" disabled={props.busy} aria-keyshortcuts="r" onClick={() => props.ask('reject')}>
        {said.reject} <kbd aria-hidden="true">r</kbd>
      </button>
    </div>
  );
}

/* What was decided so far, and why it takes whom it takes. */
function History(props: { of: ProposalDetail }): JSX.Element {
  const detail = props.of;
  return (
    <>
      {detail.decisions.length > 0 && (
        <section>
          <h3>{said.decisions}</h3>
          <ol class="timeline">
            {detail.decisions.map((one, index) => (
              <li key={index}>
                <b>{said.decided(one.by, one.role, said.decisionWords[one.decision] ?? one.decision, one.instead_of)}</b> <span class="quiet">{moment(one.at)}</span>
                {one.reason && <p>{one.reason}</p>}
              </li>
            ))}
          </ol>
        </section>
      )}
      <section>
        <h3>{said.risk}</h3>
        <p>
          <Badge tone={detail.tier >= 3 ? 'bad' : detail.tier === 2 ? 'wait' : 'plain'}>{said.tier(detail.tier)}</Badge>{' '}
          {said.tiers[detail.tier]}
        </p>
        {detail.risk.length > 0 && (
          <ul class="risk">
            {detail.risk.map(one => (
              <li key={one.factor}>
                <span>{one.text ? sentence(one.text) : humanise(one.factor)}</span> <span class="quiet">{said.riskPoints(one.points)}</span>
              </li>
            ))}
          </ul>
        )}
        {detail.rule && (
          <p class="quiet">
            {said.rule}: {detail.rule}
          </p>
        )}
      </section>
    </>
  );
}

function Decision(props: { of: ProposalDetail; replace: (detail: ProposalDetail) => void; reload: () => Promise<void> }): JSX.Element {
  const detail = props.of;
  const [answers, setAnswers] = useState<Record<string, boolean>>({});
  const [message, setMessage] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [asking, setAsking] = useState<Verdict | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const open = detail.mine && waiting(detail);

  const decide = async (verdict: Verdict, reason?: string): Promise<Problem | null> => {
    setBusy(true);
    setProblem(null);
    const criteria = detail.criteria.filter(one => answers[one.id]).map(one => one.id);
    try {
      const answer = await post<ProposalDetail>(`/approvals/${encodeURIComponent(detail.id)}/${verdict}`, {
        hash: detail.hash,
        ...(verdict === 'accept' ? { criteria } : {}),
        ...(reason ? { reason } : {}),
      });
      setAsking(null);
      props.replace(answer);
      invalidate();
      say(said.done_[verdict](detail.title));
      return null;
    } catch (error) {
      const failed = error as Problem;
      setBusy(false);
      if (failed.code === 'stale' || failed.code === 'conflict') {
        setAsking(null);
        setAnswers({});
        setMessage(failed.code === 'stale' ? said.stale : said.conflict);
        await props.reload();
        invalidate();
        return null;
      }
      if (verdict === 'accept') setProblem(failed);
      return failed;
    } finally {
      setBusy(false);
    }
  };
  const accept = (): void => {
    const open_ = detail.criteria.find(one => answers[one.id] === undefined);
    if (open_) {
      setMessage(said.needAnswers);
      form.current?.querySelector<HTMLInputElement>(`input[name="${CSS.escape('c-' + open_.id)}"]`)?.focus();
      return;
    }
    if (detail.criteria.some(one => answers[one.id] === false)) {
      setMessage(said.hasNo);
      return;
    }
    setMessage(null);
    if (detail.needs_reason) setAsking('accept');
    else void decide('accept');
  };
  useKeys(open && !asking ? { a: accept, r: () => setAsking('reject'), c: () => setAsking('request-changes') } : {});

  return (
    <aside class="decision" aria-label={said.criteria}>
      <div role="alert">{message && <p class="callout warn">{message}</p>}</div>
      {problem && <Failure problem={problem} acted />}
      {detail.changed.length > 0 && (
        <section>
          <h3>{said.evidenceChanged}</h3>
          <Few of={detail.changed} />
        </section>
      )}
      {open ? (
        <form
          ref={form}
          onSubmit={event => {
            event.preventDefault();
            accept();
          }}
        >
          <Criteria
            of={detail}
            answers={answers}
            answer={(id, value) => {
              setAnswers({ ...answers, [id]: value });
              setMessage(null);
            }}
          />
          {detail.instead_of && <p class="callout">{said.insteadOf(detail.instead_of)}</p>}
          <p class="quiet">
            {said.acceptHint}
            {detail.needs_reason && ' ' + said.acceptNeedsReason}
          </p>
          <Buttons busy={busy} ask={setAsking} />
        </form>
      ) : (
        <p class="callout quiet-callout">{!waiting(detail) ? said.already : detail.why_not ? said.notYoursWhy(sentence(detail.why_not.split('. ')[0])) : said.notYours}</p>
      )}
      <History of={detail} />
      {asking && (
        <WithReason verdict={asking} title={detail.title} close={() => setAsking(null)} decide={reason => decide(asking, reason)} />
      )}
    </aside>
  );
}

/* An asset is read as it would go out, beside its sources. */
const isAsset = (body: unknown): body is AssetBody => Array.isArray((body as Partial<AssetBody> | null)?.blocks);

/* Beside the text: who would get it and how, and why it has this form. */
const HOW = ['audience', 'envelope', 'never_alone'];
const KNOWN_ELSEWHERE = ['title', 'id', 'guide', 'trace', 'rejected', 'intervention', 'modality'];
type Fields = Record<string, unknown>;
const some = (body: Fields, keep: (key: string) => boolean): Fields => Object.fromEntries(Object.entries(body).filter(([key]) => keep(key)));

function AssetProposal(props: { id: string; body: AssetBody; rest: Fields; previous: unknown }): JSX.Element {
  const studio = useMay('READ_STUDIO');
  const how = some(props.rest, key => HOW.includes(key));
  return (
    <>
      {isAsset(props.previous) && <AssetDiff before={props.previous} after={props.body} />}
      <BesideSources of={props.body} />
      {Object.keys(how).length > 0 && (
        <>
          <h3>{text.asset.who}</h3>
          <Body of={how} />
        </>
      )}
      <WhyForm trace={props.rest.trace} rejected={props.rest.rejected} level={3} />
      {studio && (
        <p>
          <a class="alone" href={assetHref(props.id)}>
            {text.asset.more}
          </a>
        </p>
      )}
    </>
  );
}

/* What only people can do (a cohort, a programme) comes as a task for them, with a guide that was drafted for it. */
function Brief(props: { body: Fields; guide: AssetBody }): JSX.Element {
  return (
    <>
      <h3>{text.asset.specification}</h3>
      <Body of={{ ...some(props.body, key => !KNOWN_ELSEWHERE.includes(key)), ...(props.body.programme ? { offered: props.body.programme } : {}) }} />
      <WhyForm trace={props.body.trace} rejected={props.body.rejected} level={3} />
      <h3>{text.asset.guide}</h3>
      <BesideSources of={props.guide} />
    </>
  );
}

function Detail(props: { id: string }): JSX.Element {
  const proposal = useResource<ProposalDetail>('/approvals/' + encodeURIComponent(props.id));
  const heading = useRef<HTMLHeadingElement>(null);
  const needs = useMay('READ_NEEDS');
  /* A plan's smallest effect is in the goal's unit, money in the goals' currency: neither stands in every proposal. */
  const goals = useResource<{ goals: Goal[] }>(useMay('READ_GOALS') ? '/goals' : null).data?.goals ?? [];
  const currency = goals.find(goal => goal.currency)?.currency ?? null;
  return (
    <Load of={proposal} rows={3}>
      {one => {
        const body = asFields(one.body) ?? { text: one.body },
          previous = asFields(one.previous);
        return (
          <NameContext.Provider value={one.names}>
            <CurrencyContext.Provider value={currency}>
              <div class="proposal">
                <section class="thing">
                  <h2 ref={heading} tabIndex={-1}>
                    {one.title}
                  </h2>
                  <p class="quiet">
                    <Badge tone={stateTone(one.state)}>{said.states[one.state] ?? one.state}</Badge>{' '}
                    {said.kinds[one.kind] ?? humanise(one.kind)} · {said.made(day(one.made))}
                    {one.expires && <> · {said.lapses(day(one.expires))}</>}
                    {one.waits_for.length > 0 && waiting(one) && <> · {said.waitsFor(list(one.waits_for))}</>}
                  </p>
                  {previous && !isAsset(one.body) && !isAsset(body.guide) && <Diff before={previous} after={body} />}
                  {isAsset(one.body) ? (
                    <AssetProposal id={one.id} body={one.body} rest={body} previous={one.previous} />
                  ) : isAsset(body.guide) ? (
                    <Brief body={body} guide={body.guide} />
                  ) : previous ? (
                    <details>
                      <summary>{said.all}</summary>
                      <Content kind={one.kind} of={body} />
                    </details>
                  ) : (
                    <>
                      <h3>{said.content}</h3>
                      <Content kind={one.kind} of={body} />
                    </>
                  )}
                  {one.kind === 'act on need' && one.need && (
                    <PlanOf need={one.need} unit={goals.find(goal => goal.id === body.goal)?.unit ?? ''} level={3} />
                  )}
                  {one.why.length > 0 && (
                    <>
                      <h3>
                        {said.why}{' '}
                        <Why id={one.id} what={one.title}>
                          {text.shell.opensWhy}
                        </Why>
                      </h3>
                      <Few of={bySide(one.why)} class="reasons" />
                    </>
                  )}
                  {one.need && needs && (
                    <p>
                      <a class="alone" href={href('needs', one.need)}>
                        {said.needLink}
                      </a>
                    </p>
                  )}
                </section>
                <Decision of={one} replace={proposal.set} reload={proposal.reload} key={one.id} />
              </div>
            </CurrencyContext.Provider>
          </NameContext.Provider>
        );
      }}
    </Load>
  );
}

/* --- the queue -------------------------------------------------------------------------------------------------------------- */

function order(proposals: Proposal[]): Proposal[] {
  const group = (one: Proposal): number => (waiting(one) ? (one.mine ? 0 : 1) : 2);
  return [...proposals].sort(
    (a, b) => group(a) - group(b) || (a.expires ?? '9').localeCompare(b.expires ?? '9') || a.id.localeCompare(b.id),
  );
}

export function ApprovalsPage(props: { id: string | null }): JSX.Element {
  const queue = useResource<{ proposals: Proposal[] }>('/approvals');
  const needs = useMay('READ_NEEDS');
  const items = queue.data ? order(queue.data.proposals) : [];
  const chosen = props.id ?? null;
  const step = (by: number): void => {
    if (items.length === 0) return;
    const now = items.findIndex(one => one.id === chosen);
    go(href('approvals', items[Math.min(items.length - 1, Math.max(0, now < 0 ? 0 : now + by))].id));
  };
  useKeys({ j: () => step(1), k: () => step(-1) });
  useEffect(() => {
    /* Only the queue scrolls: scrollIntoView would push the page's first line under the bar. */
    const entry = document.querySelector('.queue [aria-current]'),
      queue = entry?.closest('.queue');
    if (!entry || !queue) return;
    const [at, box] = [entry.getBoundingClientRect(), queue.getBoundingClientRect()];
    if (at.top < box.top || at.bottom > Math.min(box.bottom, innerHeight)) queue.scrollTop += at.top - box.top - box.height / 3;
  }, [chosen, items.length]);
  const mine = items.filter(one => one.mine && waiting(one));
  const lapse = mine
    .map(one => one.expires)
    .filter((one): one is string => one !== null)
    .sort()[0];
  const wide = typeof matchMedia === 'function' && matchMedia('(min-width: 62em)').matches;
  useEffect(() => {
    if (!chosen && wide && items.length > 0) go(href('approvals', items[0].id), true);
  }, [chosen, items.length]);

  const groups: [string, Proposal[]][] = [
    [said.mine, mine],
    [said.others, items.filter(one => waiting(one) && !one.mine)],
    [said.done, items.filter(one => !waiting(one))],
  ];
  const entry = (one: Proposal): ComponentChildren => (
    <li key={one.id}>
      <a href={href('approvals', one.id)} aria-current={one.id === chosen ? 'true' : undefined}>
        <span class="queue-title">{one.title}</span>
        <span class="quiet">
          {said.kinds[one.kind] ?? humanise(one.kind)} · {said.tier(one.tier)} ·{' '}
          {waiting(one) ? one.expires && said.lapses(day(one.expires)) : (said.states[one.state] ?? one.state)}
        </span>
      </a>
    </li>
  );
  return (
    <Page
      {...text.pages.approvals}
      answer={answered(queue, () => said.answer(mine.length, items.filter(waiting).length, lapse ? day(lapse) : null))}
    >
      <Load of={queue} rows={3}>
        {data =>
          data.proposals.length === 0 ? (
            <Empty lead={said.empty.lead} action={needs ? { name: said.empty.action, href: href('needs') } : undefined} />
          ) : (
            <div class={'approvals' + (chosen ? ' has-chosen' : '')}>
              <nav class="queue" aria-label={said.queue}>
                <p class="order">{said.order}</p>
                {groups
                  .filter(([, some]) => some.length > 0)
                  .map(([name, some]) => (
                    <div key={name}>
                      <h2>
                        {name} <span class="count">{some.length}</span>
                      </h2>
                      <ul>{some.map(entry)}</ul>
                    </div>
                  ))}
              </nav>
              {chosen && (
                <p class="crumb queue-back">
                  <a href={href('approvals')}>← {said.queue}</a>
                </p>
              )}
              {chosen ? <Detail id={chosen} key={chosen} /> : <p class="quiet pick">{said.pick}</p>}
            </div>
          )
        }
      </Load>
      <Deputies />
    </Page>
  );
}
