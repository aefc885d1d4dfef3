/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outbox: what may or may not have been sent, and what could not be. Only a person can tell; what they say cannot be taken
 * back, so each word is asked about once more, with what it does. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { humanise, moment, number, sentence } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { answered, Dialog, Failure, Load, None, Page, Rows, say, useMay, type Column } from '../ui/parts.tsx';
import { DialogActions } from '../ui/reason.tsx';
import type { Action, Forward } from '../api.ts';

const said = text.outbox;
type Word = 'sent' | 'again' | 'drop';
const words: Record<string, Word[]> = { uncertain: ['sent', 'again', 'drop'], dead: ['again', 'drop'] };

function Settle(props: { action: Action; word: Word; close: () => void }): JSX.Element {
  const reason = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const why = reason.current!.value.trim();
    try {
      await post(`/outbox/${encodeURIComponent(props.action.id)}/settle`, { word: props.word, ...(why ? { reason: why } : {}) });
      props.close();
      invalidate();
      say(said.settled[props.word]);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={said.words[props.word]} close={props.close}>
      <p>{said.does[props.word]}</p>
      {problem && <Failure problem={problem} acted />}
      <form onSubmit={event => void submit(event)}>
        <label class="form-label" for="settle-reason">
          {said.reason}
        </label>
        <input class="form-control" id="settle-reason" ref={reason} maxLength={500} autofocus />
        <DialogActions submit={said.words[props.word]} close={props.close} />
      </form>
    </Dialog>
  );
}

function columns(ask: (action: Action, word: Word) => void): Column<Action>[] {
  return [
    { name: said.what, of: one => humanise(one.subject.replace(/:.*/, '')) },
    { name: said.id, of: one => <code>{one.id}</code> },
    { name: said.channel, of: one => said.channels[one.channel] ?? one.channel },
    { name: said.why, of: one => (one.why ? sentence(one.why) : <None />) },
    { name: said.tries, num: true, of: one => number(one.attempts) },
    { name: said.since, of: one => (one.due ? moment(one.due) : <None />) },
    {
      name: said.act,
      unseen: true,
      of: one => (
        <div class="actions">
          {(words[one.state] ?? []).map(word => (
            <button
              type="button"
              key={word}
              class="btn btn-sm btn-outline-secondary"
              aria-label={`${said.words[word]}: ${one.id}`}
              onClick={() => ask(one, word)}
            >
              {said.words[word]}
            </button>
          ))}
        </div>
      ),
    },
  ];
}

function List(props: { state: 'uncertain' | 'dead'; ask: (action: Action, word: Word) => void; of: Action[] }): JSX.Element {
  return (
    <section>
      <h2>
        {said.lists[props.state]} <span class="count">{props.of.length}</span>
      </h2>
      <p class="quiet">{props.of.length === 0 ? said.none[props.state] : said.leads[props.state]}</p>
      {props.of.length > 0 && <Rows label={said.lists[props.state]} of={props.of} columns={columns(props.ask)} />}
    </section>
  );
}

/* ---- forwards ---- */

const onward = said.forwards;

function AddForward(props: { close: () => void }): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form.current!)].filter(([, value]) => value !== ''));
    try {
      await post('/forwards', { ...given, ...(given.new_only ? { new_only: true } : {}) });
      props.close();
      invalidate();
      say(onward.added);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const field = (name: string, label: string, more: JSX.HTMLAttributes<HTMLInputElement> & { type?: string; required?: boolean } = {}, hint?: string): JSX.Element => (
    <>
      <label class="form-label" for={`forward-${name}`}>
        {label}
      </label>
      <input class="form-control" id={`forward-${name}`} name={name} autoComplete="off" aria-describedby={hint ? `forward-${name}-hint` : undefined} {...more} />
      {hint && (
        <p class="quiet" id={`forward-${name}-hint`}>
          {hint}
        </p>
      )}
    </>
  );
  return (
    <Dialog title={onward.add} close={props.close}>
      {problem && <Failure problem={problem} acted />}
      <form ref={form} onSubmit={event => void submit(event)}>
        {field('label', onward.label, { required: true, autofocus: true })}
        {field('url', onward.url, { type: 'url', required: true }, onward.urlHint)}
        {field('key', onward.key, { required: true })}
        {field('secret', onward.secret, { type: 'password', required: true }, onward.secretHint)}
        {field('verb', onward.verb)}
        {field('agent', onward.agent)}
        <label class="check">
          <input class="form-check-input" type="checkbox" name="new_only" value="true" />
          <span>{onward.newOnly}</span>
        </label>
        <DialogActions submit={onward.submit} close={props.close} />
      </form>
    </Dialog>
  );
}

function takes(one: Forward): string {
  const parts = (['verb', 'activity', 'agent', 'authority'] as const).flatMap(name => (one[name] ? [onward.only(onward.names[name]!, one[name])] : []));
  return parts.length ? parts.join(', ') : onward.all;
}

function Removing(props: { forward: Forward; close: () => void }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const remove = async (): Promise<void> => {
    try {
      await post(`/forwards/${encodeURIComponent(props.forward.id)}/remove`, {});
      props.close();
      invalidate();
      say(onward.removed);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={onward.removing(props.forward.label)} close={props.close}>
      <p>{onward.removes}</p>
      {problem && <Failure problem={problem} acted />}
      <DialogActions submit={onward.remove} act={() => void remove()} close={props.close} />
    </Dialog>
  );
}

function Forwards(): JSX.Element {
  const forwards = useResource<{ forwards: Forward[] }>('/forwards');
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Forward | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const turn = async (one: Forward, word: 'pause' | 'resume'): Promise<void> => {
    try {
      await post(`/forwards/${encodeURIComponent(one.id)}/${word}`, {});
      setProblem(null);
      invalidate();
      say(word === 'pause' ? onward.paused : onward.resumed);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const button = (one: Forward, label: string, act: () => void): JSX.Element => (
    <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={`${label}: ${one.label}`} onClick={act}>
      {label}
    </button>
  );
  const columns: Column<Forward>[] = [
    { name: onward.label, of: one => one.label },
    { name: onward.url, of: one => <code>{one.url}</code> },
    { name: onward.takes, of: takes },
    { name: onward.state, of: one => (one.why ? `${onward.states[one.state] ?? one.state}: ${onward.held(one.why, one.failing_since ? moment(one.failing_since) : '')}` : onward.states[one.state] ?? one.state) },
    { name: onward.sent, num: true, of: one => number(one.sent) },
    { name: onward.aside, num: true, of: one => number(one.aside) },
    {
      name: said.act,
      unseen: true,
      of: one => (
        <div class="actions">
          {one.state === 'off' ? button(one, onward.resume, () => void turn(one, 'resume')) : button(one, onward.pause, () => void turn(one, 'pause'))}
          {one.state === 'held up' && button(one, onward.retry, () => void turn(one, 'resume'))}
          {button(one, onward.remove, () => setRemoving(one))}
        </div>
      ),
    },
  ];
  return (
    <section>
      <h2>{onward.title}</h2>
      <Load of={forwards} rows={1}>
        {data => (
          <>
            <p class="quiet">{data.forwards.length === 0 ? onward.none : onward.lead}</p>
            {problem && <Failure problem={problem} acted />}
            {data.forwards.length > 0 && <Rows label={onward.title} of={data.forwards} columns={columns} />}
          </>
        )}
      </Load>
      <div class="actions">
        <button type="button" class="btn btn-outline-secondary" onClick={() => setAdding(true)}>
          {onward.add}
        </button>
      </div>
      {adding && <AddForward close={() => setAdding(false)} />}
      {removing && <Removing forward={removing} close={() => setRemoving(null)} />}
    </section>
  );
}

export function OutboxPage(): JSX.Element {
  const mayForward = useMay('MOVE_STATEMENTS');
  const uncertain = useResource<{ actions: Action[] }>('/outbox?state=uncertain');
  const dead = useResource<{ actions: Action[] }>('/outbox?state=dead');
  const [asking, setAsking] = useState<{ action: Action; word: Word } | null>(null);
  const ask = (action: Action, word: Word): void => setAsking({ action, word });
  return (
    <Page {...text.pages.outbox} answer={answered(uncertain, data => said.answer(data.actions.length, dead.data?.actions.length ?? 0))}>
      <Load of={uncertain} rows={2}>
        {data => <List state="uncertain" of={data.actions} ask={ask} />}
      </Load>
      <Load of={dead} rows={2}>
        {data => <List state="dead" of={data.actions} ask={ask} />}
      </Load>
      {mayForward && <Forwards />}
      {asking && <Settle {...asking} close={() => setAsking(null)} />}
    </Page>
  );
}
