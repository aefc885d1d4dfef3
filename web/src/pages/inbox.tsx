/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The delivery card on My page: one useful thing for today, why it came, and three ways to answer, each of which is fine. Below
 * it what came earlier, and how deliveries may come at all. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, number } from '../format.ts';
import { post, useResource, type Problem } from '../client.ts';
import { Badge, Dialog, Failure, Load, say } from '../ui/parts.tsx';
import { AssetBlocks } from '../ui/asset.tsx';
import type { Inbox, InboxItem, Preferences } from '../api.ts';

const said = text.inbox;
const isOpen = (item: InboxItem): boolean => item.kind === 'note' || item.state === 'shown' || item.state === 'opened';

function Sources(props: { item: InboxItem }): JSX.Element | null {
  const sources = props.item.sources ?? [];
  return sources.length === 0 ? null : (
    <p class="quiet made-by">
      {said.madeOf(sources.map(source => source.title).join(', '))}
    </p>
  );
}

function Content(props: { item: InboxItem; close: () => void; answer: (word: string) => void }): JSX.Element {
  const { item } = props;
  return (
    <Dialog title={item.title} wide close={props.close}>
      <p class="quiet">{item.text}</p>
      <AssetBlocks of={item.blocks} />
      <Sources item={item} />
      {isOpen(item) && (
        <div class="actions">
          <button type="button" class="btn btn-primary" onClick={() => props.answer('done')}>
            {said.done}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Delivery(props: { item: InboxItem; first: boolean; changed: () => void }): JSX.Element {
  const { item } = props;
  const [reading, setReading] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const answer = async (word: string): Promise<void> => {
    setProblem(null);
    try {
      await post('/me/inbox/' + encodeURIComponent(item.id) + '/' + word, {});
      if (word !== 'open') say(said.answered[word]);
      props.changed();
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const open = (): void => {
    setReading(true);
    if (item.state === 'shown') void answer('open');
  };
  return (
    <article class={'card delivery' + (props.first ? ' delivery-first' : '')}>
      <div class="card-body">
        <h3>{item.title}</h3>
        <p>{item.text}</p>
        <p class="quiet">
          {[
            item.goal && said.serves(item.goal),
            item.minutes !== null && said.minutes(number(item.minutes, 0)),
            item.expires && said.until(day(item.expires)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {problem && <Failure problem={problem} acted />}
        <div class="actions">
          <button type="button" class={'btn ' + (props.first ? 'btn-primary' : 'btn-outline-secondary')} onClick={open} aria-label={`${said.read}: ${item.title}`}>
            {said.read}
          </button>
          <button type="button" class="btn btn-outline-secondary" onClick={() => void answer('done')} aria-label={`${said.done}: ${item.title}`}>
            {said.done}
          </button>
          <button type="button" class="btn btn-ghost-secondary" onClick={() => void answer('decline')} aria-label={`${said.decline}: ${item.title}`}>
            {said.decline}
          </button>
        </div>
      </div>
      {reading && (
        <Content
          item={item}
          close={() => setReading(false)}
          answer={word => {
            setReading(false);
            void answer(word);
          }}
        />
      )}
    </article>
  );
}

function Note(props: { item: InboxItem }): JSX.Element {
  return (
    <article class="card">
      <div class="card-body">
        <h3>{props.item.title}</h3>
        <p class="note-text">{props.item.text}</p>
      </div>
    </article>
  );
}

function Earlier(props: { items: InboxItem[] }): JSX.Element | null {
  const [reading, setReading] = useState<InboxItem | null>(null);
  if (props.items.length === 0) return null;
  return (
    <details>
      <summary>{said.earlier(props.items.length)}</summary>
      <ul class="plain">
        {props.items.map(item => (
          <li key={item.id}>
            <button type="button" class="btn btn-link" onClick={() => setReading(item)}>
              {item.title}
            </button>{' '}
            <Badge>{said.states[item.state ?? ''] ?? item.state}</Badge>
          </li>
        ))}
      </ul>
      {reading && <Content item={reading} close={() => setReading(null)} answer={() => setReading(null)} />}
    </details>
  );
}

function Wishes(): JSX.Element {
  const wishes = useResource<Preferences>('/me/preferences');
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setProblem(null);
    try {
      wishes.set(
        await post<Preferences>('/me/preferences', {
          quiet_from: String(form.get('quiet_from')),
          quiet_to: String(form.get('quiet_to')),
          weekly_minutes: Number(form.get('weekly_minutes')),
          channel: String(form.get('channel')) as Preferences['channel'],
        }),
      );
      say(said.wishesSaved);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <details>
      <summary>{said.wishes}</summary>
      <Load of={wishes} rows={1}>
        {wish => (
          <form onSubmit={event => void save(event)} class="wishes">
            <p class="quiet">{said.wishesLead}</p>
            {problem && <Failure problem={problem} acted />}
            <div class="wish-fields">
              <label>
                <span class="form-label">{said.quietFrom}</span>
                <input class="form-control" type="time" name="quiet_from" defaultValue={wish.quiet_from} required />
              </label>
              <label>
                <span class="form-label">{said.quietTo}</span>
                <input class="form-control" type="time" name="quiet_to" defaultValue={wish.quiet_to} required />
              </label>
              <label>
                <span class="form-label">{said.weekly}</span>
                <input class="form-control" type="number" name="weekly_minutes" min="0" max="600" defaultValue={String(wish.weekly_minutes)} required />
              </label>
            </div>
            <label>
              <span class="form-label">{said.also}</span>
              <select class="form-select" name="channel" defaultValue={wish.channel}>
                {(['inbox', 'file', 'message'] as const)
                  .filter(one => one !== 'message' || wish.messages || wish.channel === one)
                  .map(one => (
                    <option value={one} selected={wish.channel === one} key={one}>
                      {said.channels[one]}
                    </option>
                  ))}
              </select>
            </label>
            <div class="actions">
              <button type="submit" class="btn btn-outline-secondary">
                {said.save}
              </button>
              <a class="btn btn-ghost-secondary" href="/api/v1/me/calendar" download title={said.calendarLead}>
                {said.calendar}
              </a>
            </div>
          </form>
        )}
      </Load>
    </details>
  );
}

export function InboxSection(): JSX.Element {
  const inbox = useResource<Inbox>('/me/inbox');
  return (
    <section class="inbox">
      <h2>{said.title}</h2>
      <Load of={inbox} rows={1}>
        {data => {
          const open = data.items.filter(item => item.kind === 'delivery' && isOpen(item));
          const notes = data.items.filter(item => item.kind === 'note');
          const past = data.items.filter(item => item.kind === 'delivery' && !isOpen(item));
          return (
            <>
              <p class="quiet">{open.length === 0 ? said.none : said.lead(open.length)}</p>
              {open.map((item, index) => (
                <Delivery item={item} first={index === 0} key={item.id} changed={() => void inbox.reload()} />
              ))}
              {notes.map(item => (
                <Note item={item} key={item.id} />
              ))}
              <Earlier items={past} />
            </>
          );
        }}
      </Load>
      <Wishes />
    </section>
  );
}
