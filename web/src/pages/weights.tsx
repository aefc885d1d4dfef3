/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Meno has learnt from effects: for each means, where the need had one cause, how often a goal moved and the chance that it does
 * the next time. Who steers may set one back; that cannot be taken back, and the dialog says so. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, sentence, share } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { href } from '../router.ts';
import { answered, Dialog, Empty, Failure, Load, Page, Rows, say, useMay, type Column } from '../ui/parts.tsx';
import { DialogActions } from '../ui/reason.tsx';
import type { Weight, Weights } from '../api.ts';

const said = text.weights;

/* The chance on an axis from 0 to 1, with the middle marked: what lies below it as a whole is left out the next time. */
function Chance(props: { of: Weight }): JSX.Element {
  const { low, high, mean } = props.of;
  const x = (value: number): number => 4 + value * 112;
  return (
    <span class="chance">
      <svg class="interval" viewBox="0 0 120 16" role="img" aria-label={said.chanceLabel(share(mean), share(low), share(high))}>
        <path class="interval-nought" d={`M${x(0.5)} 0v16`} />
        <path class="interval-line" d={`M${x(low)} 8H${x(high)}`} />
        <circle class="interval-best" cx={x(mean)} cy="8" r="3.5" />
      </svg>
      <span>
        {share(mean)} <span class="quiet">{text.shell.interval(share(low), share(high))}</span>
      </span>
    </span>
  );
}

function Reset(props: { of: Weight; close: () => void; done: () => void }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason')).trim();
    setProblem(null);
    try {
      await post('/weights/reset', { subject: props.of.subject, ...(reason ? { reason } : {}) });
      say(said.resetDone(props.of.name));
      props.done();
      props.close();
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={said.resetTitle(props.of.name)} close={props.close}>
      <form onSubmit={event => void submit(event)}>
        {problem && <Failure problem={problem} acted />}
        <p>{said.resetLead(props.of.moved + props.of.did_not_move)}</p>
        <label class="form-label" for="reset-reason">
          {said.reason}
        </label>
        <textarea class="form-control" id="reset-reason" name="reason" rows={2} maxLength={1000} />
        <DialogActions submit={said.reset} close={props.close} danger />
      </form>
    </Dialog>
  );
}

function columns(steers: boolean, reset: (one: Weight) => void): Column<Weight>[] {
  const all: Column<Weight>[] = [
    {
      name: said.what,
      of: one => (
        <>
          {sentence(one.name)}
          <br />
          <span class="quiet">{said.kinds[one.kind] ?? one.kind}</span>
        </>
      ),
    },
    { name: said.where, of: one => text.causes[one.cause] ?? one.cause },
    { name: said.record, of: one => said.recordOf(one.moved, one.did_not_move) },
    { name: said.chance, of: one => <Chance of={one} /> },
  ];
  if (steers)
    all.push({
      name: said.reset,
      unseen: true,
      of: one => (
        <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={said.resetOf(one.name)} onClick={() => reset(one)}>
          {said.reset}
        </button>
      ),
    });
  return all;
}

const tried = (one: Weight): number => one.moved + one.did_not_move;
const told = (data: Weights): Weight[] => data.weights.filter(one => tried(one) > 0).sort((a, b) => tried(b) - tried(a));
const answer = (data: Weights): string => said.answer(told(data).length, data.weights.filter(one => one.high < 0.5).length);

export function WeightsPage(): JSX.Element {
  const weights = useResource<Weights>('/weights');
  const steers = useMay('STEER');
  const [resetting, setResetting] = useState<Weight | null>(null);
  return (
    <Page {...text.pages.impact} title={said.title} answer={answered(weights, answer)} back={{ href: href('impact'), name: text.impact.all }}>
      <Load of={weights} rows={3}>
        {data => (
          <>
            {told(data).length === 0 ? (
              <Empty lead={said.empty} />
            ) : (
              <>
                <p class="order">{said.lead}</p>
                <Rows<Weight> label={said.title} class="middle" of={told(data)} columns={columns(steers, setResetting)} />
              </>
            )}
            {data.weights.length > told(data).length && <p class="quiet">{said.untold(data.weights.length - told(data).length)}</p>}
            {data.resets.length > 0 && (
              <section>
                <h2>{said.resets}</h2>
                <ul>
                  {data.resets.map(one => (
                    <li key={one.subject}>{said.resetOn(one.subject, day(one.day))}</li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </Load>
      {resetting && (
        <Reset
          of={resetting}
          close={() => setResetting(null)}
          done={() => {
            void weights.reload();
            invalidate();
          }}
        />
      )}
    </Page>
  );
}
