/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Listening: where experience dips or peaks, what was promised about it and how old the promises are; the groups with
 * their trends, each break marked. Never a person: what is shown is about five people or more. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, days, list, month, number, sentence } from '../format.ts';
import { post, useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Empty, Facts, Load, None, Page, Rows, say, useMay, Why, type Column } from '../ui/parts.tsx';
import { ReasonDialog } from '../ui/reason.tsx';
import { Trend } from '../ui/trend.tsx';
import type { GroupNeed, HeardGroup, HeardLine, Listening, ListeningGroup, Promised } from '../api.ts';

const said = text.listening;
const WHOLE = 'the company';
const called = (group: string): string => (group === WHOLE ? said.whole : group);
const topicWords = (need: GroupNeed): string => list(need.topics.map(topic => topic.name));
const score = (value: number): string => value.toLocaleString(text.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const CARD_TRENDS = 2; /* the two that moved most; all of them stand on the group's page */
const signed = (size: number): string => (size > 0 ? '+' : '−') + score(Math.abs(size));

function listeningAnswer(data: Listening): string {
  const dips = data.needs.filter(need => need.direction === 'dip'); /* of a group the largest counts */
  const late = data.promises.filter(promise => promise.state === 'overdue').length;
  const open = data.promises.filter(promise => promise.state !== 'kept').length;
  if (!data.heard) return said.answerNothing;
  dips.sort((a, b) => a.size - b.size);
  const first = new Map<string, GroupNeed>();
  for (const need of dips) if (!first.has(need.group)) first.set(need.group, need);
  return said.answer(
    [...first.values()].map(need => [called(need.group), topicWords(need)]),
    open,
    late,
    data.promises.length - open,
  );
}

/* --- promising ------------------------------------------------------------------------------------------------------------ */

const isoDay = (date: Date): string => date.toISOString().slice(0, 10);
const SOON_DAYS = 28;

function PromiseForm(props: { group: string; need: GroupNeed | null; close: () => void; done: () => void }): JSX.Element {
  const owner = useRef<HTMLInputElement>(null);
  const [due, setDue] = useState(isoDay(new Date(Date.now() + SOON_DAYS * 86400000)));
  const send = async (words: string): Promise<void> => {
    const by = owner.current!.value.trim();
    await post<Promised>('/listening/' + encodeURIComponent(props.group) + '/promises', {
      text: words,
      due,
      ...(by ? { owner: by } : {}),
      ...(props.need ? { need: props.need.id, topics: props.need.topics.map(topic => topic.topic) } : {}),
    });
    say(said.promised(called(props.group)));
    props.done();
    props.close();
  };
  return (
    <ReasonDialog
      id="promise-text"
      title={said.promiseTitle(called(props.group))}
      wide
      label={said.promiseText}
      missing={said.promiseMissing}
      submit={said.promiseSubmit}
      disabled={due === ''}
      before={<p class="quiet">{props.need ? said.promiseAsk(props.need.ask) : said.promiseLead}</p>}
      after={
        <>
          <label class="form-label" for="promise-due">
            {said.promiseDue}
          </label>
          <input
            class="form-control"
            id="promise-due"
            type="date"
            value={due}
            min={isoDay(new Date())}
            onInput={event => setDue(event.currentTarget.value)}
          />
          <label class="form-label" for="promise-owner">
            {said.promiseOwner}
          </label>
          <input class="form-control" id="promise-owner" ref={owner} maxLength={200} autocomplete="off" />
        </>
      }
      send={send}
      close={props.close}
    />
  );
}

function KeepForm(props: { promise: Promised; close: () => void; done: () => void }): JSX.Element {
  const send = async (done: string): Promise<void> => {
    await post<Promised>('/promises/' + encodeURIComponent(props.promise.id) + '/kept', { done });
    say(said.keptDone(called(props.promise.group)));
    props.done();
    props.close();
  };
  return (
    <ReasonDialog
      id="keep-done"
      title={said.keepTitle}
      wide
      label={said.keepText}
      missing={said.keepMissing}
      submit={said.keepSubmit}
      before={<p class="quiet">{props.promise.text}</p>}
      send={send}
      close={props.close}
    />
  );
}

/* --- dips and peaks ---------------------------------------------------------------------------------------------------------- */

function NeedCard(props: { need: GroupNeed; group: HeardGroup | undefined; days: string[]; reload: () => void; plain?: boolean }): JSX.Element {
  const { need } = props;
  const may = useMay('PROMISE');
  const approvals = useMay('READ_APPROVALS');
  const [promising, setPromising] = useState(false);
  const lines = need.topics
    .map(topic => props.group?.lines.find(line => line.topic === topic.topic))
    .filter((line): line is HeardLine => line !== undefined)
    .slice(0, CARD_TRENDS);
  const waits = need.proposal !== null && ['proposed', 'in approval'].includes(need.proposal_state ?? '');
  return (
    <li class="card" data-row tabIndex={-1}>
      <div class="card-body">
        <div class="card-top">
          <Badge tone={need.direction === 'dip' ? 'bad' : 'good'}>{said.directions[need.direction]}</Badge>
          <span class="quiet">{need.status === 'promised' ? said.answeredBy : need.direction === 'dip' ? said.unanswered : ''}</span>
        </div>
        <h3 class="card-title">{props.plain ? called(need.group) : <a href={href('listening', need.group)}>{called(need.group)}</a>}</h3>
        <p>
          {said.since(sentence(topicWords(need)), month(need.since), need.direction === 'dip')}{' '}
          <Why id={need.claim} what={need.title} class="figure-small">
            {signed(need.size)}
          </Why>{' '}
          <span class="quiet">
            {said.points} ({text.shell.interval(signed(need.low), signed(need.high))})
          </span>
        </p>
        {!props.plain && lines.length > 0 && (
          <ul class="trends">
            {lines.map(line => (
              <li key={line.topic}>
                <span class="quiet">{sentence(line.name)}</span>
                <Trend line={line} days={props.days} label={trendLabel(need.group, line)} />
              </li>
            ))}
          </ul>
        )}
        <p class="quiet">
          <b>{said.ask}</b> {need.ask}
        </p>
        <div class="actions">
          {may && need.status !== 'promised' && (
            <button type="button" class="btn btn-primary" onClick={() => setPromising(true)}>
              {said.promise}
            </button>
          )}
          {approvals && waits && (
            <a class="btn btn-outline-secondary" href={href('approvals', need.proposal)}>
              {said.decide}
            </a>
          )}
        </div>
        {promising && <PromiseForm group={need.group} need={need} close={() => setPromising(false)} done={props.reload} />}
      </div>
    </li>
  );
}

function trendLabel(group: string, line: HeardLine): string {
  const values = line.values.filter((value): value is number => value !== null);
  const breaks = line.changes.map(change => said.breakLabel(change.direction === 'dip', number(Math.abs(change.size)), month(change.since)));
  return said.trendLabel(
    called(group),
    line.name,
    values.length ? number(values[0]) : text.shell.unknown,
    values.length ? number(values[values.length - 1]) : text.shell.unknown,
    breaks.length ? list(breaks) : said.noBreak,
  );
}

/* --- you said, we did -------------------------------------------------------------------------------------------------------- */

const promiseTone = { open: 'wait', overdue: 'bad', kept: 'good' } as const;

function Promises(props: { of: Promised[]; groups: boolean; reload: () => void }): JSX.Element {
  const may = useMay('PROMISE');
  const [keeping, setKeeping] = useState<Promised | null>(null);
  if (props.of.length === 0) return <p class="quiet">{said.noPromise}</p>;
  const columns: Column<Promised>[] = [
    {
      name: said.columns.promise,
      of: row => (
        <>
          <span class="promise-text">{row.text}</span>
          {row.done && (
            <span class="promise-done">
              <b>{said.weDid}</b> {row.done}
            </span>
          )}
        </>
      ),
    },
    ...(props.groups ? [{ name: said.columns.group, of: (row: Promised) => called(row.group) }] : []),
    { name: said.columns.state, of: row => <Badge tone={promiseTone[row.state]}>{said.states[row.state]}</Badge> },
    {
      name: said.columns.age,
      num: true,
      of: row => (
        <>
          {said.ageDays(row.age_days)}
          {row.days_late > 0 && <span class="quiet late">{said.late(row.days_late)}</span>}
        </>
      ),
    },
    { name: said.columns.due, of: row => <span class="nowrap">{day(row.due)}</span> },
    { name: said.columns.owner, of: row => row.owner ?? row.by },
    ...(may
      ? [
          {
            name: said.columns.act,
            unseen: true,
            of: (row: Promised) =>
              row.state !== 'kept' && (
                <button type="button" class="btn btn-outline-secondary nowrap" aria-label={said.keepOf(row.text)} onClick={() => setKeeping(row)}>
                  {said.keep}
                </button>
              ),
          },
        ]
      : []),
  ];
  return (
    <>
      <Rows label={said.promises} of={props.of} columns={columns} class="promises" />
      {keeping && <KeepForm promise={keeping} close={() => setKeeping(null)} done={props.reload} />}
    </>
  );
}

/* --- groups ------------------------------------------------------------------------------------------------------------------- */

function Latest(props: { line: HeardLine | undefined }): JSX.Element {
  if (!props.line || props.line.latest === null) return <None />;
  const last = props.line.changes[props.line.changes.length - 1];
  const moved = last?.lasts ? last : null;
  return (
    <>
      {moved && (
        <span class={moved.direction === 'dip' ? 'fall' : 'rise'}>
          <span aria-hidden="true">{moved.direction === 'dip' ? '▼' : '▲'}</span>
          <span class="visually-hidden">{said.breakLabel(moved.direction === 'dip', number(Math.abs(moved.size)), month(moved.since))} </span>
        </span>
      )}{' '}
      {score(props.line.latest)}
    </>
  );
}

/* One column per topic; questions without a topic have their place on the group's page. */
function Groups(props: { data: Listening }): JSX.Element {
  const { data } = props;
  const heard = data.groups.filter(group => group.lines.length > 0);
  const large = heard.filter(group => group.kind !== 'team');
  const silent = data.groups.filter(group => group.lines.length === 0);
  const topics = [...new Map(heard.flatMap(group => group.lines).map(line => [line.topic, line.name])).entries()].filter(
    ([topic, name]) => topic in said.topics || name.length < 24,
  );
  const columns: Column<HeardGroup>[] = [
    {
      name: said.columns.group,
      of: row => (
        <a class="alone" href={href('listening', row.group)}>
          {called(row.group)}
        </a>
      ),
    },
    { name: said.columns.kind, of: row => said.kinds[row.kind] },
    ...topics.map(([topic, name]) => ({
      name: said.topics[topic] ?? sentence(name),
      num: true,
      of: (row: HeardGroup) => <Latest line={row.lines.find(line => line.topic === topic)} />,
    })),
  ];
  return (
    <section>
      <h2>{said.groups}</h2>
      <p class="quiet">{said.groupsLead(data.period)}</p>
      {large.length > 0 && <Rows label={said.groups} of={large} columns={columns} class="heard" />}
      {large.length < heard.length && (
        <details open={large.length === 0}>
          <summary>{said.teams(heard.length - large.length)}</summary>
          <Rows label={said.teams(heard.length - large.length)} of={heard.filter(group => group.kind === 'team')} columns={columns} class="heard" />
        </details>
      )}
      {silent.length > 0 && (
        <details>
          <summary>{said.silent(silent.length)}</summary>
          <p class="quiet">{said.silentLead}</p>
          <ul class="comments">
            {silent.map(group => (
              <li key={group.kind + group.group}>
                <a href={href('listening', group.group)}>{called(group.group)}</a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/* --- the pages ---------------------------------------------------------------------------------------------------------------- */

export function ListeningPage(): JSX.Element {
  const listening = useResource<Listening>('/listening');
  const reload = (): void => void listening.reload();
  const mayImport = useMay('IMPORT');
  return (
    <Page name={text.pages.listening.name} question={text.pages.listening.question} answer={answered(listening, listeningAnswer)}>
      <Load of={listening}>
        {data =>
          !data.heard ? (
            <Empty lead={said.empty.lead} action={mayImport ? { name: said.empty.action, href: href('imports') } : undefined} />
          ) : (
            <>
              {data.needs.length > 0 && (
                <section>
                  <h2>{said.needs}</h2>
                  <ul class="cards grid">
                    {data.needs.map(need => (
                      <NeedCard key={need.id} need={need} group={data.groups.find(group => group.group === need.group)} days={data.days} reload={reload} />
                    ))}
                  </ul>
                </section>
              )}
              <section>
                <h2>{said.promises}</h2>
                <Promises of={data.promises} groups reload={reload} />
              </section>
              <Groups data={data} />
            </>
          )
        }
      </Load>
    </Page>
  );
}

function groupAnswer(data: ListeningGroup): string {
  if (data.withheld) return said.groupWithheld(data.withheld);
  const moved = data.lines.filter(line => line.changes.some(change => change.lasts));
  return said.groupAnswer(
    moved.filter(line => line.changes[line.changes.length - 1].direction === 'dip').map(line => line.name),
    moved.filter(line => line.changes[line.changes.length - 1].direction === 'peak').map(line => line.name),
  );
}

function Figures(props: { data: ListeningGroup }): JSX.Element {
  const { data } = props;
  const names = days(data.days);
  const rows = data.days.map((_, index) => index).filter(index => data.lines.some(line => line.values[index] !== null));
  return (
    <details>
      <summary>{text.shell.table}</summary>
      <Rows<number>
        label={said.trends}
        class="table-sm"
        of={rows}
        columns={[
          { name: sentence(data.period), of: index => names[index] },
          ...data.lines.map(line => ({
            name: sentence(line.name),
            num: true,
            of: (index: number) => (line.values[index] === null ? <None /> : number(line.values[index]!, 2)),
          })),
        ]}
      />
    </details>
  );
}

function Comments(props: { data: ListeningGroup }): JSX.Element {
  return (
    <section>
      <h2>{said.comments}</h2>
      {props.data.comments_withheld ? (
        <p class="quiet">{said.commentsWithheld(props.data.comments_withheld)}</p>
      ) : (
        <>
          <p class="quiet">{said.commentsLead}</p>
          <ul class="comments">
            {props.data.comments.map(comment => (
              <li key={comment}>{comment}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

export function ListeningGroupPage(props: { id: string }): JSX.Element {
  const group = useResource<ListeningGroup>('/listening/' + encodeURIComponent(props.id));
  const reload = (): void => void group.reload();
  const may = useMay('PROMISE');
  const [promising, setPromising] = useState(false);
  return (
    <Page
      name={text.pages.listening.name}
      question=""
      title={called(props.id)}
      back={{ href: href('listening'), name: text.pages.listening.name }}
      answer={answered(group, groupAnswer)}
      actions={
        may && group.data ? (
          <button type="button" class="btn btn-outline-secondary" onClick={() => setPromising(true)}>
            {said.promise}
          </button>
        ) : undefined
      }
    >
      <Load of={group}>
        {data => (
          <>
            <Facts
              of={[
                [said.columns.kind, said.kinds[data.kind]],
                ...(data.department ? [[text.skills.department, data.department] as [string, string]] : []),
                [said.people, data.people === null ? <None /> : String(data.people)],
              ]}
            />
            {data.needs.length > 0 && (
              <section>
                <h2>{said.needs}</h2>
                <ul class="cards grid">
                  {data.needs.map(need => (
                    <NeedCard key={need.id} need={need} group={data} days={data.days} reload={reload} plain />
                  ))}
                </ul>
              </section>
            )}
            {data.lines.length > 0 && (
              <section>
                <h2>{said.trends}</h2>
                <p class="quiet">{said.trendsLead(data.period)}</p>
                <ul class="trends">
                  {data.lines.map(line => (
                    <li key={line.topic}>
                      <h3>
                        {sentence(line.name)} {line.latest !== null && <span class="quiet">{score(line.latest)}</span>}
                      </h3>
                      <Trend line={line} days={data.days} label={trendLabel(data.group, line)} axis />
                      {line.changes.map(change => (
                        <p class="quiet" key={change.since}>
                          {sentence(said.breakLabel(change.direction === 'dip', number(Math.abs(change.size)), month(change.since)))}
                          {change.lasts ? '' : said.over}
                        </p>
                      ))}
                    </li>
                  ))}
                </ul>
                <Figures data={data} />
              </section>
            )}
            <section>
              <h2>{said.promises}</h2>
              <Promises of={data.promises} groups={false} reload={reload} />
            </section>
            <Comments data={data} />
          </>
        )}
      </Load>
      {promising && <PromiseForm group={props.id} need={null} close={() => setPromising(false)} done={reload} />}
    </Page>
  );
}
