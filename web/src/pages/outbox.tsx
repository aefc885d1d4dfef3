/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outbox: what may or may not have been sent, and what could not be. Only a person can tell; what they say cannot be taken
 * back, so each word is asked about once more, with what it does. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { humanise, moment, number, sentence } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { answered, Dialog, Failure, Load, None, Page, Rows, say, type Column } from '../ui/parts.tsx';
import type { Action } from '../api.ts';

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
        <div class="actions">
          <button type="submit" class="btn btn-primary">
            {said.words[props.word]}
          </button>
          <button type="button" class="btn btn-outline-secondary" onClick={props.close}>
            {text.shell.cancel}
          </button>
        </div>
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

export function OutboxPage(): JSX.Element {
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
      {asking && <Settle {...asking} close={() => setAsking(null)} />}
    </Page>
  );
}
