/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A learning asset's blocks, drawn the same wherever they are read: in the inbox, beside their sources, before a decision.
 * Every sentence knows the spans of the sources that it rests on; who wants to show them listens to `point`. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import type { AssetBlock, AssetBody, AssetQuestion, AssetSentence } from '../api.ts';

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

export function AssetBlocks(props: { of: AssetBlock[]; level?: 2 | 3 } & Pointing): JSX.Element {
  const Heading = props.level === 3 ? 'h4' : 'h3';
  return (
    <div class="asset-blocks">
      {props.of.map(block => (
        <section key={block.id} class={'asset-block block-' + block.kind}>
          {block.heading && <Heading>{block.heading}</Heading>}
          <Items of={block} point={props.point} />
          {(block.questions ?? []).map(question => (
            <Question of={question} point={props.point} key={question.id} />
          ))}
        </section>
      ))}
    </div>
  );
}

/* The draft at the left, the places in the sources that it rests on at the right: who points at a sentence sees its source
 * light up. */
export function BesideSources(props: { of: AssetBody }): JSX.Element {
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
        <AssetBlocks of={asset.blocks} point={setLit} />
      </div>
      <section class="sources-beside" aria-label={said.sources} ref={place} tabIndex={0}>
        {asset.sources.map(source => (
          <div key={source.name}>
            <h3>{source.title}</h3>
            <p class="quiet">{[source.owner, source.valid_until && said.validUntil(source.valid_until)].filter(Boolean).join(' · ')}</p>
            {asset.spans
              .filter(span => span.source === source.name)
              .map(span => (
                <p class={'span' + (lit.includes(span.id) ? ' lit' : '')} key={span.id}>
                  <mark>{span.text}</mark>
                </p>
              ))}
          </div>
        ))}
      </section>
    </div>
  );
}
