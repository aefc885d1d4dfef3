/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Impact: did it move? The board of goals. First in words, then every intervention on one axis, by what it is worth; what
 * cannot be told has a section as large as what moved, with the day from which it can. Every figure opens its reasons. */
import type { JSX } from 'preact';
import { text } from '../text.en.ts';
import { bare, day, difference, long, money, number } from '../format.ts';
import { useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Empty, Facts, Load, None, Page, Rows, useMay, Why } from '../ui/parts.tsx';
import { Spark } from '../ui/picture.tsx';
import { Interval, IntervalKey, Lead } from '../ui/interval.tsx';
import { Later } from './later.tsx';
import type { Adapting, Board, BoardGoal, Followed, Impact } from '../api.ts';

const said = text.impact;
const tones: Record<Impact['verdict'], 'good' | 'plain' | 'wait'> = { moved: 'good', 'did not move': 'plain', 'cannot tell': 'wait' };

/* "Yet" is for what time will tell: not for what was never measurable, nor for what the last reading has left open. */
const verdictWord = (one: Impact): string =>
  one.verdict !== 'cannot tell' ? said.verdicts[one.verdict] : !one.measurable ? said.verdictNever : one.basis === 'last reading' ? said.verdictOpen : said.verdicts['cannot tell'];

export function Verdict(props: { of: Impact }): JSX.Element {
  return <Badge tone={tones[props.of.verdict]}>{verdictWord(props.of)}</Badge>;
}
export const signed = (value: number, unit: string): string =>
  (value > 0 ? '+' : '') + (long(unit) ? number(value, 2) : difference(value, unit));
export const between = (interval: [number, number] | null): string | null =>
  interval && text.shell.interval(number(interval[0], 2), number(interval[1], 2));
export const effectLabel = (one: Impact): string =>
  one.measured && one.estimate !== null
    ? said.label(one.title, said.verdicts[one.verdict], signed(one.estimate, one.unit), between(one.interval))
    : said.labelNone(one.title, said.verdicts[one.verdict]);

/* --- one row --------------------------------------------------------------------------------------------------------------- */

/* Where the effect is not there: when it can be, or why it never can. */
export const missing = (one: Impact, today: string): string =>
  !one.told_from ? (one.measurable ? said.notMeasured : said.never) : one.told_from > today ? said.notYet(day(one.told_from)) : said.notMeasured;

/* Figures before the last reading say what they are, wherever they stand. */
export const basisOf = (one: Impact): string | null =>
  one.basis === 'any time' ? said.anyTime : one.basis === 'descriptive' && one.told_from ? said.descriptive(day(one.told_from)) : null;

/* Where the goal came from and where it is to go: what an effect is held against. */
export const wayOf = (one: Impact): string | null =>
  one.baseline === null || one.target === null ? null : said.way(bare(one.baseline, one.unit), bare(one.target, one.unit));

/* What was said before the last reading, where that did not bear it out. */
export const takenBack = (one: Impact): boolean => one.said_early !== null && !one.said_early.confirmed;
const saidEarly = (one: Impact): string =>
  said.saidEarly(day(one.said_early!.day), one.said_early!.estimate === null ? null : signed(one.said_early!.estimate, one.unit), between(one.said_early!.interval));

function Effect(props: { of: Impact; today: string }): JSX.Element {
  const one = props.of;
  if (one.hidden) return <p class="withheld">{text.shell.hiddenCell}</p>;
  if (one.estimate === null)
    return <p class="quiet">{missing(one, props.today)}</p>;
  return (
    <p>
      <Why id={one.claim} what={said.effectOf(one.title)} class="figure-small">
        {signed(one.estimate, one.unit)}
      </Why>
      <br />
      <span class="quiet">
        {between(one.interval)}
        {long(one.unit) && ', ' + one.unit}
        {basisOf(one) && (
          <>
            <br />
            {basisOf(one)}
          </>
        )}
      </span>
    </p>
  );
}

function Worth(props: { of: Impact }): JSX.Element {
  const { value, claim, title } = props.of;
  if (!value) return <None />;
  return (
    <>
      <Why id={claim} what={said.worthOf(title)} class={props.of.verdict === 'moved' ? 'figure-small' : 'figure-quiet'}>
        {money(value.money, value.currency)}
      </Why>
      {value.low !== null && value.high !== null && (
        <>
          <br />
          <span class="quiet">{text.shell.interval(money(value.low, value.currency), money(value.high, value.currency))}</span>
        </>
      )}
    </>
  );
}

export const BELIEVED = 0.05; /* as the summary counts them */

function Row(props: { of: Impact; currency: string; today: string; latest: number | null }): JSX.Element {
  const one = props.of;
  return (
    <li class="board-row" data-row tabIndex={-1}>
      <div class="board-name">
        <h3>
          <a href={href('impact', one.id)}>{one.title}</a>
        </h3>
        <p class="quiet">{one.goal_name ?? said.noGoal}</p>
        {wayOf(one) && <p class="quiet among">{props.latest === null ? wayOf(one) : said.wayLatest(wayOf(one)!, bare(props.latest, one.unit))}</p>}
        {one.changes.length > 0 && (
          <p class="quiet among" title={one.changes.map(change => change.title).join('; ')}>
            {said.beside(one.changes.length)}
          </p>
        )}
      </div>
      <div class="board-verdict">
        <p>
          <Verdict of={one} />
        </p>
        {one.verdict === 'moved' && one.q !== null && (
          <p class="quiet among" title={said.among(number(one.q, 2))}>
            {one.q <= BELIEVED ? said.believed : said.doubted}
          </p>
        )}
      </div>
      <div class="board-plot">
        <Interval of={one} label={effectLabel(one)} />
      </div>
      <div class="board-effect">
        <span class="board-label">{said.effect}</span>
        <Effect of={one} today={props.today} />
      </div>
      <div class="board-money">
        <span class="board-label">{said.worth}</span>
        <p>
          <Worth of={one} />
        </p>
      </div>
      <div class="board-money">
        <span class="board-label">{said.cost}</span>
        <p>
          {one.cost === null ? (
            <None />
          ) : (
            <Why id={one.id} what={said.costOf(one.title)}>
              {money(one.cost, props.currency)}
            </Why>
          )}
        </p>
      </div>
      {takenBack(one) && <p class="board-said">{saidEarly(one)}</p>}
    </li>
  );
}

/* Interventions under each other on one axis, the board's or those of one goal. */
export function BoardRows(props: { board: Board; of: Impact[] }): JSX.Element {
  const { board } = props;
  const latest = new Map(board.goals.map(goal => [goal.id, goal.latest]));
  return (
    <>
      <IntervalKey early={props.of.some(one => basisOf(one) !== null)} />
      <div class="board-head" aria-hidden="true">
        <span>{said.name}</span>
        <span>{said.moved}</span>
        <span>{said.axis}</span>
        <span>{said.effect}</span>
        <span>{said.worth}</span>
        <span>{said.cost}</span>
      </div>
      <ol class="board">
        {props.of.map(one => (
          <Row of={one} currency={board.summary.currency} today={board.today} latest={latest.get(one.goal ?? '') ?? null} key={one.id} />
        ))}
      </ol>
    </>
  );
}

function Interventions(props: { of: Board }): JSX.Element {
  return (
    <section>
      <h2>{said.interventions}</h2>
      <p class="order">{said.order}</p>
      <BoardRows board={props.of} of={props.of.impact} />
    </section>
  );
}

/* --- what cannot be told, what was declined ---------------------------------------------------------------------------------- */

function Untold(props: { of: Impact[]; today: string }): JSX.Element {
  const untold = props.of.filter(one => one.verdict === 'cannot tell');
  return (
    <section>
      <h2>{said.untold}</h2>
      {untold.length === 0 ? (
        <p class="quiet">{said.untoldNone}</p>
      ) : (
        <ul class="plain">
          {untold.map(one => (
            <li key={one.id}>
              <a class="alone" href={href('impact', one.id)}>
                {one.title}
              </a>
              <br />
              <span class="quiet">
                {one.told_from && one.told_from > props.today && !one.measured ? said.from(day(one.told_from)) + ' ' : ''}
                {one.needed}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Declined(props: { of: Board }): JSX.Element {
  const { declined, summary } = props.of;
  const programmes = useMay('READ_PROGRAMMES');
  const saved = declined.programmes.filter(one => one.saved),
    open = declined.programmes.filter(one => !one.saved);
  const sum = (some: typeof saved): string => money(some.reduce((total, one) => total + one.money, 0), summary.currency);
  const none = declined.not_training + declined.no_goal + declined.programmes.length === 0;
  const names = (some: typeof saved): JSX.Element => (
    <ul>
      {some.map(one => (
        <li key={one.id}>
          <a class="alone" href={href(one.id.startsWith('n-') || !programmes ? 'needs' : 'programmes', one.id.startsWith('n-') || programmes ? one.id : null)}>
            {one.title}
          </a>{' '}
          <Why id={one.id.startsWith('n-') ? one.id : null} what={one.title}>
            {money(one.money, summary.currency)}
          </Why>
        </li>
      ))}
    </ul>
  );
  return (
    <section>
      <h2>{said.declined}</h2>
      {none && <p class="quiet">{said.declinedNone}</p>}
      <ul class="plain">
        {declined.not_training > 0 && (
          <li>
            <a class="alone" href={href('needs')}>
              {said.notTraining(declined.not_training)}
            </a>
            <br />
            <span class="quiet">{said.notTrainingLead(money(declined.not_training_money, summary.currency))}</span>
          </li>
        )}
        {declined.no_goal > 0 && (
          <li>
            <b>{said.noGoals(declined.no_goal)}</b>
            <br />
            <span class="quiet">{said.noGoalsLead}</span>
          </li>
        )}
        {saved.length > 0 && (
          <li>
            <b>{said.saved(sum(saved))}</b>
            {names(saved)}
          </li>
        )}
        {open.length > 0 && (
          <li>
            <b>{said.couldSave(sum(open))}</b>
            {names(open)}
          </li>
        )}
      </ul>
    </section>
  );
}

/* --- goals -------------------------------------------------------------------------------------------------------------------- */

function Goals(props: { of: BoardGoal[]; impact: Impact[] }): JSX.Element {
  const done = new Set(props.impact.filter(one => one.verdict !== 'cannot tell').map(one => one.id));
  const told = (goal: BoardGoal): number => goal.interventions.filter(id => done.has(id)).length;
  const goals = [...props.of].sort((a, b) => b.interventions.length - a.interventions.length || b.weight - a.weight);
  const word = text.goals.states;
  return (
    <section>
      <h2>{said.goals}</h2>
      <p class="order">{said.goalsOrder}</p>
      <Rows<BoardGoal>
        label={said.goals}
        class="middle"
        of={goals}
        columns={[
          {
            name: text.goals.name,
            of: goal => (
              <>
                <a href={href('goals', goal.id)}>{goal.name}</a>
                {long(goal.unit) && <span class="quiet"> {goal.unit}</span>}
              </>
            ),
          },
          {
            name: text.goals.trend,
            of: goal => (
              <div class="trend">
                <Spark
                  series={goal.series}
                  target={goal.target}
                  baseline={goal.baseline}
                  label={text.goals.series(goal.name)}
                  good={goal.state === 'unknown' ? null : goal.state === 'on track'}
                />
              </div>
            ),
          },
          { name: said.baseline, num: true, of: goal => bare(goal.baseline, goal.unit) },
          {
            name: said.now,
            num: true,
            of: goal =>
              goal.latest === null ? (
                <None />
              ) : (
                <Why id={goal.id} what={goal.name}>
                  {bare(goal.latest, goal.unit)}
                </Why>
              ),
          },
          { name: said.target, num: true, of: goal => bare(goal.target, goal.unit) },
          {
            name: text.goals.state,
            of: goal => <Badge tone={goal.state === 'on track' ? 'good' : goal.state === 'off track' ? 'bad' : 'wait'}>{word[goal.state]}</Badge>,
          },
          { name: said.interventions, of: goal => said.ofGoal(goal.moved, told(goal), goal.interventions.length) },
        ]}
      />
    </section>
  );
}

/* --- how fast a changed priority is followed --------------------------------------------------------------------------------------- */

const LEAST_CHANGES = 3; /* in either year, for a trend to mean something */

function year(of: Adapting): JSX.Element | string {
  if (of.changes === 0) return <span class="quiet">{said.adaptingNone}</span>;
  const changes = said.changesOf(of.changes);
  return of.days === null ? said.adaptingSlow(changes) : said.adaptingDays(number(of.days, 0), changes);
}

/* A year against the year before, in words. */
function trend(of: Board['adapting']): string {
  const { year: now, before } = of,
    words = said.adaptingWords;
  if (now.changes < LEAST_CHANGES || before.changes < LEAST_CHANGES || now.days === null || before.days === null) return words.few;
  const by = Math.round(now.days - before.days);
  return by === 0 ? words.same : by < 0 ? words.faster(number(-by, 0)) : words.slower(number(by, 0));
}

function Following(props: { of: Followed[]; speed: Board['adapting'] }): JSX.Element {
  const { speed } = props;
  return (
    <section>
      <h2>{said.followed}</h2>
      <p class="order">{props.of.length === 0 ? said.followedNone : said.followedLead}</p>
      {speed.year.changes + speed.before.changes > 0 && (
        <Facts
          of={[
            [said.adaptingYear, year(speed.year)],
            [said.adaptingBefore, year(speed.before)],
            [said.adaptingTrend, trend(speed)],
          ]}
        />
      )}
      {props.of.length > 0 && (
        <Rows<Followed>
          label={said.followed}
          of={props.of}
          columns={[
            { name: text.goals.name, of: one => <a href={href('goals', one.goal)}>{one.goal_name}</a> },
            { name: said.raisedOn, of: one => day(one.day) },
            { name: said.raisedBy, num: true, of: one => `${number(one.before, 2)} → ${number(one.after, 2)}` },
            { name: said.turned, of: one => (one.teams === 0 ? <None /> : said.turnedOf(one.followed, one.teams)) },
            {
              name: said.turnedAfter,
              num: true,
              of: one => (one.days !== null ? said.days(number(one.days, 0)) : <span class="quiet">{one.open ? said.notTurnedYet : said.notFollowed}</span>),
            },
          ]}
        />
      )}
    </section>
  );
}

/* --- the page ------------------------------------------------------------------------------------------------------------------ */

function answer(data: Board): string {
  const { interventions, moved, did_not_move, cannot_tell, taken_back } = data.summary;
  return interventions === 0 ? said.empty.title : said.answer(interventions, moved, did_not_move, cannot_tell) + (taken_back ? said.taken(taken_back) : '');
}

function Sums(props: { of: Board }): JSX.Element {
  const { summary } = props.of,
    effect = summary.lead_days.effect;
  const { value, value_of_all: all, return_interval: back } = summary;
  const times = (figure: number): string => said.times(number(figure, 2));
  return (
    <Facts
      of={[
        [said.spent, summary.cost === null ? <None /> : money(summary.cost, summary.currency)],
        [
          said.worthMoved,
          value === null ? (
            <None />
          ) : (
            <>
              {money(value.money, value.currency)}{' '}
              {value.low !== null && value.high !== null && (
                <span class="quiet">{text.shell.interval(money(value.low, value.currency), money(value.high, value.currency))}</span>
              )}
            </>
          ),
        ],
        ...(summary.moved > 0 ? [[said.amongMany, <>{said.believedOf(summary.believed, summary.moved)}<br /><span class="quiet">{said.amongManyLead}</span></>] as [string, JSX.Element]] : []),
        ...(all !== null
          ? [
              [
                said.worthAll,
                <>
                  {money(all.money, all.currency)}{' '}
                  {all.low !== null && all.high !== null && <span class="quiet">{text.shell.interval(money(all.low, all.currency), money(all.high, all.currency))}</span>}
                  <br />
                  <span class="quiet">{said.worthAllLead}</span>
                </>,
              ] as [string, JSX.Element],
            ]
          : []),
        [
          said.back,
          summary.return === null ? (
            <None />
          ) : (
            <>
              {times(summary.return)} {back && <span class="quiet">{text.shell.interval(times(back[0]), times(back[1]))}</span>}
            </>
          ),
        ],
        [said.leadTime, effect === null ? <span class="quiet">{said.leadNone}</span> : said.days(number(effect, 0))],
      ]}
    />
  );
}

export function ImpactPage(): JSX.Element {
  const board = useResource<Board>('/impact');
  const needs = useMay('READ_NEEDS');
  return (
    <Page
      {...text.pages.impact}
      answer={answered(board, answer)}
      actions={
        <>
          <a class="btn btn-outline-secondary" href={href('impact', 'weights')}>
            {text.weights.link}
          </a>
          <a class="btn btn-outline-secondary" href="/api/v1/impact.pdf" download title={said.pdfLead}>
            {said.pdf}
          </a>
          <a class="btn btn-outline-secondary" href="/api/v1/impact.csv" download title={said.csvLead}>
            {said.csv}
          </a>
        </>
      }
    >
      <Later />
      <Load of={board} rows={4}>
        {data => (
          <>
            {data.impact.length === 0 ? (
              <Empty lead={said.empty.lead} action={needs ? { name: said.empty.action, href: href('needs') } : undefined} />
            ) : (
              <>
                {data.own_teams && <p class="order">{said.own}</p>}
                <Sums of={data} />
                <Interventions of={data} />
              </>
            )}
            <div class="pair">
              {data.impact.length > 0 && <Untold of={data.impact} today={data.today} />}
              <Declined of={data} />
            </div>
            {data.impact.length > 0 && data.summary.lead_days.need !== null && (
              <section>
                <h2>{said.lead}</h2>
                <p class="order">{said.leadMedians}</p>
                <Lead of={data.summary.lead_days} label={said.lead} />
              </section>
            )}
            {data.goals.length > 0 && <Goals of={data.goals} impact={data.impact} />}
            {data.goals.length > 0 && <Following of={data.followed} speed={data.adapting} />}
          </>
        )}
      </Load>
    </Page>
  );
}

