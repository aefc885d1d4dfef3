/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the studio's pages share: where they stand, how freshness is said, and what changed under a block. */
import type { JSX } from 'preact';
import { text } from '../text.en.ts';
import { sentence } from '../format.ts';
import { href } from '../router.ts';
import { Badge } from '../ui/parts.tsx';
import type { Change, Freshness } from '../api.ts';

const said = text.studio;

export const sourceHref = (name: string): string => href('studio') + '/source/' + encodeURIComponent(name);
export const assetHref = (id: string): string => href('studio') + '/asset/' + encodeURIComponent(id);
export const draftHref = (query?: Record<string, string>): string => href('studio') + '/draft' + (query ? '?' + new URLSearchParams(query).toString() : '');
export const pasteHref = (name?: string): string => href('studio') + '/paste' + (name ? '?' + new URLSearchParams({ name }).toString() : '');
export const studioBack = { href: href('studio'), name: text.pages.studio.name };

const languages = new Intl.DisplayNames(text.locale, { type: 'language' });
export const languageName = (code: string | null): string => (!code || code === 'und' ? said.noLanguage : (languages.of(code) ?? code));
export const freshTone = (freshness: Freshness): 'good' | 'wait' | 'bad' =>
  freshness === 'fresh' ? 'good' : freshness === 'source expired' ? 'wait' : 'bad';

export function Freshly(props: { of: Freshness }): JSX.Element {
  return <Badge tone={freshTone(props.of)}>{said.freshness[props.of] ?? sentence(props.of)}</Badge>;
}

/* What a block rested on, and what stands there now. A source that expired has not changed: it is named once. */
export function Changes(props: { of: Change[]; titles: Map<string, string> }): JSX.Element | null {
  const title = (name: string): string => props.titles.get(name) ?? name;
  const expired = [...new Set(props.of.filter(one => one.freshness === 'source expired').map(one => one.source))];
  const moved = props.of.filter(one => one.freshness !== 'source expired' && one.freshness !== 'fresh');
  if (expired.length + moved.length === 0) return null;
  return (
    <div class="changes">
      {expired.map(name => (
        <p key={name}>{said.expiredLine(title(name))}</p>
      ))}
      {moved.map((one, index) => (
        <dl key={index}>
          <div>
            <dt>{said.was}</dt>
            <dd>
              <del>{one.was}</del>
            </dd>
          </div>
          <div>
            <dt>{one.other ? said.other(title(one.other)) : said.now}</dt>
            <dd>{one.now === null ? <span class="quiet">{said.nowGone}</span> : <ins>{one.now}</ins>}</dd>
          </div>
        </dl>
      ))}
    </div>
  );
}

/* The rules that chose the form come as any JSON; what has not the shape of a rule is left out. */
interface Rule {
  sentence: string;
  fits: boolean;
}
function rulesOf(trace: unknown): Rule[] {
  return (Array.isArray(trace) ? (trace as Partial<Rule>[]) : [])
    .filter(one => typeof one?.sentence === 'string')
    .map(one => ({ sentence: one.sentence!, fits: one.fits === true }));
}
interface Rejected {
  modality: string;
  reason: string;
}
const rejectedOf = (list: unknown): Rejected[] =>
  (Array.isArray(list) ? (list as Partial<Rejected>[]) : []).filter((one): one is Rejected => typeof one?.modality === 'string' && typeof one.reason === 'string');

export function WhyForm(props: { trace: unknown; rejected: unknown; level: 2 | 3 }): JSX.Element {
  const rules = rulesOf(props.trace),
    rejected = rejectedOf(props.rejected);
  const Heading = props.level === 2 ? 'h2' : 'h3';
  const [fits, others] = [rules.filter(one => one.fits), rules.filter(one => !one.fits)];
  const lines = (some: Rule[]): JSX.Element => (
    <ul class="plain">
      {some.map((one, index) => (
        <li key={index}>{sentence(one.sentence)}</li>
      ))}
    </ul>
  );
  return (
    <div class={props.level === 2 ? 'pair' : 'why-form'}>
      <section>
        <Heading>{said.why}</Heading>
        {rules.length === 0 ? <p class="quiet">{said.whyNone}</p> : lines(fits)}
        {others.length > 0 && (
          <details>
            <summary>{said.fitsNot(others.length)}</summary>
            {lines(others)}
          </details>
        )}
      </section>
      <section>
        <Heading>{said.rejected}</Heading>
        {rejected.length === 0 && <p class="quiet">{said.rejectedNone}</p>}
        <ul class="plain">
          {rejected.map((one, index) => (
            <li key={index}>
              <b>{sentence(one.modality)}:</b> {one.reason}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
