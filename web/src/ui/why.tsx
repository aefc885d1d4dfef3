/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The drawer behind every number: what is claimed, on which evidence (and what speaks against it), who decided, what it
 * rests on and what it leads to. A reason opens the reasons behind it, with a way back. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, moment, number, sentence, share } from '../format.ts';
import { useResource } from '../client.ts';
import { pageOf } from '../router.ts';
import type { Reason } from '../api.ts';
import { Badge, Dialog, Load, useCaller } from './parts.tsx';

function Evidence(props: { of: Reason['evidence'][number] }): JSX.Element {
  const one = props.of,
    said = text.why;
  const details: string[] = [];
  if (one.file) details.push(said.from(one.file));
  if (one.hidden) details.push(said.hidden);
  else {
    if (one.count !== null) details.push(said.count(number(one.count)));
    if (one.people !== null) details.push(said.people(number(one.people)));
  }
  if (one.from && one.to) details.push(said.span(day(one.from), day(one.to)));
  return (
    <li>
      <p>
        <Badge tone={one.against ? 'bad' : 'good'}>{one.against ? said.evidenceAgainst : said.evidenceFor}</Badge>{' '}
        {one.about && (text.causes[one.about] ?? one.about) + ': '}
        {sentence(one.text)}
      </p>
      {details.length > 0 && <p class="quiet">{details.join(' · ')}</p>}
      {one.imports.map(from => (
        <p class="quiet" key={from.id}>
          {said.import(from.file, moment(from.at), from.by)}
        </p>
      ))}
    </li>
  );
}

function ChainLines(props: { of: Reason['lineage']; open: (id: string) => void }): JSX.Element {
  const said = text.why;
  if (props.of.length < 2) return <p class="quiet">{said.alone}</p>;
  return (
    <ul class="plain">
      {props.of.slice(1).map((node, index) => {
        const id = node.id,
          words = (
            <>
              <span class="quiet">{sentence(said.kinds[node.kind] ?? node.kind)}:</span> {node.title ?? said.withheld}{' '}
              {node.state && <span class="quiet">({node.state})</span>} {node.more && <span class="quiet">{said.more}</span>}
            </>
          );
        return (
          <li key={index} style={{ paddingInlineStart: `${(node.depth - 1) * 0.75}rem` }}>
            {id && !node.hidden ? (
              <button type="button" class="btn-link-row" onClick={() => props.open(id)}>
                {words}
              </button>
            ) : (
              words
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Lineage as a tree from the top: what it rests on came with the reasons; what rests on it is asked for when wanted. */
function Chain(props: { id: string; back: Reason['lineage']; open: (id: string) => void }): JSX.Element {
  const [forward, setForward] = useState(false);
  const ahead = useResource<Reason>(forward ? '/why/' + encodeURIComponent(props.id) + '?forward=true' : null);
  const said = text.why;
  return (
    <section>
      <h3>{said.chain}</h3>
      <div class="btn-group mb-2" role="group" aria-label={said.chain}>
        {[false, true].map(way => (
          <button type="button" key={String(way)} class="btn btn-sm btn-outline-secondary" aria-pressed={forward === way} onClick={() => setForward(way)}>
            {way ? said.forward_way : said.back_way}
          </button>
        ))}
      </div>
      {forward ? (
        <Load of={ahead} rows={2}>
          {data => <ChainLines of={data.lineage} open={props.open} />}
        </Load>
      ) : (
        <ChainLines of={props.back} open={props.open} />
      )}
    </section>
  );
}

export function WhyDrawer(props: { id: string; close: () => void }): JSX.Element {
  const [path, setPath] = useState([props.id]);
  const id = path[path.length - 1];
  const reason = useResource<Reason>('/why/' + encodeURIComponent(id));
  const said = text.why,
    { may } = useCaller();
  const links = (title: string, items: Reason['rests_on']): JSX.Element | null =>
    items.length === 0 ? null : (
      <section>
        <h3>{title}</h3>
        <ul class="plain">
          {items.map(item => (
            <li key={item.id}>
              <button type="button" class="btn-link-row" onClick={() => setPath([...path, item.id])}>
                <span class="quiet">{sentence(said.kinds[item.kind] ?? item.kind)}:</span> {item.title}
              </button>
            </li>
          ))}
        </ul>
      </section>
    );
  return (
    <Dialog title={reason.data?.title ?? said.title} side close={props.close}>
      {path.length > 1 && (
        <button type="button" class="btn btn-sm btn-outline-secondary mb-3" onClick={() => setPath(path.slice(0, -1))}>
          ← {said.back}
        </button>
      )}
      <Load of={reason} rows={3}>
        {data => {
          const page = pageOf(data.kind, data.id, may);
          return (
            <div class="why-body">
              <p class="statement">{sentence(data.statement)}</p>
              <p class="quiet">
                {sentence(said.kinds[data.kind] ?? data.kind)} {data.status && <Badge>{data.status}</Badge>}{' '}
                {data.confidence !== null && said.confidence(share(data.confidence)) + '. '}
                {data.made &&
                  said.madeBy(data.made.by, moment(data.made.at), typeof data.made.revision === 'number' ? data.made.revision : null) + '.'}
              </p>
              <section>
                <h3>{said.evidence}</h3>
                {data.evidence.length === 0 ? (
                  <p class="quiet">{said.evidenceNone}</p>
                ) : (
                  <ul class="evidence">
                    {data.evidence.map((one, index) => (
                      <Evidence of={one} key={index} />
                    ))}
                  </ul>
                )}
              </section>
              {data.decisions.length > 0 && (
                <section>
                  <h3>{said.decisions}</h3>
                  <ol class="timeline">
                    {data.decisions.map((one, index) => (
                      <li key={index}>
                        <b>{one.what}</b>{' '}
                        <span class="quiet">
                          {one.by}, {moment(one.at)}
                        </span>
                        {one.reason && <p>{one.reason}</p>}
                      </li>
                    ))}
                  </ol>
                </section>
              )}
              {links(said.rests, data.rests_on)}
              {links(said.leads, data.leads_to)}
              <Chain key={id} id={id} back={data.lineage} open={next => setPath([...path, next])} />
              {page && (
                <p>
                  <a class="btn btn-outline-secondary" href={page} onClick={props.close}>
                    {said.openPage}
                  </a>
                </p>
              )}
            </div>
          );
        }}
      </Load>
    </Dialog>
  );
}
