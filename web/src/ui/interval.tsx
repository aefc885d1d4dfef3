/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two small pictures of the board. An effect with its interval on an axis that all interventions share: in multiples of the
 * smallest effect worth having, better to the right, so that days and percentages can stand under each other; an interval that
 * goes beyond the axis ends in an arrow; what is seen before the last reading is broken. And the way from the first signal to the effect, in days. */
import type { JSX } from 'preact';
import { text } from '../text.en.ts';
import { number } from '../format.ts';
import type { Impact, LeadDays } from '../api.ts';

const LEAST = -2,
  MOST = 3,
  WIDTH = 200,
  HEIGHT = 28,
  MIDDLE = HEIGHT / 2;
const x = (times: number): number => ((Math.min(MOST, Math.max(LEAST, times)) - LEAST) / (MOST - LEAST)) * (WIDTH - 12) + 6;

export const verdictClass: Record<Impact['verdict'], string> = { moved: 'moved', 'did not move': 'unmoved', 'cannot tell': 'untold' };

export function Interval(props: { of: Impact; label: string }): JSX.Element {
  const one = props.of,
    sign = one.direction === 'up' ? 1 : -1;
  const times = (value: number): number => (sign * value) / one.minimum_effect!;
  const drawn = one.measured && one.interval !== null && one.estimate !== null && one.minimum_effect;
  const ends = drawn ? one.interval!.map(times).sort((a, b) => a - b) : [0, 0],
    best = drawn ? times(one.estimate!) : 0;
  const arrow = (at: number, way: 1 | -1): JSX.Element => (
    <path class="interval-mark" d={`M${x(at) + way * 5} ${MIDDLE}l${-way * 6} -4v8z`} />
  );
  return (
    <svg class={'interval ' + verdictClass[one.verdict] + (one.basis === 'any time' ? ' early' : one.basis === 'descriptive' ? ' early descriptive' : '')} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.label}>
      <rect class="interval-worth" x={x(1)} y="0" width={WIDTH - x(1)} height={HEIGHT} />
      <path class="interval-nought" d={`M${x(0)} 0v${HEIGHT}`} />
      <path class="interval-edge" d={`M${x(1)} 0v${HEIGHT}`} />
      {drawn && (
        <>
          <path class="interval-line" d={`M${x(ends[0])} ${MIDDLE}H${x(ends[1])}`} />
          {ends[0] < LEAST && arrow(ends[0], -1)}
          {ends[1] > MOST && arrow(ends[1], 1)}
          {best >= LEAST && best <= MOST && <circle class="interval-best" cx={x(best)} cy={MIDDLE} r="4.5" />}
        </>
      )}
    </svg>
  );
}

/* What the two lines and the shade mean; said once above the list. */
export function IntervalKey(props: { early?: boolean }): JSX.Element {
  const said = text.impact.key;
  return (
    <p class="quiet interval-key">
      <span>
        <i class="key-nought" aria-hidden="true" /> {said.nought}
      </span>
      <span>
        <i class="key-edge" aria-hidden="true" /> {said.worth}
      </span>
      {props.early && (
        <span>
          <svg class="key-early" width="28" height="6" aria-hidden="true">
            <path d="M1 3H27" />
          </svg>{' '}
          {said.early}
        </span>
      )}
      <span>{said.better}</span>
    </p>
  );
}

const steps: (keyof LeadDays)[] = ['signal', 'need', 'accepted', 'live', 'first_use', 'effect'];

export function Lead(props: { of: LeadDays; label: string }): JSX.Element | null {
  const known = steps.filter(step => props.of[step] !== null);
  if (known.length < 2) return null;
  return (
    <ol class="way" aria-label={props.label}>
      {known.map((step, index) => {
        const days = props.of[step]!,
          since = index === 0 ? 0 : Math.max(0, days - props.of[known[index - 1]]!);
        return (
          <li key={step} style={{ flexGrow: Math.max(since, 1) }}>
            <b>{step === 'signal' && days === 0 ? text.impact.start : number(days, 0)}</b>
            <span>{text.impact.steps[step]}</span>
          </li>
        );
      })}
    </ol>
  );
}
