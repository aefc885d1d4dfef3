/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Business goals: cards in money with the series and what holds each back, then the board as a table; a goal's own page;
 * and the dialog in which a weight is moved and its consequences are seen before anything is saved. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { amount, bare, day, days, difference, list, long, moment, money, number, share } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { href } from '../router.ts';
import {
  answered,
  Badge,
  Dialog,
  Empty,
  Facts,
  Failure,
  Hidden,
  Load,
  None,
  Page,
  Rows,
  say,
  useMay,
  Why,
  type Column,
} from '../ui/parts.tsx';
import { DialogActions } from '../ui/reason.tsx';
import { Plot, Spark } from '../ui/picture.tsx';
import { GoalDialog } from './goal-form.tsx';
import { BoardRows } from './impact.tsx';
import type { Board, Goal, GoalDetail, Move, Weighing } from '../api.ts';

const said = text.goals;
const tone = { 'on track': 'good', 'off track': 'bad', unknown: 'wait' } as const;

function figure(value: number | null, goal: Goal): JSX.Element | string {
  return value === null ? <None /> : amount(value, goal.unit);
}
function plain(value: number | null, goal: Goal): JSX.Element | string {
  return value === null ? <None /> : bare(value, goal.unit);
}
function gapWords(goal: Goal): string {
  if (goal.gap === null) return said.states.unknown;
  return goal.gap > 0 ? said.shortOf(difference(goal.gap, goal.unit)) : said.reached;
}
function moneyWords(goal: Goal): string | null {
  return goal.money !== null && goal.money > 0 ? money(goal.money, goal.currency) : null;
}

/* --- the weight ------------------------------------------------------------------------------------------------------ */

const PREVIEW_MILLISECONDS = 250;

function moveColumns(currency: string | null): Column<Move>[] {
  const step = (move: Move): number => (move.rank_before ?? 0) - (move.rank_after ?? 0);
  return [
    { name: said.weightNeed, of: move => move.title },
    {
      name: said.weightRank,
      of: move => (
        <span class={step(move) > 0 ? 'rise' : step(move) < 0 ? 'fall' : ''}>
          {said.rankMove(String(move.rank_before ?? '–'), String(move.rank_after ?? '–'))}
          <span class="quiet"> {step(move) > 0 ? said.up : step(move) < 0 ? said.down : said.same}</span>
        </span>
      ),
    },
    {
      name: said.weightValue,
      num: true,
      of: move =>
        move.money_before === move.money_after ? (
          move.money_after !== null && money(move.money_after, currency)
        ) : (
          <>
            {move.money_before !== null && <del>{money(move.money_before, currency)}</del>}{' '}
            {move.money_after !== null && <ins>{money(move.money_after, currency)}</ins>}
          </>
        ),
    },
  ];
}

function WeightDialog(props: { goal: Goal; close: () => void }): JSX.Element {
  const { goal } = props;
  const [weight, setWeight] = useState(goal.weight);
  const [diff, setDiff] = useState<Weighing | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const reason = useRef<HTMLInputElement>(null);
  const asked = useRef(0);
  const address = `/goals/${encodeURIComponent(goal.id)}/weight`;
  useEffect(() => {
    const turn = ++asked.current; /* a late answer to an earlier weight must not overwrite a newer one */
    if (weight === goal.weight) {
      setDiff(null);
      return;
    }
    const timer = setTimeout(() => {
      post<Weighing>(address, { weight, preview: true }).then(
        answer => {
          if (turn === asked.current) {
            setDiff(answer);
            setProblem(null);
          }
        },
        (error: Problem) => {
          if (turn === asked.current) setProblem(error);
        },
      );
    }, PREVIEW_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [weight]);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await post<Weighing>(address, { weight, preview: false, reason: reason.current!.value.trim() });
      props.close();
      invalidate();
      say(said.weightSaved(goal.name, number(weight, 2)));
    } catch (error) {
      setProblem(error as Problem);
      setBusy(false);
    }
  };
  const moves = diff?.moves.filter(move => move.rank_before !== move.rank_after || move.money_before !== move.money_after) ?? [];
  return (
    <Dialog title={said.weightTitle(goal.name)} wide close={props.close}>
      <p class="quiet">{said.weightLead}</p>
      {problem && <Failure problem={problem} acted />}
      <form onSubmit={event => void submit(event)}>
        <label class="form-label" for="weight">
          {said.weightLabel}
        </label>
        <div class="weight-row">
          <input
            class="form-range"
            id="weight"
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={weight}
            onInput={event => setWeight(Number(event.currentTarget.value))}
            autofocus
          />
          <output class="figure" for="weight">
            {number(weight, 2)}
          </output>
        </div>
        <section aria-live="polite" class="weight-diff">
          <h3>{said.weightMoves}</h3>
          {weight === goal.weight ? (
            <p class="quiet">{said.weightSame}</p>
          ) : !diff ? (
            <p class="quiet">{text.shell.loading} …</p>
          ) : moves.length === 0 ? (
            <p class="quiet">{said.weightNoMoves}</p>
          ) : (
            <Rows label={said.weightMoves} class="table-sm" of={moves} columns={moveColumns(goal.currency)} />
          )}
        </section>
        <label class="form-label" for="weight-reason">
          {said.weightReason}
        </label>
        <input class="form-control" id="weight-reason" ref={reason} maxLength={500} />
        <DialogActions submit={said.weightSave} close={props.close} disabled={busy || weight === goal.weight} />
      </form>
    </Dialog>
  );
}

/* --- the list ------------------------------------------------------------------------------------------------------------ */

function Holds(props: { goal: Goal }): JSX.Element {
  const needs = useMay('READ_NEEDS');
  if (props.goal.needs.length === 0) return <p class="quiet">{said.holdsNone}</p>;
  return (
    <ul class="holds">
      {props.goal.needs.map(need => (
        <li key={need.id}>
          {needs ? <a href={href('needs', need.id)}>{need.title}</a> : need.title}
          <span class="quiet">
            {' '}
            {need.status === 'not a priority' ? (
              text.needs.statuses[need.status].toLowerCase()
            ) : (
              <>
                {need.cause ? (text.causes[need.cause] ?? need.cause) : said.noCause}
                {need.probability !== null && ' ' + share(need.probability)}
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function GoalCard(props: { goal: Goal; weigh: (() => void) | null }): JSX.Element {
  const { goal } = props;
  const cost = moneyWords(goal);
  const values = goal.series.filter(point => point.value !== null);
  return (
    <li class="card goal-card" data-row tabIndex={-1}>
      <div class="card-body">
        <div class="card-top">
          <Badge tone={tone[goal.state]}>{said.states[goal.state] ?? goal.state}</Badge>
          <span class="quiet">{[long(goal.unit) ? goal.unit : null, goal.category].filter(Boolean).join(' · ')}</span>
        </div>
        <h2 class="card-title">
          <a href={href('goals', goal.id)}>{goal.name}</a>
        </h2>
        <p class="goal-money">
          {cost ? (
            <>
              <Why id={goal.id} what={`${goal.name}, ${said.gapCost}`} class="figure">
                {cost}
              </Why>{' '}
              <span class="quiet">{said.perYear}</span>
            </>
          ) : (
            <span class="figure figure-quiet">{goal.gap !== null && goal.gap <= 0 ? said.closed : said.noMoney}</span>
          )}
        </p>
        {values.length < 2 ? (
          <p class="no-series">{said.noSeries}</p>
        ) : (
          <Spark
            series={goal.series}
            target={goal.target}
            baseline={goal.baseline}
            good={goal.state === 'unknown' ? null : goal.state === 'on track'}
            label={
              values.length > 1
                ? said.sparkLabel(
                    goal.name,
                    amount(values[0].value!, goal.unit),
                    amount(values[values.length - 1].value!, goal.unit),
                    goal.target === null ? text.shell.none : amount(goal.target, goal.unit),
                  )
                : goal.name
            }
          />
        )}
        <Facts
          of={[
            [said.latest, plain(goal.latest, goal)],
            [said.baseline, plain(goal.baseline, goal)],
            [said.target, plain(goal.target, goal)],
            [said.due, goal.due ? day(goal.due) : <None />],
          ]}
        />
        <h3>{said.holdsBack}</h3>
        <Holds goal={goal} />
        <p class="card-foot">
          <span>
            {said.weight} <b>{number(goal.weight, 2)}</b>
          </span>
          {props.weigh && (
            <button
              type="button"
              class="btn btn-sm btn-outline-secondary"
              aria-label={`${said.changeWeight}: ${goal.name}`}
              onClick={props.weigh}
            >
              {said.changeWeight}
            </button>
          )}
        </p>
      </div>
    </li>
  );
}

function goalsAnswer(goals: Goal[]): string {
  const costs = goals.filter(goal => goal.money !== null && goal.money > 0);
  const total = costs.reduce((sum, goal) => sum + goal.money!, 0);
  const oneCurrency = new Set(costs.map(goal => goal.currency)).size === 1;
  return said.answer(
    goals.filter(goal => goal.state === 'on track').length,
    goals.length,
    goals.filter(goal => goal.state === 'unknown').length,
    total > 0 && oneCurrency ? money(total, costs[0].currency) : null,
  );
}

const board: Column<Goal>[] = [
  {
    name: said.name,
    of: goal => (
      <>
        <a href={href('goals', goal.id)}>{goal.name}</a>
        {long(goal.unit) && <span class="quiet"> {goal.unit}</span>}
      </>
    ),
  },
  { name: said.state, of: goal => <Badge tone={tone[goal.state]}>{said.states[goal.state] ?? goal.state}</Badge> },
  {
    name: said.gapCost,
    num: true,
    of: goal =>
      moneyWords(goal) ? (
        <Why id={goal.id} what={goal.name}>
          {moneyWords(goal)}
        </Why>
      ) : (
        <None />
      ),
  },
  { name: said.latest, num: true, of: goal => plain(goal.latest, goal) },
  { name: said.target, num: true, of: goal => plain(goal.target, goal) },
  { name: said.due, of: goal => (goal.due ? day(goal.due) : <None />) },
  { name: said.owner, of: goal => goal.owner ?? <None /> },
  { name: said.scope, of: goal => (goal.scope.length ? list(goal.scope) : said.company) },
  { name: said.weight, num: true, of: goal => number(goal.weight, 2) },
];

export function GoalsPage(): JSX.Element {
  const goals = useResource<{ goals: Goal[] }>('/goals');
  const steer = useMay('STEER'),
    imports = useMay('IMPORT');
  const [weighing, setWeighing] = useState<Goal | null>(null);
  const [adding, setAdding] = useState(false);
  const add = steer && (
    <button type="button" class="btn btn-outline-secondary" onClick={() => setAdding(true)}>
      {text.goalForm.open}
    </button>
  );
  const answer = answered(goals, data => (data.goals.length ? goalsAnswer(data.goals) : said.empty.title + '.'));
  return (
    <Page {...text.pages.goals} answer={answer} actions={(goals.data?.goals.length && add) || undefined}>
      <Load of={goals} rows={6}>
        {data => {
          if (data.goals.length === 0)
            return (
              <Empty
                lead={said.empty.lead + (imports || steer ? '' : ' ' + said.empty.actionElse)}
                action={imports ? { name: said.empty.action, href: href('imports') } : undefined}
              >
                {add}
              </Empty>
            );
          const sorted = [...data.goals].sort((a, b) => (b.money ?? 0) - (a.money ?? 0) || b.weight - a.weight);
          return (
            <>
              <p class="order">{said.order}</p>
              <ul class="cards grid">
                {sorted.map(goal => (
                  <GoalCard goal={goal} key={goal.id} weigh={steer ? () => setWeighing(goal) : null} />
                ))}
              </ul>
              <h2>{said.board}</h2>
              <Rows label={said.board} of={sorted} columns={board} />
            </>
          );
        }}
      </Load>
      {weighing && <WeightDialog goal={weighing} close={() => setWeighing(null)} />}
      {adding && <GoalDialog goals={goals.data?.goals ?? []} close={() => setAdding(false)} />}
    </Page>
  );
}

/* --- one goal ---------------------------------------------------------------------------------------------------------------- */

function teamColumns(goal: GoalDetail): Column<GoalDetail['teams'][number]>[] {
  return [
    { name: said.team, of: team => team.team },
    { name: said.department, of: team => team.department },
    { name: said.people, num: true, of: team => (team.hidden ? <Hidden /> : (team.size ?? <None />)) },
    { name: said.latest, num: true, of: team => (team.hidden ? <Hidden /> : figure(team.latest, goal)) },
    {
      name: said.trend,
      of: team =>
        !team.hidden && (
          <Spark series={team.series} target={goal.target} baseline={null} good={null} label={`${team.team}: ${said.trend}`} />
        ),
    },
  ];
}

function GoalFacts(props: { goal: GoalDetail }): JSX.Element {
  const one = props.goal;
  return (
    <Facts
      of={[
        [
          said.gapCost,
          moneyWords(one) ? (
            <>
              <Why id={one.id} what={said.gapCost}>
                {moneyWords(one)}
              </Why>{' '}
              {said.perYear}
            </>
          ) : (
            <None />
          ),
        ],
        [
          said.gap,
          one.gap === null ? (
            <None />
          ) : (
            <Why id={one.id} what={said.gap}>
              {gapWords(one)}
            </Why>
          ),
        ],
        [said.latest, figure(one.latest, one)],
        [said.baseline, figure(one.baseline, one)],
        [said.target, figure(one.target, one)],
        [said.due, one.due ? day(one.due) : <None />],
        [said.weight, number(one.weight, 2)],
        [said.owner, one.owner ?? <None />],
        [said.scope, one.scope.length ? list(one.scope) : said.company],
      ]}
    />
  );
}

function Course(props: { goal: GoalDetail }): JSX.Element {
  const one = props.goal;
  const marks = [
    ...(one.target === null ? [] : [{ name: said.targetLine, value: one.target }]),
    ...(one.baseline === null ? [] : [{ name: said.baselineLine, value: one.baseline }]),
  ];
  return (
    <Plot
      label={said.series(one.name)}
      tall
      picture={{
        kind: 'lines',
        unit: one.unit,
        days: days(one.series.map(point => point.day)),
        lines: [{ name: one.name, values: one.series.map(point => point.value), tone: 'main' }],
        marks,
      }}
      table={{
        head: [said.versionAt, one.name],
        rows: one.series.map(point => [day(point.day), point.value === null ? '–' : amount(point.value, one.unit)]),
      }}
    />
  );
}

/* What was done about it: each intervention with its verdict and its interval, against the smallest effect worth having. */
function Done(props: { goal: string }): JSX.Element {
  const board = useResource<Board>('/impact');
  return (
    <section>
      <h2>{said.done}</h2>
      <Load of={board} rows={2}>
        {data => {
          const rows = data.impact.filter(one => one.goal === props.goal);
          return rows.length === 0 ? <p class="quiet">{said.doneNone}</p> : <BoardRows board={data} of={rows} />;
        }}
      </Load>
    </section>
  );
}

export function GoalPage(props: { id: string }): JSX.Element {
  const goal = useResource<GoalDetail>('/goals/' + encodeURIComponent(props.id));
  const steer = useMay('STEER'),
    impact = useMay('READ_IMPACT');
  const [weighing, setWeighing] = useState(false);
  const data = goal.data;
  const answer = answered(goal, data =>
    data.state === 'on track'
      ? said.detailAnswer['on track'](
          data.latest === null ? text.shell.unknown : amount(data.latest, data.unit),
          data.target === null ? text.shell.unknown : amount(data.target, data.unit),
        )
      : data.state === 'off track'
        ? said.detailAnswer['off track'](gapWords(data), moneyWords(data))
        : said.detailAnswer.unknown(),
  );
  return (
    <Page
      {...text.pages.goals}
      title={data?.name ?? text.pages.goals.name}
      answer={answer}
      back={{ href: href('goals'), name: text.pages.goals.name }}
      actions={
        data && steer ? (
          <button type="button" class="btn btn-outline-secondary" onClick={() => setWeighing(true)}>
            {said.changeWeight}
          </button>
        ) : undefined
      }
    >
      <Load of={goal} rows={3}>
        {one => {
          return (
            <>
              <GoalFacts goal={one} />
              {one.series.length > 1 && <Course goal={one} />}
              <div class="pair">
                <section>
                  <h2>{said.holdsBack}</h2>
                  <Holds goal={one} />
                </section>
                {one.versions.length > 0 && (
                  <section>
                    <h2>{said.versions}</h2>
                    <ol class="timeline">
                      {one.versions.map((version, index) => (
                        <li key={index}>
                          <b>{version.weight === null ? <None /> : number(version.weight, 2)}</b>{' '}
                          <span class="quiet">
                            {version.by}, {moment(version.at)}
                          </span>
                          {version.reason && <p>{version.reason}</p>}
                        </li>
                      ))}
                    </ol>
                  </section>
                )}
              </div>
              {impact && <Done goal={one.id} />}
              {one.teams.length > 0 && (
                <section>
                  <h2>{said.teams}</h2>
                  <p class="quiet">{said.teamsLead}</p>
                  <Rows label={said.teams} class="middle" of={one.teams} columns={teamColumns(one)} />
                </section>
              )}
            </>
          );
        }}
      </Load>
      {weighing && data && <WeightDialog goal={data} close={() => setWeighing(false)} />}
    </Page>
  );
}
