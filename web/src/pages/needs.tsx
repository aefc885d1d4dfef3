/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Needs: three columns, of which two say no. A need's own page shows every hypothesis with what speaks for and against
 * it, the question that would separate the first two, and lets a person confirm or overrule the cause with a reason. */
import { PlanOf } from './plan.tsx';
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, days, difference, humanise, list, money, number, per, share } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Empty, Facts, Failure, Few, Load, None, Page, Rows, say, useMay, Why } from '../ui/parts.tsx';
import { CauseBar, causeClass, Plot } from '../ui/picture.tsx';
import type { Cause, Need, Needs, NeedStatus } from '../api.ts';

const said = text.needs;
const causeName = (cause: string | null): string => (cause === null ? text.causes['cannot tell'] : (text.causes[cause] ?? cause));
const names = (need: Need): string[] => need.subject?.names.filter(Boolean) ?? [];
const skillName = (need: Need, id: string): string => need.names[id] ?? humanise(id);
const worth = (need: Need): string | null => (need.value?.money ? money(need.value.money, need.value.currency) : null);

/* --- the list ----------------------------------------------------------------------------------------------------------- */

const columns: { key: 'open' | 'not_training' | 'not_priority'; status: NeedStatus }[] = [
  { key: 'open', status: 'open' },
  { key: 'not_training', status: 'not a training problem' },
  { key: 'not_priority', status: 'not a priority' },
];

function NeedCard(props: { need: Need }): JSX.Element {
  const { need } = props;
  return (
    <li class="card need-card" data-row tabIndex={-1}>
      <div class="card-body">
        <h3 class="card-title">
          <a href={href('needs', need.id)}>{need.title}</a>
        </h3>
        <p class="quiet">
          {need.goal_name ?? said.noGoal}
          {names(need).length > 0 && (
            <>
              {' '}
              · {names(need).slice(0, 3).join(', ')}
              {names(need).length > 3 && ' ' + text.shell.plus(names(need).length - 3)}
            </>
          )}
        </p>
        {need.status !== 'not a priority' && need.causes.length > 0 && <CauseBar causes={need.causes} />}
        {need.status === 'not a training problem' && need.instead && <p class="instead">{need.instead}</p>}
        {need.status === 'not a priority' && need.reason && <p class="instead">{need.reason}</p>}
        <p class="card-foot">
          <span>
            {worth(need) ? (
              <>
                <Why id={need.id} what={need.title} class="figure-small">
                  {worth(need)}
                </Why>{' '}
                <span class="quiet">{per(need.value!.period)}</span>
              </>
            ) : (
              <span class="quiet">{said.noValue}</span>
            )}
          </span>
          {need.status !== 'not a priority' &&
            (need.confirmed_by ? <Badge tone="good">{said.confirmed}</Badge> : <Badge tone="wait">{said.unconfirmed}</Badge>)}
        </p>
      </div>
    </li>
  );
}

function needsAnswer(data: Needs): string {
  const open = data.needs.filter(need => need.status === 'open');
  const valued = open.filter(need => need.value?.money);
  const total = valued.reduce((sum, need) => sum + need.value!.money!, 0);
  const currencies = new Set(valued.map(need => need.value!.currency));
  const waiting = data.needs.filter(
    need => (need.status === 'open' || need.status === 'not a training problem') && !need.confirmed_by,
  ).length;
  return said.answer(
    data.counts.open,
    data.counts.not_training,
    data.counts.not_priority,
    total > 0 && currencies.size === 1 ? money(total, valued[0].value!.currency) : null,
    waiting,
  );
}

function Others(props: { status: NeedStatus }): JSX.Element {
  const needs = useResource<Needs>('/needs?status=' + encodeURIComponent(props.status));
  return (
    <Load of={needs} rows={2}>
      {data => {
        const shown = data.needs.filter(need => need.status === props.status);
        return (
          <>
            {shown.length === 0 ? (
              <p class="quiet">{said.othersNone}</p>
            ) : (
              <ul class="cards grid">
                {shown.map(need => (
                  <NeedCard need={need} key={need.id} />
                ))}
              </ul>
            )}
          </>
        );
      }}
    </Load>
  );
}

export function NeedsPage(props: { show: string | null }): JSX.Element {
  const needs = useResource<Needs>('/needs');
  const imports = useMay('IMPORT');
  const other = props.show as NeedStatus | null;
  return (
    <Page {...text.pages.needs} answer={answered(needs, data => (data.needs.length ? needsAnswer(data) : said.empty.title + '.'))}>
      <Load of={needs} rows={5}>
        {data => {
          const all = data.counts.open + data.counts.not_training + data.counts.not_priority + data.counts.accepted + data.counts.expired;
          const links: [NeedStatus, number | null][] = [
            ['accepted', data.counts.accepted],
            ['expired', data.counts.expired],
            ['noise', null],
          ];
          if (all === 0 && data.needs.length === 0)
            return (
              <Empty
                lead={said.empty.lead + (imports ? '' : ' ' + said.empty.actionElse)}
                action={imports ? { name: said.empty.action, href: href('imports') } : undefined}
              />
            );
          return (
            <>
              <p class="order">
                {said.order}{' '}
                <span class="others">
                  {said.others}:{' '}
                  {links.map(([status, count], index) => (
                    <span key={status}>
                      {index > 0 && ', '}
                      <a
                        href={other === status ? href('needs') : href('needs', null, { status })}
                        aria-current={other === status ? 'true' : undefined}
                      >
                        {said.statuses[status].toLowerCase()}
                        {count !== null && ` (${count})`}
                      </a>
                    </span>
                  ))}
                </span>
              </p>
              {other && (
                <section>
                  <h2>{said.othersTitle[other] ?? other}</h2>
                  <Others status={other} />
                </section>
              )}
              <div class="columns">
                {columns.map(column => {
                  const mine = data.needs.filter(need => need.status === column.status).sort((a, b) => (a.rank ?? 1e9) - (b.rank ?? 1e9));
                  return (
                    <section class="column" key={column.key}>
                      <h2>
                        {said.columns[column.key]} <span class="count">{mine.length}</span>
                      </h2>
                      <p class="quiet">{said.columnLead[column.key]}</p>
                      {mine.length === 0 ? (
                        <p class="quiet column-empty">{said.columnEmpty[column.key]}</p>
                      ) : (
                        <ol class="cards">
                          {mine.map(need => (
                            <NeedCard need={need} key={need.id} />
                          ))}
                        </ol>
                      )}
                    </section>
                  );
                })}
              </div>
              {data.cannot_tell.length > 0 && (
                <section>
                  <h2>{said.cannotTell}</h2>
                  <p class="quiet">{said.cannotTellLead}</p>
                  <Rows
                    label={said.cannotTell}
                    of={data.cannot_tell}
                    columns={[
                      { name: said.file, of: one => <code>{one.file}</code> },
                      { name: said.tells, of: one => one.tells },
                    ]}
                  />
                  {imports && (
                    <p>
                      <a class="btn btn-outline-secondary" href={href('imports')}>
                        {said.bring}
                      </a>
                    </p>
                  )}
                </section>
              )}
            </>
          );
        }}
      </Load>
    </Page>
  );
}

/* --- one need -------------------------------------------------------------------------------------------------------------- */

function CauseChoice(props: { choices: Cause[]; chosen: Cause | null; choose: (cause: Cause) => void }): JSX.Element {
  return (
    <fieldset>
      <legend>{said.decideCause}</legend>
      <div class="choices">
        {props.choices.map(one => (
          <label key={one} class="choice">
            <input
              type="radio"
              class="form-check-input"
              name="cause"
              value={one}
              checked={props.chosen === one}
              onChange={() => props.choose(one)}
            />
            <i class={causeClass[one]} aria-hidden="true" />
            <span>
              <b>{causeName(one)}</b> <span class="quiet">{text.causeMeaning[one]}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Decide(props: { need: Need; done: (need: Need) => void }): JSX.Element {
  const { need } = props;
  const [open, setOpen] = useState(need.confirmed_by === null);
  const [cause, setCause] = useState<Cause | null>(need.cause === 'cannot tell' ? null : need.cause);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const reason = useRef<HTMLTextAreaElement>(null);
  const first = [...need.causes].sort((a, b) => b.probability - a.probability)[0]?.cause ?? null;
  const known = need.causes.map(one => one.cause);
  const choices = Object.keys(text.causes).filter(one => one !== 'cannot tell' || known.includes(one as Cause)) as Cause[];
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const why = reason.current!.value.trim();
    if (!why) {
      setMissing(true);
      reason.current!.focus();
      return;
    }
    setMissing(false);
    setBusy(true);
    try {
      const answer = await post<Need>(`/needs/${encodeURIComponent(need.id)}/cause`, { cause, reason: why });
      invalidate();
      props.done(answer);
      setOpen(false);
      say(said.decided(causeName(cause)));
    } catch (error) {
      setProblem(error as Problem);
    }
    setBusy(false);
  };
  return (
    <section class="card decide">
      <div class="card-body">
        <h2>{said.decideTitle}</h2>
        {need.confirmed_by && (
          <div class="decided">
            <p>
              <b>{said.confirmedBy(need.confirmed_by, causeName(need.cause))}</b>
            </p>
            {need.confirmed_reason && <p>{need.confirmed_reason}</p>}
          </div>
        )}
        {!open ? (
          <button type="button" class="btn btn-outline-secondary" onClick={() => setOpen(true)}>
            {said.decideAgain}
          </button>
        ) : (
          <>
            <p class="quiet">{said.decideLead}</p>
            {problem && <Failure problem={problem} acted />}
            <form onSubmit={event => void submit(event)} noValidate>
              <CauseChoice choices={choices} chosen={cause} choose={setCause} />
              <label class="form-label" for="cause-reason">
                {said.decideReason}
              </label>
              <textarea
                class="form-control"
                id="cause-reason"
                ref={reason}
                rows={3}
                aria-invalid={missing}
                aria-describedby="cause-missing"
              />
              <p class="form-error" id="cause-missing" role="alert">
                {missing ? said.decideMissing : ''}
              </p>
              <button type="submit" class="btn btn-primary" disabled={busy || cause === null}>
                {cause === null
                  ? said.decideChoose
                  : cause === first
                    ? said.decideConfirm(causeName(cause))
                    : said.decideOverrule(causeName(cause))}
              </button>
            </form>
          </>
        )}
      </div>
    </section>
  );
}

/* Hypotheses of little probability stand behind one line, unless they are among the first. */
const LIKELY = 0.05,
  LIKELY_LEAST = 2;

function CauseItem(props: { need: Need; of: Need['causes'][number] }): JSX.Element {
  const one = props.of;
  return (
    <li>
      <h3>
        <i class={causeClass[one.cause]} aria-hidden="true" />
        {causeName(one.cause)}{' '}
        <Why id={props.need.id} what={causeName(one.cause)}>
          {share(one.probability)}
        </Why>{' '}
        <span class="quiet">{text.causeMeaning[one.cause]}</span>
      </h3>
      {one.evidence.length + one.against.length > 0 ? (
        <div class="for-against">
          <div>
            <h4>{said.speaksFor}</h4>
            {one.evidence.length ? <Few of={one.evidence} /> : <p class="quiet">{said.nothing}</p>}
          </div>
          <div>
            <h4>{said.speaksAgainst}</h4>
            {one.against.length ? <Few of={one.against} /> : <p class="quiet">{said.nothing}</p>}
          </div>
        </div>
      ) : null}
    </li>
  );
}

function Causes(props: { need: Need }): JSX.Element {
  const causes = [...props.need.causes].sort((a, b) => b.probability - a.probability);
  const likely = causes.filter((one, index) => index < LIKELY_LEAST || one.probability >= LIKELY),
    rest = causes.slice(likely.length);
  return (
    <section>
      <h2>{said.causesTitle}</h2>
      <p class="quiet">{said.causesLead}</p>
      <CauseBar causes={causes} all />
      <ol class="hypotheses">
        {likely.map(one => (
          <CauseItem need={props.need} of={one} key={one.cause} />
        ))}
      </ol>
      {rest.length > 0 && (
        <details>
          <summary>{said.lessLikely(list(rest.map(one => `${causeName(one.cause).toLowerCase()} ${share(one.probability)}`)))}</summary>
          <ol class="hypotheses">
            {rest.map(one => (
              <CauseItem need={props.need} of={one} key={one.cause} />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
function Note(props: { note: NonNullable<Need['note']> }): JSX.Element {
  const { note } = props;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(note.text);
      say(text.shell.copied);
    } catch {
      say(text.errors.failed(said.noteCopy), 'bad');
    }
  };
  const mail =
    'mailto:' +
    (note.to?.includes('@') ? encodeURIComponent(note.to) : '') +
    '?subject=' +
    encodeURIComponent(note.subject) +
    '&body=' +
    encodeURIComponent(note.text);
  return (
    <section class="card note">
      <div class="card-body">
        <h2>{said.note}</h2>
        <p class="quiet">{said.noteLead}</p>
        <Facts
          of={[
            [said.noteTo, note.to ?? <None />],
            [said.noteSubject, note.subject],
          ]}
        />
        <blockquote>
          {note.text.split(/\n{2,}/).map((paragraph, index) => (
            <p key={index}>{paragraph}</p>
          ))}
        </blockquote>
        <div class="actions">
          <button type="button" class="btn btn-outline-secondary" onClick={() => void copy()}>
            {said.noteCopy}
          </button>
          <a class="btn btn-outline-secondary" href={mail}>
            {said.noteMail}
          </a>
        </div>
      </div>
    </section>
  );
}

function detailAnswer(need: Need): string {
  const cause = causeName(need.cause),
    said_ = said.detailAnswer;
  switch (need.status) {
    case 'not a training problem':
      return said_['not a training problem'](cause);
    case 'not a priority':
      return said_['not a priority'];
    case 'accepted':
      return said_.accepted(cause);
    case 'expired':
      return said_.expired;
    case 'noise':
      return said_.noise;
    default: {
      if (need.confirmed_by) return said_.confirmed(cause, worth(need));
      const first = need.causes.find(one => one.cause === need.cause);
      return !first || need.cause === 'cannot tell' ? said_.cannotTell : said_.open(cause, share(first.probability), worth(need));
    }
  }
}

function Gap(props: { need: Need }): JSX.Element {
  const { need } = props,
    unit = need.value?.unit ?? '';
  const [low, high] =
    need.gap_low === null || need.gap_high === null
      ? [null, null]
      : [need.gap_low, need.gap_high]
          .map(Math.abs)
          .sort((a, b) => a - b)
          .map(one => number(one));
  return (
    <section>
      <h2>{said.gapTitle}</h2>
      {need.gap !== null && (
        <p>
          <Why id={need.id} what={said.gapTitle} class="plain-text">
            {said.gapSentence(difference(Math.abs(need.gap), unit), low, high)}
          </Why>
        </p>
      )}
      {need.series && need.series.days.length > 1 ? (
        <Plot
          label={said.gapChart}
          picture={{
            kind: 'lines',
            unit,
            days: days(need.series.days),
            marks: [],
            lines: [
              { name: said.affected, values: need.series.affected, tone: 'main' },
              { name: said.peers, values: need.series.peers, tone: 'quiet' },
            ],
          }}
          table={{
            head: [said.since, said.affected, said.peers],
            rows: need.series.days.map((one, index) => [day(one), need.series!.affected[index] ?? '–', need.series!.peers[index] ?? '–']),
          }}
        />
      ) : (
        <p class="quiet">{said.noSeries}</p>
      )}
    </section>
  );
}

function NeedFacts(props: { need: Need }): JSX.Element {
  const one = props.need;
  const goals = useMay('READ_GOALS'),
    skills = useMay('READ_SKILLS');
  return (
    <Facts
      of={[
        [
          said.worth,
          worth(one) ? (
            <>
              <Why id={one.id} what={said.worth}>
                {worth(one)}
              </Why>{' '}
              {per(one.value!.period)}
            </>
          ) : (
            said.noValue
          ),
        ],
        [
          said.goal,
          one.goal_name ? goals && one.goal ? <a href={href('goals', one.goal)}>{one.goal_name}</a> : one.goal_name : said.noGoal,
        ],
        [
          said.who,
          names(one).length === 0 ? (
            text.goals.company
          ) : names(one).length <= 3 ? (
            list(names(one))
          ) : (
            <details>
              <summary>{said.groups(names(one).length, one.subject!.kind)}</summary>
              {list(names(one))}
            </details>
          ),
        ],
        ...(one.skills.length
          ? [
              [
                said.skills,
                <>
                  {one.skills.map((skill, index) => (
                    <span key={skill}>
                      {index > 0 && ', '}
                      {skills ? <a href={href('skills', skill)}>{skillName(one, skill)}</a> : skillName(one, skill)}
                    </span>
                  ))}
                </>,
              ] as [string, JSX.Element],
            ]
          : []),
        ...(one.since ? [[said.since, day(one.since)] as [string, string]] : []),
        ...(one.expires ? [[said.expires, day(one.expires)] as [string, string]] : []),
      ]}
    />
  );
}

/* What would make it surer: a question to a person, a file. */
function Unclear(props: { need: Need }): JSX.Element | null {
  const one = props.need;
  if (!one.question && !one.missing_file) return null;
  return (
    <div class="callout quiet-callout">
      {one.question && (
        <>
          <h3>{said.question}</h3>
          <p>{one.question}</p>
        </>
      )}
      {one.missing_file && (
        <>
          <h3>{said.missing}</h3>
          <p>
            <code>{one.missing_file}</code>
          </p>
        </>
      )}
    </div>
  );
}

function Plan(props: { need: Need; href: string }): JSX.Element {
  const one = props.need;
  return (
    <section class="card">
      <div class="card-body">
        <h2>{said.plan}</h2>
        <p class="quiet">
          {one.proposal_state && !['proposed', 'in approval'].includes(one.proposal_state)
            ? said.planState(text.approvals.states[one.proposal_state] ?? one.proposal_state)
            : said.planWaits}
        </p>
        {one.goal && one.status !== 'accepted' && <PlanOf need={one.id} unit={one.value?.unit ?? ''} level={3} />}
        <a class="btn btn-outline-secondary" href={props.href}>
          {said.planOpen}
        </a>
      </div>
    </section>
  );
}

function Aside(props: { need: Need; plan: string | null; done: (need: Need) => void }): JSX.Element {
  const one = props.need;
  const decides = useMay('DECIDE_NEEDS');
  return (
    <aside aria-label={said.decideTitle}>
      {props.plan && <Plan need={one} href={props.plan} />}
      {decides && one.causes.length > 0 && one.status !== 'noise' && one.status !== 'expired' && (
        <Decide need={one} done={props.done} key={one.id + (one.confirmed_by ?? '')} />
      )}
      {!decides && one.confirmed_by && (
        <section class="card">
          <div class="card-body">
            <p>
              <b>{said.confirmedBy(one.confirmed_by, causeName(one.cause))}</b>
            </p>
            {one.confirmed_reason && <p>{one.confirmed_reason}</p>}
          </div>
        </section>
      )}
      {one.note && <Note note={one.note} />}
      {one.requests.length > 0 && (
        <section class="card">
          <div class="card-body">
            <h2>{said.requests}</h2>
            <ul class="plain">
              {one.requests.map(request => (
                <li key={request.id}>
                  <b>{request.title}</b>
                  <br />
                  <span class="quiet">{[request.team, request.day && day(request.day)].filter(Boolean).join(', ')}</span>
                </li>
              ))}
            </ul>
          </div>
        </section>
      )}
    </aside>
  );
}

export function NeedPage(props: { id: string }): JSX.Element {
  const need = useResource<Need>('/needs/' + encodeURIComponent(props.id));
  const approvals = useMay('READ_APPROVALS');
  const data = need.data;
  const plan = data?.proposal && approvals ? href('approvals', data.proposal) : null;
  return (
    <Page
      {...text.pages.needs}
      title={data?.title ?? text.pages.needs.name}
      answer={answered(need, detailAnswer)}
      back={{ href: href('needs'), name: said.all }}
      actions={
        plan && data!.status === 'open' ? (
          <a class="btn btn-primary" href={plan}>
            {said.planOpen}
          </a>
        ) : undefined
      }
    >
      <Load of={need} rows={4}>
        {one => (
          <div class="with-aside">
            <div>
              <NeedFacts need={one} />
              {one.instead && (
                <div class="callout">
                  <h2>{said.instead}</h2>
                  <p>{one.instead}</p>
                </div>
              )}
              {one.reason && (
                <p>
                  <b>{said.reason}:</b> {one.reason}
                </p>
              )}
              {one.causes.length > 0 && <Causes need={one} />}
              <Unclear need={one} />
              {(one.series || one.gap !== null) && <Gap need={one} />}
            </div>
            <Aside need={one} plan={plan} done={need.set} />
          </div>
        )}
      </Load>
    </Page>
  );
}
