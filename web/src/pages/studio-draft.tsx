/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Try a draft: a topic, a need or some sources, and what each pattern makes of them, side by side. Nothing is recorded. What is
 * asked for stands in the address, so that a draft can be looked at again and shown to a colleague.
 *
 * How it can be wrong: a source edited between two looks gives two drafts; what was copied is as old as the copy. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { list, number, sentence } from '../format.ts';
import { post, useResource, type Problem } from '../client.ts';
import { go, href } from '../router.ts';
import { Failure, Page, say, Skeleton, useMay } from '../ui/parts.tsx';
import { AssetBlocks } from '../ui/asset.tsx';
import { markdownOf } from '../ui/markdown.ts';
import { draftHref, sourceHref, studioBack } from './studio-parts.tsx';
import type { AssetBody, Drafted, Needs, Skills, Sources } from '../api.ts';

const all = text.studio,
  said = text.studio.draft;

const FEW = 2;

/* --- what is asked for ------------------------------------------------------------------------------------------------------ */

interface Asked {
  topic: string;
  need: string;
  sources: string[];
}
function askedOf(query: URLSearchParams): Asked {
  return { topic: query.get('topic') ?? '', need: query.get('need') ?? '', sources: (query.get('sources') ?? '').split(',').filter(Boolean) };
}
const isAsked = (asked: Asked): boolean => asked.topic !== '' || asked.need !== '' || asked.sources.length > 0;
function addressOf(asked: Asked): string {
  const query: Record<string, string> = {};
  if (asked.need) query.need = asked.need;
  else if (asked.topic) query.topic = asked.topic;
  if (asked.sources.length) query.sources = asked.sources.join(',');
  return draftHref(query);
}

function Form(props: { asked: Asked; sources: Sources | null; busy: boolean }): JSX.Element {
  const skills = useResource<Skills>(useMay('READ_SKILLS') ? '/skills' : null);
  const needs = useResource<Needs>(useMay('READ_NEEDS') ? '/needs' : null);
  const [asked, setAsked] = useState(props.asked);
  const [missing, setMissing] = useState(false);
  const topic = useRef<HTMLInputElement>(null);
  const withSkills = (needs.data?.needs ?? []).filter(need => need.skills.length > 0);
  const chosen = asked.sources.map(name => props.sources?.sources.find(source => source.name === name)?.title ?? name);
  const submit = (event: Event): void => {
    event.preventDefault();
    setMissing(!isAsked(asked));
    if (isAsked(asked)) go(addressOf({ ...asked, topic: asked.topic.trim() }));
    else topic.current?.focus();
  };
  const choose = (name: string, on: boolean): void =>
    setAsked({ ...asked, sources: on ? [...asked.sources, name] : asked.sources.filter(one => one !== name) });
  return (
    <form class="card draft-form" onSubmit={submit} noValidate>
      <div class="card-body">
        <div class="draft-fields">
          <div>
            <label class="form-label" for="draft-topic">
              {said.skill}
            </label>
            <input
              class="form-control"
              id="draft-topic"
              list="draft-skills"
              autocomplete="off"
              ref={topic}
              value={asked.topic}
              disabled={asked.need !== ''}
              aria-invalid={missing}
              aria-describedby="draft-help draft-missing"
              onInput={event => setAsked({ ...asked, topic: event.currentTarget.value })}
            />
            <datalist id="draft-skills">
              {(skills.data?.skills ?? []).map(skill => (
                <option value={skill.name} key={skill.id} />
              ))}
            </datalist>
            <p class="field-help" id="draft-help">
              {said.skillHelp}
            </p>
          </div>
          {withSkills.length > 0 && (
            <div>
              <label class="form-label" for="draft-need">
                {said.need}
              </label>
              <select class="form-select" id="draft-need" value={asked.need} onChange={event => setAsked({ ...asked, need: event.currentTarget.value })}>
                <option value="">{said.needNone}</option>
                {withSkills.map(need => (
                  <option value={need.id} key={need.id}>
                    {need.title}
                  </option>
                ))}
              </select>
            </div>
          )}
        </div>
        <details>
          <summary>
            {said.sources}: {chosen.length === 0 ? said.sourcesAll : chosen.length <= FEW ? list(chosen) : said.sourcesSome(chosen.length)}
          </summary>
          <fieldset class="ticks draft-sources">
            <legend class="visually-hidden">{said.sources}</legend>
            {(props.sources?.sources ?? []).map(source => (
              <label class="choice" key={source.name}>
                <input
                  type="checkbox"
                  class="form-check-input"
                  checked={asked.sources.includes(source.name)}
                  onChange={event => choose(source.name, event.currentTarget.checked)}
                />
                {source.title}
              </label>
            ))}
          </fieldset>
        </details>
        <p class="form-error" id="draft-missing" role="alert">
          {missing ? said.missing : ''}
        </p>
        <button type="submit" class="btn btn-primary" disabled={props.busy}>
          {said.make}
        </button>
      </div>
    </form>
  );
}

/* --- the drafts ----------------------------------------------------------------------------------------------------------------- */

/* The place of a draft that somebody points at. */
interface Place {
  asset: AssetBody;
  spans: string[];
}
function SourceStrip(props: { of: Place | null }): JSX.Element {
  const { of: place } = props;
  const found = place ? place.asset.spans.filter(span => place.spans.includes(span.id)) : [];
  const names = [...new Set(found.map(span => span.source))];
  return (
    <section class="source-strip" aria-live="polite" aria-label={said.source}>
      {found.length === 0 ? (
        <p class="quiet">{said.sourcePick}</p>
      ) : (
        names.map(name => (
          <p key={name}>
            <a href={sourceHref(name)}>{place!.asset.sources.find(source => source.name === name)?.title ?? name}</a>:{' '}
            {found
              .filter(span => span.source === name)
              .map(span => `“${span.text}”`)
              .join(' ')}
          </p>
        ))
      )}
    </section>
  );
}

function DraftCard(props: { of: Drafted & { asset: AssetBody }; point: (place: Place) => void }): JSX.Element {
  const { asset, checks, pattern, does } = props.of;
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(markdownOf(asset));
      say(text.shell.copied);
    } catch {
      say(text.errors.failed(said.copy), 'bad');
    }
  };
  return (
    <article class="card draft" data-row tabIndex={-1}>
      <div class="card-body">
        <p class="card-top">
          <span class="quiet">
            <b>{sentence(pattern)}</b>: {does}
          </span>
        </p>
        <h3 class="draft-title">{asset.title}</h3>
        <p class="quiet">
          {[
            checks && all.minutes(number(checks.minutes, 0)),
            checks?.reading_level,
            checks && all.unsourced(checks.unsourced_sentences),
            said.heads(asset.spans.length, asset.sources.length),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <AssetBlocks of={asset.blocks} level={3} point={spans => props.point({ asset, spans })} />
        <div class="actions">
          <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={`${said.copy}: ${asset.title}`} onClick={() => void copy()}>
            {said.copy}
          </button>
        </div>
      </div>
    </article>
  );
}

const isMade = (draft: Drafted): draft is Drafted & { asset: AssetBody } => draft.asset !== null;

/* Patterns that lack the same are named together: seven times the same sentence says no more than once. */
function Refused(props: { of: Drafted[] }): JSX.Element | null {
  if (props.of.length === 0) return null;
  const reasons = [...new Set(props.of.map(one => one.refused ?? ''))];
  return (
    <section>
      <h2>{said.refused}</h2>
      <p class="quiet">{said.refusedLead}</p>
      <ul class="plain">
        {reasons.map(reason => (
          <li key={reason}>
            <b>{props.of.filter(one => (one.refused ?? '') === reason).map(one => sentence(one.pattern)).join(', ')}:</b> {reason}.
          </li>
        ))}
      </ul>
    </section>
  );
}

function Drafts(props: { of: Drafted[] }): JSX.Element {
  const made = props.of.filter(isMade);
  const [off, setOff] = useState<string[]>([]);
  const [place, setPlace] = useState<Place | null>(null);
  const shown = made.filter(one => !off.includes(one.pattern));
  return (
    <>
      {made.length > 0 && (
        <section>
          <h2 class="visually-hidden">{said.drafts}</h2>
          {made.length > 1 && (
            <div class="shown-patterns" role="group" aria-label={said.shown}>
              {made.map(one => (
                <button
                  type="button"
                  class="btn btn-sm btn-outline-secondary"
                  key={one.pattern}
                  aria-pressed={!off.includes(one.pattern)}
                  onClick={() => setOff(off.includes(one.pattern) ? off.filter(name => name !== one.pattern) : [...off, one.pattern])}
                >
                  {sentence(one.pattern)}
                </button>
              ))}
            </div>
          )}
          <div class={'drafts' + (shown.length === 1 ? ' alone-draft' : '')}>
            {shown.map(one => (
              <DraftCard of={one} point={setPlace} key={one.pattern} />
            ))}
          </div>
          <SourceStrip of={place} />
        </section>
      )}
      <Refused of={props.of.filter(one => !isMade(one))} />
    </>
  );
}

/* --- the page ----------------------------------------------------------------------------------------------------------------------- */

export function DraftPage(props: { query: URLSearchParams }): JSX.Element {
  const address = props.query.toString();
  const asked = askedOf(props.query);
  const sources = useResource<Sources>('/studio/sources');
  const [found, setFound] = useState<{ address: string; drafts: Drafted[] | null; problem: Problem | null } | null>(null);
  const turn = useRef(0);
  const imports = useMay('IMPORT');
  const look = async (): Promise<void> => {
    const mine = ++turn.current;
    setFound(null);
    if (!isAsked(asked)) return;
    const request = { ...(asked.sources.length ? { sources: asked.sources } : {}), ...(asked.need ? { need: asked.need } : asked.topic ? { topic: asked.topic } : {}) };
    let drafts: Drafted[] | null = null,
      problem: Problem | null = null;
    try {
      drafts = (await post<{ drafts: Drafted[] }>('/studio/drafts', request)).drafts;
    } catch (error) {
      problem = error as Problem;
    }
    if (mine === turn.current) setFound({ address, drafts, problem });
  };
  /* What was asked for and has not come is on its way, from the first picture on. */
  const { drafts, problem } = found?.address === address ? found : { drafts: null, problem: null };
  const busy = isAsked(asked) && drafts === null && problem === null;
  useEffect(() => {
    void look();
  }, [address]);
  const fresh = props.query.get('new') ? sources.data?.sources.find(one => one.name === asked.sources[0]) : undefined;
  const answer = drafts ? said.answer(drafts.filter(isMade).length, drafts.filter(one => !isMade(one)).length) : busy ? null : problem ? '' : said.lead;
  return (
    <Page name={text.pages.studio.name} question="" title={said.name} back={studioBack} answer={answer}>
      {fresh && (
        <p class="callout">
          {said.new(fresh.title)}{' '}
          {imports && (
            <a class="alone" href={href('imports')}>
              {said.imports}
            </a>
          )}
        </p>
      )}
      <Form asked={asked} sources={sources.data} busy={busy} key={address} />
      {problem && <Failure problem={problem} retry={() => void look()} />}
      {busy && <Skeleton rows={3} />}
      {drafts && <Drafts of={drafts} key={address} />}
    </Page>
  );
}
