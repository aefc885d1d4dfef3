/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures. Small ones (sparkline, the bar of causes, a level with its interval) are drawn here as SVG or boxes: they
 * are sharp at any size, print well and cost nothing. Large ones come from ECharts, fetched when the first one is seen. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { share } from '../format.ts';
import type { Hypothesis, Point } from '../api.ts';
import type { Picture } from './plots.ts';
import { Rows } from './parts.tsx';

/* A long series as means of neighbours: a sparkline shows where it goes, not each week. */
function thinned<T extends { value: number }>(points: T[], most: number): { value: number }[] {
  if (points.length <= most) return points;
  const size = Math.ceil(points.length / most),
    from = points.length % size;
  const groups = [
    points.slice(0, from),
    ...Array.from({ length: Math.floor(points.length / size) }, (_, index) => points.slice(from + index * size, from + (index + 1) * size)),
  ];
  return groups
    .filter(group => group.length > 0)
    .map(group => ({ value: group.reduce((sum, point) => sum + point.value, 0) / group.length }));
}
const SPARK_POINTS = 36;

export function Spark(props: {
  series: Point[];
  target: number | null;
  baseline: number | null;
  label: string;
  good: boolean | null;
}): JSX.Element | null {
  const points = thinned(
    props.series.filter((point): point is { day: string; value: number } => point.value !== null),
    SPARK_POINTS,
  );
  if (points.length < 2) return null;
  const WIDTH = 240,
    HEIGHT = 48,
    EDGE = 4;
  const all = points.map(point => point.value).concat(props.target ?? [], props.baseline ?? []);
  const least = Math.min(...all),
    most = Math.max(...all),
    span = most - least || 1;
  const x = (index: number): number => EDGE + (index / (points.length - 1)) * (WIDTH - 2 * EDGE);
  const y = (value: number): number => HEIGHT - EDGE - ((value - least) / span) * (HEIGHT - 2 * EDGE);
  const path = points.map((point, index) => `${index ? 'L' : 'M'}${x(index).toFixed(1)} ${y(point.value).toFixed(1)}`).join('');
  const last = points.length - 1;
  return (
    <svg
      class={'spark' + (props.good === null ? '' : props.good ? ' good' : ' bad')}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={props.label}
      preserveAspectRatio="none"
    >
      {props.target !== null && (
        <line class="spark-target" x1="0" x2={WIDTH} y1={y(props.target)} y2={y(props.target)} vector-effect="non-scaling-stroke" />
      )}
      <path d={path} vector-effect="non-scaling-stroke" />
      <path class="spark-end" d={`M${x(last).toFixed(1)} ${y(points[last].value).toFixed(1)}h.01`} vector-effect="non-scaling-stroke" />
    </svg>
  );
}

export const causeClass: Record<string, string> = {
  skill: 'cause-skill',
  tool: 'cause-tool',
  process: 'cause-process',
  incentive: 'cause-incentive',
  clarity: 'cause-clarity',
  capacity: 'cause-capacity',
  outside: 'cause-outside',
  'cannot tell': 'cause-unknown',
};
/* All hypotheses as one bar of length one, the uncertain rest among them. Beneath it the largest, in words. */
export function CauseBar(props: { causes: Hypothesis[]; all?: boolean }): JSX.Element {
  const causes = [...props.causes].filter(one => one.probability > 0.004).sort((a, b) => b.probability - a.probability);
  const named = props.all ? causes : causes.filter((one, index) => index < 2 || one.cause === 'cannot tell');
  const label = text.needs.causesLabel(causes.map(one => `${text.causes[one.cause] ?? one.cause} ${share(one.probability)}`).join(', '));
  return (
    <div class="causes">
      <div class="cause-bar" role="img" aria-label={label}>
        {causes.map(one => (
          <span
            key={one.cause}
            class={causeClass[one.cause] ?? 'cause-unknown'}
            style={{ flexGrow: Math.max(one.probability, 0.01) }}
            title={`${text.causes[one.cause] ?? one.cause} ${share(one.probability)}`}
          />
        ))}
      </div>
      <ul class="cause-key" aria-hidden="true">
        {named.map(one => (
          <li key={one.cause}>
            <i class={causeClass[one.cause] ?? 'cause-unknown'} />
            {text.causes[one.cause] ?? one.cause} <b>{share(one.probability)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}

/* A level on the scale 0–5: the interval as a band, the best guess as a mark, what the job needs as a notch. */
export function Level(props: {
  level: number | null;
  low: number | null;
  high: number | null;
  required: number | null;
  label: string;
}): JSX.Element {
  const at = (value: number): string => `${Math.min(100, Math.max(0, (value / 5) * 100))}%`;
  return (
    <div class="level" role="img" aria-label={props.label}>
      {props.low !== null && props.high !== null && (
        <span class="level-band" style={{ left: at(props.low), width: `${(Math.max(0, props.high - props.low) / 5) * 100}%` }} />
      )}
      {props.required !== null && <span class="level-need" style={{ left: at(props.required) }} />}
      {props.level !== null && <span class="level-mark" style={{ left: at(props.level) }} />}
    </div>
  );
}

export interface Table {
  head: string[];
  rows: (string | number)[][];
}
/* A large picture, its words for those who do not see it, and its figures as a table for those who want them. */
export function Plot(props: { picture: Picture; label: string; table: Table; tall?: boolean }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const kept = useRef(props.picture);
  const drawn = useRef<{ draw(picture: Picture): void; dispose(): void } | null>(null);
  kept.current = props.picture;
  useEffect(() => {
    let gone = false;
    import('./plots.ts').then(
      plots => {
        if (!gone && box.current) {
          drawn.current = plots.mount(box.current);
          drawn.current.draw(kept.current);
        }
      },
      () => setFailed(true),
    );
    return () => {
      gone = true;
      drawn.current?.dispose();
      drawn.current = null;
    };
  }, []);
  useEffect(() => {
    drawn.current?.draw(props.picture);
  }, [JSON.stringify(props.picture)]);
  return (
    <figure class="plot">
      {!failed && <div ref={box} class={'plot-box' + (props.tall ? ' tall' : '')} role="img" aria-label={props.label} />}
      <details open={failed}>
        <summary>{text.shell.table}</summary>
        <Rows<(string | number)[]>
          label={props.label}
          class="table-sm"
          of={props.table.rows}
          columns={props.table.head.map((name, index) => ({ name, of: row => row[index] }))}
        />
      </details>
    </figure>
  );
}
