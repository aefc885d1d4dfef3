/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Unknown actors: whose the statements are that programs sent of accounts that nobody knows. Each waits for one word: it is this person, or
 * nobody of ours; and each word can be taken back. Below stands what statements count for at all, in the rules' own sentences. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { moment, number } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { answered, Dialog, Failure, Load, None, Page, Rows, say, type Column } from '../ui/parts.tsx';
import { DialogActions } from '../ui/reason.tsx';
import type { Actors, DecidedActor, EvidenceRules, UnknownActor } from '../api.ts';

const said = text.actors;

function Ask(props: { actor: UnknownActor; close: () => void }): JSX.Element {
  const { actor } = props;
  const person = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const decide = async (path: string, body: object, done: string): Promise<void> => {
    setProblem(null);
    try {
      await post(`/actors/${encodeURIComponent(actor.actor)}/${path}`, body);
      props.close();
      invalidate();
      say(done);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void decide('match', { person: person.current!.value.trim() }, said.matched);
  };
  return (
    <Dialog title={said.who} close={props.close}>
      <p>
        <strong>{actor.called ?? said.unreadable}</strong>
        {actor.name && <span class="quiet"> ({actor.name})</span>}
      </p>
      <p class="quiet">{said.does(actor.statements)}</p>
      {problem && <Failure problem={problem} acted />}
      <form onSubmit={submit}>
        <label class="form-label" for="actor-person">
          {said.person}
        </label>
        <input class="form-control" id="actor-person" ref={person} required maxLength={200} autocomplete="off" autofocus aria-describedby={actor.perhaps ? 'actor-perhaps' : undefined} />
        {actor.perhaps && (
          <p class="quiet" id="actor-perhaps">
            {said.alike(actor.perhaps.name, actor.perhaps.employee_number)}
          </p>
        )}
        <DialogActions submit={said.match} close={props.close}>
          <button type="button" class="btn btn-outline-secondary" onClick={() => void decide('nobody', {}, said.set)}>
            {said.nobody}
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function unknownColumns(ask: (actor: UnknownActor) => void): Column<UnknownActor>[] {
  return [
    {
      name: said.called,
      of: one => (
        <>
          {one.called ?? said.unreadable}
          {one.name && <span class="quiet"> ({one.name})</span>}
          {one.shared && <span class="quiet"> {said.shared}</span>}
        </>
      ),
    },
    { name: said.system, of: one => one.system ?? <None /> },
    { name: said.statements, num: true, of: one => number(one.statements) },
    { name: said.last, of: one => moment(one.last) },
    { name: said.perhaps, of: one => one.perhaps?.name ?? <None /> },
    {
      name: said.act,
      unseen: true,
      of: one => (
        <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={`${said.who}: ${one.called ?? one.actor}`} onClick={() => ask(one)}>
          {said.who}
        </button>
      ),
    },
  ];
}

function decidedColumns(undo: (one: DecidedActor) => void): Column<DecidedActor>[] {
  return [
    { name: said.called, of: one => one.called ?? said.unreadable },
    { name: said.is, of: one => one.person?.name ?? said.nobody },
    { name: said.statements, num: true, of: one => number(one.statements) },
    { name: said.by, of: one => one.by },
    { name: said.at, of: one => moment(one.at) },
    {
      name: said.act,
      unseen: true,
      of: one => (
        <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={`${said.undo}: ${one.called ?? one.actor}`} onClick={() => undo(one)}>
          {said.undo}
        </button>
      ),
    },
  ];
}

function Decided(props: { of: DecidedActor[] }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const undo = async (one: DecidedActor): Promise<void> => {
    setProblem(null);
    try {
      await post(`/actors/decisions/${encodeURIComponent(one.id)}/undo`);
      invalidate();
      say(said.undone);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <section>
      <h2>
        {said.decided} <span class="count">{props.of.length}</span>
      </h2>
      {problem && <Failure problem={problem} acted />}
      {props.of.length === 0 ? <p class="quiet">{said.decidedNone}</p> : <Rows label={said.decided} of={props.of} columns={decidedColumns(one => void undo(one))} />}
    </section>
  );
}

function Rules(): JSX.Element {
  const rules = useResource<EvidenceRules>('/evidence/rules');
  return (
    <section>
      <h2>{said.rules}</h2>
      <Load of={rules} rows={2}>
        {data => (
          <>
            <p class="quiet">{data.carried ? said.carried : said.own(data.history[0]!.by, moment(data.history[0]!.at), data.history[0]!.reason)}</p>
            <details>
              <summary>{said.sentences(data.sentences.length)}</summary>
              <ol>
                {data.sentences.map(sentence => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ol>
            </details>
          </>
        )}
      </Load>
    </section>
  );
}

export function ActorsPage(): JSX.Element {
  const actors = useResource<Actors>('/actors');
  const [asking, setAsking] = useState<UnknownActor | null>(null);
  return (
    <Page {...text.pages.actors} answer={answered(actors, data => said.answer(data.waiting, data.statements))}>
      <Load of={actors} rows={3}>
        {data => (
          <>
            <section>
              <h2>
                {said.unknown} <span class="count">{data.waiting}</span>
              </h2>
              <p class="quiet">{data.waiting === 0 ? said.unknownNone : said.lead}</p>
              {data.unknown.length > 0 && <Rows label={said.unknown} of={data.unknown} columns={unknownColumns(setAsking)} />}
              {data.waiting > data.unknown.length && <p class="quiet">{said.more(data.waiting - data.unknown.length)}</p>}
            </section>
            <Decided of={data.decided} />
          </>
        )}
      </Load>
      <Rules />
      {asking && <Ask actor={asking} close={() => setAsking(null)} />}
    </Page>
  );
}
