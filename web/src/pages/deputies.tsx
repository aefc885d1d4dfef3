/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Below the approvals: who decides in whose place, and naming somebody for a while. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { Failure, Load, say, useMay } from '../ui/parts.tsx';
import type { Deputy } from '../api.ts';

const said = text.deputies;

function Name(props: { done: () => void }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const element = event.currentTarget as HTMLFormElement,
      form = new FormData(element);
    setProblem(null);
    try {
      await post('/deputies', { deputy: String(form.get('deputy')).trim(), until: String(form.get('until')) });
      element.reset();
      say(said.named);
      props.done();
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <form onSubmit={event => void submit(event)} class="wishes">
      {problem && <Failure problem={problem} acted />}
      <div class="wish-fields">
        <label>
          <span class="form-label">{said.login}</span>
          <input class="form-control" name="deputy" required maxLength={100} autocomplete="off" />
        </label>
        <label>
          <span class="form-label">{said.until}</span>
          <input class="form-control" type="date" name="until" required />
        </label>
      </div>
      <div class="actions">
        <button type="submit" class="btn btn-outline-secondary">
          {said.name}
        </button>
      </div>
    </form>
  );
}

export function Deputies(): JSX.Element {
  const list = useResource<{ deputies: Deputy[] }>('/deputies');
  const decides = useMay('DECIDE');
  const [problem, setProblem] = useState<Problem | null>(null);
  const changed = (): void => {
    void list.reload();
    invalidate();
  };
  const end = async (one: Deputy): Promise<void> => {
    setProblem(null);
    try {
      await post(`/deputies/${encodeURIComponent(one.id)}/end`, {});
      say(said.ended);
      changed();
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <details class="deputies">
      <summary>{said.title}</summary>
      <p class="quiet">{said.lead}</p>
      {problem && <Failure problem={problem} acted />}
      <Load of={list} rows={1}>
        {data => (
          <ul class="plain">
            {data.deputies
              .filter(one => !one.over)
              .map(one => (
                <li key={one.id}>
                  {said.row(one.deputy, one.principal, day(one.from), day(one.until))}{' '}
                  {one.mine && (
                    <button
                      type="button"
                      class="btn btn-sm btn-outline-secondary"
                      aria-label={`${said.end}: ${one.deputy}`}
                      onClick={() => void end(one)}
                    >
                      {said.end}
                    </button>
                  )}
                </li>
              ))}
          </ul>
        )}
      </Load>
      {decides && <Name done={changed} />}
    </details>
  );
}
