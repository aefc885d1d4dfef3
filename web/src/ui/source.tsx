/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a source as it is cut: sentences in their paragraphs, items in their lists, turns with who speaks. Whoever draws
 * it says how one sentence looks, because a source is read for itself, and beside what was made of it. */
import type { ComponentChildren, JSX } from 'preact';
import type { SourceSpan } from '../api.ts';

interface Unit {
  block: string;
  level: number;
  speaker: string | null;
  spans: SourceSpan[];
}
/* Sentences of one paragraph or item have the same unit; a heading has none. */
function unitsOf(text: SourceSpan[]): Unit[] {
  const units: Unit[] = [];
  let last: SourceSpan | null = null;
  for (const span of text) {
    const goesOn = last !== null && span.unit >= 0 && span.unit === last.unit && span.block === last.block;
    if (goesOn) units[units.length - 1].spans.push(span);
    else units.push({ block: span.block, level: span.level, speaker: span.speaker, spans: [span] });
    last = span;
  }
  return units;
}
const LISTS = ['item', 'step', 'row'];
function runsOf(units: Unit[]): Unit[][] {
  const runs: Unit[][] = [];
  for (const unit of units) {
    const last = runs[runs.length - 1];
    if (last && LISTS.includes(unit.block) && last[0].block === unit.block) last.push(unit);
    else runs.push([unit]);
  }
  return runs;
}

export function SourceText(props: { of: SourceSpan[]; sentence: (span: SourceSpan) => ComponentChildren; level: 3 | 4 }): JSX.Element {
  const words = (unit: Unit): ComponentChildren =>
    unit.spans.map(span => (
      <span key={span.id}>
        {span.kind === 'label' ? <b>{props.sentence(span)}</b> : span.kind === 'code' ? <code>{props.sentence(span)}</code> : props.sentence(span)}{' '}
      </span>
    ));
  const Heading = props.level === 3 ? 'h3' : 'h4';
  return (
    <div class="source-text">
      {runsOf(unitsOf(props.of)).map((run, index) => {
        const [first] = run;
        if (first.block === 'heading') return <Heading key={index}>{words(first)}</Heading>;
        const items = run.map((unit, at) => <li key={at}>{words(unit)}</li>);
        if (first.block === 'step') return <ol key={index}>{items}</ol>;
        if (LISTS.includes(first.block)) return <ul key={index}>{items}</ul>;
        return (
          <p key={index} class={first.block === 'quote' ? 'quoted' : undefined}>
            {first.speaker && <b class="speaker">{first.speaker}: </b>}
            {words(first)}
          </p>
        );
      })}
    </div>
  );
}
