/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A trend of answers on the scale 1 to 5, with its breaks: a mark where the level changes, and the levels beside it. Periods
 * in which nothing may be shown leave a gap. */
import type { JSX } from 'preact';
import { month } from '../format.ts';
import type { HeardLine } from '../api.ts';

const WIDTH = 300,
  HEIGHT = 72,
  EDGE = 4,
  LEAST = 1,
  MOST = 5;

export function Trend(props: { line: HeardLine; days: string[]; label: string; axis?: boolean }): JSX.Element | null {
  const { values, changes } = props.line;
  const { days } = props;
  if (days.length < 2) return null;
  const x = (index: number): number => EDGE + (index / (days.length - 1)) * (WIDTH - 2 * EDGE);
  const y = (value: number): number => HEIGHT - EDGE - ((value - LEAST) / (MOST - LEAST)) * (HEIGHT - 2 * EDGE);
  const at = (index: number): number => Math.max(EDGE, x(index) - (WIDTH - 2 * EDGE) / (days.length - 1) / 2);
  const path = values
    .map((value, index) =>
      value === null ? '' : `${index > 0 && values[index - 1] !== null ? 'L' : 'M'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join('');
  const marks = changes.map((change, index) => {
    const place = days.indexOf(change.since);
    const next = index + 1 < changes.length ? days.indexOf(changes[index + 1].since) : days.length;
    const before = index > 0 ? days.indexOf(changes[index - 1].since) : 0;
    return { change, from: at(before), here: at(place), to: next < days.length ? at(next) : x(days.length - 1) };
  });
  return (
    <div class="trend">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={props.label} preserveAspectRatio="none">
        {[1, 3, 5].map(value => (
          <line key={value} class="trend-grid" x1={EDGE} x2={WIDTH - EDGE} y1={y(value)} y2={y(value)} vector-effect="non-scaling-stroke" />
        ))}
        {marks.map(({ change, from, here, to }) => (
          <g key={change.since} class={change.direction === 'dip' ? 'trend-dip' : 'trend-peak'}>
            <line class="trend-level" x1={from} x2={here} y1={y(change.before)} y2={y(change.before)} vector-effect="non-scaling-stroke" />
            <line class="trend-break" x1={here} x2={here} y1={EDGE} y2={HEIGHT - EDGE} vector-effect="non-scaling-stroke" />
            <line class="trend-level" x1={here} x2={to} y1={y(change.after)} y2={y(change.after)} vector-effect="non-scaling-stroke" />
          </g>
        ))}
        <path class="trend-line" d={path} vector-effect="non-scaling-stroke" />
      </svg>
      {props.axis && (
        <p class="trend-axis" aria-hidden="true">
          <span>{month(days[0])}</span>
          <span>{month(days[days.length - 1])}</span>
        </p>
      )}
    </div>
  );
}
