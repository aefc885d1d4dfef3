/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programmes: what runs already. First what asks for a decision, each with what would happen, in money; then all of them
 * with cost, takers, the goal they serve or none, and what they do. Whatever is decided here can be undone here. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { list, money, number, sentence } from '../format.ts';
import { invalidate, post, useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Empty, Hidden, Load, None, Page, Rows, say, useMay, Why, type Column } from '../ui/parts.tsx';
import { ReasonDialog } from '../ui/reason.tsx';
import type { Goal, Programme, Programmes } from '../api.ts';

const said = text.programmes;
type Act = 'stop' | 'retarget' | 'resume';
const words: Record<Act, { path: string; button: string; title: (title: string) => string; what: (money: string | null) => string; done: (title: string) => string }> = {
  stop: { path: 'stop', button: said.stop, title: said.stopTitle, what: said.stopWhat, done: said.stopped },
  retarget: { path: 'goal', button: said.retarget, title: said.retargetTitle, what: said.retargetWhat, done: said.retargeted },
  resume: { path: 'resume', button: said.resume, title: said.resumeTitle, what: said.resumeWhat, done: said.resumed },
};
const cost = (of: Programme): string | null => (of.cost === null ? null : money(of.cost, of.currency));

/* --- deciding ---------------------------------------------------------------------------------------------------------------- */

function GoalChoice(props: { chosen: string; choose: (goal: string) => void; missing: boolean }): JSX.Element {
  const goals = useResource<{ goals: Goal[] }>('/goals');
  return (
    <>
      <label class="form-label" for="programme-goal">
        {said.goal}
      </label>
      <select
        class="form-select"
        id="programme-goal"
        value={props.chosen}
        aria-invalid={props.missing}
        aria-describedby="programme-goal-missing"
        onChange={event => props.choose(event.currentTarget.value)}
      >
        <option value="">{said.choose}</option>
        {(goals.data?.goals ?? []).map(goal => (
          <option value={goal.id} key={goal.id}>
            {goal.name}
          </option>
        ))}
      </select>
      <p class="form-error" id="programme-goal-missing" role="alert">
        {props.missing ? said.goalMissing : ''}
      </p>
    </>
  );
}

function ActDialog(props: { act: Act; of: Programme; close: () => void }): JSX.Element {
  const { act, of } = props;
  const retargets = act === 'retarget';
  const [goal, setGoal] = useState(of.goal ?? '');
  const [goalMissing, setGoalMissing] = useState(false);
  const ready = (): boolean => {
    const lacks = retargets && !goal;
    setGoalMissing(lacks);
    return !lacks;
  };
  const send = async (reason: string): Promise<void> => {
    await post<Programme>(`/programmes/${encodeURIComponent(of.id)}/${words[act].path}`, { reason, ...(retargets ? { goal } : {}) });
    props.close();
    invalidate();
    say(words[act].done(of.title));
  };
  return (
    <ReasonDialog
      id="programme-reason"
      title={words[act].title(of.title)}
      label={said.reason}
      missing={said.reasonMissing}
      help={said.reasonLead}
      submit={words[act].button}
      danger={act === 'stop'}
      focus={!retargets}
      before={
        <>
          <p>{words[act].what(cost(of))}</p>
          {retargets && <GoalChoice chosen={goal} choose={setGoal} missing={goalMissing} />}
        </>
      }
      ready={ready}
      send={send}
      close={props.close}
    />
  );
}

function Acts(props: { of: Programme; act: (act: Act, of: Programme) => void; small?: boolean }): JSX.Element | null {
  const { of } = props;
  const decides = useMay('DECIDE_PROGRAMMES');
  const shown: Act[] = of.stopped || of.retargeted ? ['resume'] : of.active ? ['stop', 'retarget'] : [];
  if (!decides || shown.length === 0) return null;
  const named: Record<Act, (title: string) => string> = { stop: said.stopOf, retarget: said.retargetOf, resume: said.resumeOf };
  return (
    <span class={'actions' + (props.small ? ' tight' : '')}>
      {shown.map(act => (
        <button
          type="button"
          key={act}
          class={'btn btn-outline-secondary' + (props.small ? ' btn-sm' : '')}
          aria-label={named[act](of.title)}
          onClick={() => props.act(act, of)}
        >
          {words[act].button}
        </button>
      ))}
    </span>
  );
}

/* --- the list ------------------------------------------------------------------------------------------------------------------ */

function Effect(props: { of: Programme; brief?: boolean }): JSX.Element {
  const { effect } = props.of;
  const figure = (value: number): string => (value > 0 ? '+' : '') + number(value, 2);
  return (
    <>
      {said.effects[effect.verdict]}
      {effect.change !== null && effect.low !== null && effect.high !== null && (
        <>
          {': '}
          {said.change(figure(effect.change), figure(effect.low), figure(effect.high))}
        </>
      )}
      {effect.why && !props.brief && <span class="quiet">. {sentence(effect.why)}</span>}
    </>
  );
}

function Serves(props: { of: Programme }): JSX.Element {
  const { of } = props;
  const goals = useMay('READ_GOALS');
  if (of.goals.length === 0 || (of.by_words && of.forecast)) return of.forecast ? <>{said.forecast}</> : <Badge tone="bad">{said.noGoal}</Badge>;
  return (
    <>
      {of.by_words && <span class="quiet">{said.perhaps} </span>}
      {of.goals.map((goal, index) => (
        <span key={goal.id}>
          {index > 0 && ', '}
          {goals ? <a href={href('goals', goal.id)}>{goal.name}</a> : goal.name}
        </span>
      ))}
    </>
  );
}

function ProgrammeCard(props: { of: Programme; act: (act: Act, of: Programme) => void; chosen: boolean }): JSX.Element {
  const { of } = props;
  const approvals = useMay('READ_APPROVALS');
  const decides = useMay('DECIDE_PROGRAMMES');
  const waits = of.proposal_state === 'proposed' || of.proposal_state === 'in approval';
  return (
    <li class={'card' + (props.chosen ? ' chosen' : '')} data-row tabIndex={-1}>
      <div class="card-body">
        <h3 class="card-title">{of.title}</h3>
        <p>
          <Why id={of.why} what={of.title} class="figure-small">
            {of.need ? (of.money === null ? said.advice[of.advice] : said.worth(money(of.money, of.currency))) : of.cost === null ? text.shell.hiddenCell : said.frees(cost(of)!)}
          </Why>{' '}
          <span class="quiet">{list(of.skills)}</span>
        </p>
        <p class="instead">{of.sentence}</p>
        <p>
          {said.effect}: <Effect of={of} />
        </p>
        <p class="card-foot">
          <span>
            {of.need && <a href={href('needs', of.need)}>{said.needLink}</a>}
            {!of.need && of.proposal && approvals && waits && <a href={href('approvals', of.proposal)}>{said.proposalLink}</a>}
            {!of.need && !waits && !decides && <span class="quiet">{said.leadDecides}</span>}
          </span>
          {of.advice !== 'reuse' && <Acts of={of} act={props.act} />}
        </p>
      </div>
    </li>
  );
}

function columns(act: (act: Act, of: Programme) => void): Column<Programme>[] {
  return [
    {
      name: said.programme,
      of: one => (
        <>
          {one.title}{' '}
          {one.stopped ? <Badge>{said.isStopped}</Badge> : one.retargeted ? <Badge>{said.isRetargeted}</Badge> : null}
          {one.decision_reason && <span class="quiet"> {said.because(one.decision_reason)}</span>}
        </>
      ),
    },
    { name: said.cost, num: true, of: one => (one.hidden ? <Hidden /> : (cost(one) ?? <None />)) },
    { name: said.takers, num: true, of: one => (one.hidden ? <Hidden /> : number(one.takers)) },
    {
      name: said.completed,
      num: true,
      of: one =>
        one.completed === null ? (
          <span class="withheld" title={said.withheldWhy}>
            {said.withheld}
          </span>
        ) : (
          number(one.completed)
        ),
    },
    { name: said.serves, of: one => <Serves of={one} /> },
    { name: said.effect, of: one => <Effect of={one} brief /> },
    { name: said.verdict, of: one => said.advice[one.advice] },
    { name: said.act, unseen: true, of: one => <Acts of={one} act={act} small /> },
  ];
}

export function ProgrammesPage(props: { id: string | null }): JSX.Element {
  const programmes = useResource<Programmes>('/programmes');
  const imports = useMay('IMPORT');
  const [acting, setActing] = useState<{ act: Act; of: Programme } | null>(null);
  const act = (name: Act, of: Programme): void => setActing({ act: name, of });
  const answer = (data: Programmes): string => {
    const first = data.programmes.find(one => one.advice === 'stop' || one.advice === 'retarget') ?? null;
    const total = (value: number): string | null => (value > 0 ? money(value, data.currency) : null);
    return said.answer(first?.title ?? null, first && cost(first), data.programmes.filter(one => one.active).length, total(data.cost), total(data.without_goal));
  };
  const group = (of: Programme[], title: string): JSX.Element | null =>
    of.length === 0 ? null : (
      <section>
        <h2>
          {title} <span class="count">{of.length}</span>
        </h2>
        <ol class="cards grid">
          {of.map(one => (
            <ProgrammeCard of={one} act={act} chosen={one.id === props.id} key={one.id} />
          ))}
        </ol>
      </section>
    );
  return (
    <Page {...text.pages.programmes} answer={answered(programmes, data => (data.programmes.length ? answer(data) : said.empty.title + '.'))}>
      <Load of={programmes} rows={4}>
        {data =>
          data.programmes.length === 0 ? (
            <Empty
              lead={said.empty.lead + (imports ? '' : ' ' + said.empty.actionElse)}
              action={imports ? { name: said.empty.action, href: href('imports') } : undefined}
            />
          ) : (
            <>
              <p class="order">{said.order}</p>
              {group(
                data.programmes.filter(one => ['stop', 'retarget', 'look again'].includes(one.advice)),
                said.attention,
              )}
              {group(
                data.programmes.filter(one => one.advice === 'reuse'),
                said.reuse,
              )}
              <section>
                <h2>{said.rest}</h2>
                <p class="quiet">{said.effectLead}</p>
                <Rows label={said.rest} of={data.programmes} columns={columns(act)} focus />
              </section>
            </>
          )
        }
      </Load>
      {acting && <ActDialog act={acting.act} of={acting.of} close={() => setActing(null)} key={acting.of.id + acting.act} />}
    </Page>
  );
}
