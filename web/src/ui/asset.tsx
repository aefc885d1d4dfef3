/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A learning asset's blocks, drawn the same wherever they are read: in the inbox, beside their sources, before a decision.
 * Every sentence knows the spans of the sources that it rests on; who wants to show them listens to `point`. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day } from '../format.ts';
import { useResource } from '../client.ts';
import { SourceText } from './source.tsx';
import type { AssetBlock, AssetBody, AssetQuestion, AssetSentence, SourceDetail, SourceSpan } from '../api.ts';

/* A source is known by the name of its file, which may hold slashes. */
export const sourcePath = (name: string): string => '/studio/sources/' + encodeURIComponent(name);

interface Pointing {
  point?: (spans: string[]) => void;
}

function Sentence(props: { of: AssetSentence } & Pointing): JSX.Element {
  const { of: sentence, point } = props;
  if (!point || sentence.spans.length === 0) return <>{sentence.text} </>;
  const show = (): void => point(sentence.spans);
  return (
    <>
      <span class="sourced" tabIndex={0} onMouseEnter={show} onFocus={show} onClick={show} data-spans={sentence.spans.join(' ')}>
        {sentence.text}
      </span>{' '}
    </>
  );
}

/* A question is answered for oneself: nothing is sent, nothing is kept. */
function Question(props: { of: AssetQuestion } & Pointing): JSX.Element {
  const { of: question } = props;
  const [chosen, setChosen] = useState<number | null>(null);
  const said = text.asset;
  return (
    <fieldset class="question-box">
      <legend>
        {question.ask}
        {question.stem && (
          <p class="stem">
            <Sentence of={question.stem} point={props.point} />
          </p>
        )}
      </legend>
      {question.options.map((option, index) => (
        <label class={'check' + (chosen === index ? (option.right ? ' right' : ' wrong') : '')} key={index}>
          <input type="radio" class="form-check-input" name={question.id} checked={chosen === index} onChange={() => setChosen(index)} />
          <span>{option.text}</span>
        </label>
      ))}
      <div role="status">
        {chosen !== null && (
          <p class="feedback">
            <b>{question.options[chosen].right ? said.right : said.wrong}</b>{' '}
            {question.feedback.map((sentence, index) => (
              <Sentence of={sentence} point={props.point} key={index} />
            ))}
          </p>
        )}
      </div>
    </fieldset>
  );
}

function Items(props: { of: AssetBlock } & Pointing): JSX.Element | null {
  const { of: block, point } = props;
  const items = block.items ?? [];
  const inside = items.map((item, index) => {
    const content = (
      <>
        {item.lead && (
          <b>
            <Sentence of={item.lead} point={point} />
          </b>
        )}
        {item.sentences.map((sentence, at) => (
          <Sentence of={sentence} point={point} key={at} />
        ))}
      </>
    );
    return block.kind === 'text' ? <p key={index}>{content}</p> : <li key={index}>{content}</li>;
  });
  if (inside.length === 0) return null;
  return block.kind === 'text' ? <>{inside}</> : block.kind === 'steps' ? <ol>{inside}</ol> : <ul>{inside}</ul>;
}

/* Arrow keys move among the sentences that have a source; within a question they move among its answers. */
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
function moveSentence(event: JSX.TargetedKeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  if (!step || !(event.target as HTMLElement).matches('.sourced') || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('.sourced')];
  const next = all[all.indexOf(event.target as HTMLElement) + step];
  event.preventDefault();
  next?.focus();
}

/* `note` stands at a block's head: what has changed under it. With `rows`, j and k move among the blocks. */
export function AssetBlocks(
  props: { of: AssetBlock[]; level?: 2 | 3; rows?: boolean; note?: (block: string) => ComponentChildren } & Pointing,
): JSX.Element {
  const Heading = props.level === 3 ? 'h4' : 'h3';
  return (
    <div class="asset-blocks" onKeyDown={props.point ? moveSentence : undefined}>
      {props.of.map(block => (
        <section key={block.id} class={'asset-block block-' + block.kind} {...(props.rows ? { 'data-row': true, tabIndex: -1 } : {})}>
          {block.heading && <Heading>{block.heading}</Heading>}
          {props.note?.(block.id)}
          <Items of={block} point={props.point} />
          {(block.questions ?? []).map(question => (
            <Question of={question} point={props.point} key={question.id} />
          ))}
        </section>
      ))}
    </div>
  );
}

/* What a block says, as one text, to see whether it changed. */
function wordsOf(block: AssetBlock): string {
  const items = (block.items ?? []).map(item => [item.lead, ...item.sentences].map(sentence => sentence?.text).filter(Boolean).join(' '));
  const questions = (block.questions ?? []).map(question => [question.stem?.text, ...question.options.map(option => option.text)].filter(Boolean).join(' / '));
  return [block.heading, ...items, ...questions].filter(Boolean).join('\n');
}

/* Against what was approved last, block by block. */
export function AssetDiff(props: { before: AssetBody; after: AssetBody }): JSX.Element | null {
  const said = text.asset;
  const ids = [...new Set([...props.after.blocks, ...props.before.blocks].map(block => block.id))];
  const pairs = ids.map(id => [props.before, props.after].map(body => body.blocks.find(block => block.id === id)));
  const moved = pairs.map(pair => pair.map(block => (block ? wordsOf(block) : ''))).filter(([was, now]) => was !== now);
  if (moved.length === 0) return null;
  return (
    <section class="diff">
      <h3>{said.changed}</h3>
      {moved.map(([was, now], index) => (
        <div class="asset-diff" key={index}>
          {was && (
            <del>
              <span class="visually-hidden">{said.was}: </span>
              {was}
            </del>
          )}
          {now && (
            <ins>
              <span class="visually-hidden">{said.now}: </span>
              {now}
            </ins>
          )}
        </div>
      ))}
    </section>
  );
}

/* The sentences that a draft rests on, as they stood when it was drafted. */
function Places(props: { of: { id: string; text: string }[]; lit: string[] }): JSX.Element {
  return (
    <>
      {props.of.map(span => (
        <p class={'span' + (props.lit.includes(span.id) ? ' lit' : '')} key={span.id}>
          <mark>{span.text}</mark>
        </p>
      ))}
    </>
  );
}

/* The source as it is now, with the sentences in use marked in their place; what no longer stands there stands before it. */
function Whole(props: { name: string; spans: AssetBody['spans']; lit: string[] }): JSX.Element {
  const source = useResource<SourceDetail>(sourcePath(props.name));
  if (!source.data) return <Places of={props.spans} lit={props.lit} />;
  const here = new Set(source.data.text.map(span => span.id)),
    used = new Set(props.spans.map(span => span.id));
  const gone = props.spans.filter(span => !here.has(span.id));
  const sentence = (span: SourceSpan): ComponentChildren =>
    used.has(span.id) ? <mark class={props.lit.includes(span.id) ? 'lit' : ''}>{span.text}</mark> : span.text;
  return (
    <>
      {gone.length > 0 && (
        <div class="span-gone">
          <p>{text.asset.gone}</p>
          <Places of={gone} lit={props.lit} />
        </div>
      )}
      <SourceText of={source.data.text} sentence={sentence} level={4} />
    </>
  );
}

/* The draft at the left, the sources that it rests on at the right: who points at a sentence sees its source light up. With
 * `whole` the sources are shown as they are now, else the places as they were drafted from, which is what is decided on. */
export function BesideSources(props: { of: AssetBody; whole?: boolean; note?: (block: string) => ComponentChildren }): JSX.Element {
  const { of: asset } = props;
  const [lit, setLit] = useState<string[]>([]);
  const place = useRef<HTMLDivElement>(null);
  const said = text.asset;
  useEffect(() => {
    const first = place.current?.querySelector<HTMLElement>('.lit');
    if (!first || !place.current) return;
    const box = place.current;
    box.scrollTop += first.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  }, [lit]);
  return (
    <div class="beside">
      <div>
        <p class="quiet no-print">{props.whole ? said.reads + ' ' + said.readsBlocks : said.reads}</p>
        <AssetBlocks of={asset.blocks} point={setLit} note={props.note} rows={props.whole} />
      </div>
      <section class="sources-beside" aria-label={said.sources} ref={place} tabIndex={0}>
        {asset.sources.map(source => {
          const spans = asset.spans.filter(span => span.source === source.name);
          return (
            <div key={source.name}>
              <h3>{source.title}</h3>
              <p class="quiet">{[source.valid_until && said.validUntil(day(source.valid_until))].filter(Boolean).join(' · ')}</p>
              {props.whole ? <Whole name={source.name} spans={spans} lit={lit} /> : <Places of={spans} lit={lit} />}
            </div>
          );
        })}
      </section>
    </div>
  );
}
