/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The studio: what the company has written down, what was made of it, and whether it is still true. The first page says what to
 * look at first; a source's page shows which of its sentences are used, and by what. An asset, trying a draft and pasting a
 * text have files of their own.
 *
 * Addresses: #/studio, #/studio/source/NAME, #/studio/asset/ID, #/studio/draft?topic=…, #/studio/paste?name=…. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, list, number, sentence } from '../format.ts';
import { useResource } from '../client.ts';
import { href, type Route } from '../router.ts';
import { answered, Badge, Empty, Facts, Load, None, Page, Rows, useMay, type Column } from '../ui/parts.tsx';
import { sourcePath } from '../ui/asset.tsx';
import { SourceText } from '../ui/source.tsx';
import { AssetPage } from './studio-asset.tsx';
import { DraftPage } from './studio-draft.tsx';
import { PastePage } from './studio-paste.tsx';
import { assetHref, Changes, draftHref, Freshly, freshTone, languageName, pasteHref, sourceHref, studioBack } from './studio-parts.tsx';
import type { AssetDetail, AssetRow, Day, SourceDetail, SourceRow, Sources, SourceSpan } from '../api.ts';

const said = text.studio;
const SOON_DAYS = 60;

/* --- words ------------------------------------------------------------------------------------------------------------------- */

const MILLISECONDS_A_DAY = 86400000;
const daysLeft = (until: Day, today: Day): number => (Date.parse(until) - Date.parse(today)) / MILLISECONDS_A_DAY;
const isSoon = (source: SourceRow, today: Day): boolean =>
  !source.expired && source.valid_until !== null && daysLeft(source.valid_until, today) <= SOON_DAYS;
const isStale = (asset: AssetRow): boolean => asset.freshness !== 'fresh';
const staleWords = (asset: AssetRow): string =>
  list([...new Set(asset.fresh.map(one => one.freshness).filter(one => one !== 'fresh'))].map(one => said.freshness[one].toLocaleLowerCase(text.locale)));
const staleBlocks = (asset: AssetRow): number => asset.fresh.filter(one => one.freshness !== 'fresh').length;

/* --- what to do first ---------------------------------------------------------------------------------------------------------- */

interface Todo {
  weight: number;
  title: string;
  href: string;
  why: string;
  act: string;
}
const MOST_TODOS = 6;

function todosOf(sources: Sources, assets: AssetRow[], approvals: boolean): Todo[] {
  const todos: Todo[] = [];
  for (const asset of assets) {
    if (isStale(asset))
      todos.push({ weight: asset.state === 'published' ? 0 : 1, title: asset.title, href: assetHref(asset.id), why: said.todo.stale(said.blocksOf(staleBlocks(asset), asset.blocks), staleWords(asset)), act: said.read });
    if (asset.state === 'waiting' && asset.proposal && approvals)
      todos.push({ weight: 2, title: asset.title, href: href('approvals', asset.proposal), why: said.todo.waits, act: said.decide });
  }
  for (const source of sources.sources) {
    const uses = source.used_by.length;
    if (source.expired) todos.push({ weight: uses ? 3 : 4, title: source.title, href: sourceHref(source.name), why: said.todo.expired(day(source.valid_until!), uses), act: said.read });
    else if (isSoon(source, sources.today))
      todos.push({ weight: uses ? 5 : 6, title: source.title, href: sourceHref(source.name), why: said.todo.soon(day(source.valid_until!), uses), act: said.read });
  }
  return todos.sort((a, b) => a.weight - b.weight);
}

function First(props: { of: Todo[] }): JSX.Element | null {
  const todos = props.of;
  if (todos.length === 0) return null;
  return (
    <section>
      <h2>{said.first}</h2>
      <p class="order">{said.firstOrder}</p>
      <ol class="plain todo">
        {todos.slice(0, MOST_TODOS).map((one, index) => (
          <li key={index} data-row tabIndex={-1}>
            <span>
              <b>{one.title}</b> <span class="quiet">{one.why}</span>
            </span>{' '}
            <a class="btn btn-sm btn-outline-secondary" href={one.href} aria-label={`${one.act}: ${one.title}`}>
              {one.act}
            </a>
          </li>
        ))}
      </ol>
      {todos.length > MOST_TODOS && <p class="quiet">{text.shell.plus(todos.length - MOST_TODOS)}</p>}
    </section>
  );
}

/* --- assets ------------------------------------------------------------------------------------------------------------------------ */

/* One mark for each block, in their order: which are still true is seen before it is read. */
function Strip(props: { of: AssetRow }): JSX.Element {
  const { fresh } = props.of;
  return (
    <span class="strip" role="img" aria-label={said.strip(fresh.length - staleBlocks(props.of), fresh.length)}>
      {fresh.map(one => (
        <i key={one.block} class={'tone-' + freshTone(one.freshness)} />
      ))}
    </span>
  );
}

function AssetCard(props: { of: AssetRow; titles: Map<string, string> }): JSX.Element {
  const { of: asset } = props;
  const approvals = useMay('READ_APPROVALS');
  const sources = asset.sources.map(name => props.titles.get(name) ?? name);
  return (
    <li class="card asset-card" data-row tabIndex={-1}>
      <div class="card-body">
        <p class="card-top">
          <span class="quiet">{sentence(asset.modality)}</span>
          <Badge tone={asset.state === 'published' ? 'good' : 'wait'}>{said.states[asset.state]}</Badge>
        </p>
        <h3 class="card-title">
          <a href={assetHref(asset.state === 'waiting' && asset.proposal ? asset.proposal : asset.id)}>{asset.title}</a>
        </h3>
        <p>
          <Strip of={asset} />
          <Freshly of={asset.freshness} /> <span class="quiet">{isStale(asset) ? said.blocksOf(staleBlocks(asset), asset.blocks) : said.blocks(asset.blocks)}</span>
        </p>
        <p class="quiet">
          {[said.minutes(number(asset.minutes, 0)), asset.reading_level, said.unsourced(asset.unsourced_sentences), asset.goal_name].filter(Boolean).join(' · ')}
        </p>
        <p class="quiet">{list(sources)}</p>
        {asset.state === 'waiting' && asset.proposal && approvals && (
          <p class="card-foot">
            <a href={href('approvals', asset.proposal)} aria-label={`${said.decide}: ${asset.title}`}>
              {said.decide}
            </a>
          </p>
        )}
      </div>
    </li>
  );
}

/* --- sources ------------------------------------------------------------------------------------------------------------------------ */

function Until(props: { of: SourceRow; today: Day }): JSX.Element {
  const { of: source } = props;
  if (source.valid_until === null) return <span class="quiet">{said.always}</span>;
  return (
    <>
      {day(source.valid_until)} {source.expired && <Badge tone="bad">{said.expired}</Badge>}
      {isSoon(source, props.today) && <Badge tone="wait">{said.soon}</Badge>}
    </>
  );
}

function UsedBy(props: { of: SourceRow['used_by'] }): JSX.Element {
  if (props.of.length === 0) return <span class="quiet">{said.usedNowhere}</span>;
  return (
    <span class="used-by">
      {props.of.map((one, index) => (
        <span key={one.id + one.state}>
          {index > 0 && ', '}
          <a href={assetHref(one.id)}>{one.title}</a>
        </span>
      ))}
    </span>
  );
}

const sourceColumns = (today: Day): Column<SourceRow>[] => [
  { name: said.title, of: source => <a href={sourceHref(source.name)}>{source.title}</a> },
  { name: said.owner, of: source => source.owner ?? <span class="quiet">{said.noOwner}</span> },
  { name: said.validUntil, of: source => <Until of={source} today={today} /> },
  { name: said.language, of: source => languageName(source.language) },
  { name: said.level, of: source => source.reading_level },
  { name: said.words, num: true, of: source => number(source.words) },
  { name: said.usedBy, of: source => <UsedBy of={source.used_by} /> },
];
/* No date: after all that have one. */
const byValidity = (a: SourceRow, b: SourceRow): number =>
  Number(b.expired) - Number(a.expired) || (a.valid_until ?? '9').localeCompare(b.valid_until ?? '9') || a.title.localeCompare(b.title);

function Actions(): JSX.Element {
  const drafts = useMay('DRAFT'),
    imports = useMay('IMPORT');
  return (
    <>
      {drafts && (
        <a class="btn btn-outline-secondary" href={draftHref()}>
          {said.try}
        </a>
      )}{' '}
      {imports && (
        <a class="btn btn-primary" href={pasteHref()}>
          {said.paste}
        </a>
      )}
    </>
  );
}

function answerOf(sources: Sources, assets: AssetRow[], todos: Todo[]): string {
  const words = said.answer(sources.sources.length, assets.length, sources.sources.filter(one => one.expired).length, assets.filter(isStale).length);
  return todos.length > 0 ? `${words} ${said.answerFirst(todos[0].title)}` : words;
}

function Overview(): JSX.Element {
  const sources = useResource<Sources>('/studio/sources');
  const assets = useResource<{ assets: AssetRow[] }>('/studio/assets');
  const approvals = useMay('READ_APPROVALS'),
    imports = useMay('IMPORT');
  const todos = sources.data && assets.data ? todosOf(sources.data, assets.data.assets, approvals) : [];
  const empty = sources.data?.sources.length === 0 && assets.data?.assets.length === 0;
  const answer = empty
    ? said.empty.title + '.'
    : answered(sources, data => (assets.data ? answerOf(data, assets.data.assets, todos) : '')) || (assets.problem ? '' : null);
  return (
    <Page {...text.pages.studio} answer={answer} actions={<Actions />}>
      <Load of={sources} rows={3}>
        {data =>
          empty ? (
            <Empty lead={said.empty.lead + (imports ? '' : ' ' + said.empty.elseLead)} action={imports ? { name: said.paste, href: pasteHref() } : undefined} />
          ) : (
            <>
              <First of={todos} />
              <section>
                <h2>{said.assets}</h2>
                <p class="quiet">{assets.data?.assets.length === 0 ? said.assetsNone : said.assetsLead}</p>
                <Load of={assets} rows={2}>
                  {made => (
                    <ul class="cards grid">
                      {made.assets.map(one => (
                        <AssetCard of={one} titles={new Map(data.sources.map(source => [source.name, source.title]))} key={one.id + (one.proposal ?? '')} />
                      ))}
                    </ul>
                  )}
                </Load>
              </section>
              <section>
                <h2>{said.sources}</h2>
                <p class="quiet">
                  {said.sourcesLead} {said.sourcesOrder}
                </p>
                <Rows label={said.sources} of={[...data.sources].sort(byValidity)} columns={sourceColumns(data.today)} class="top" focus />
              </section>
            </>
          )
        }
      </Load>
    </Page>
  );
}

/* --- one source ---------------------------------------------------------------------------------------------------------------------- */

/* Blocks of one asset that are no longer so because of this source. */
function StaleOf(props: { id: string; title: string; source: string }): JSX.Element {
  const asset = useResource<AssetDetail>('/studio/assets/' + encodeURIComponent(props.id));
  return (
    <Load of={asset} rows={1}>
      {one => {
        const changes = one.fresh.flatMap(block => block.changes).filter(change => change.source === props.source || change.other === props.source);
        return (
          <>
            <p>
              <a class="alone" href={assetHref(props.id)}>
                {props.title}
              </a>{' '}
              <Freshly of={one.freshness} />
            </p>
            <Changes of={changes} titles={new Map(one.documents.map(source => [source.name, source.title]))} />
          </>
        );
      }}
    </Load>
  );
}

function SourceFacts(props: { of: SourceDetail }): JSX.Element {
  const { of: source } = props;
  return (
    <Facts
      of={[
        [said.owner, source.owner ?? said.noOwner],
        [said.validUntil, source.valid_until === null ? said.always : <>{day(source.valid_until)} {source.expired && <Badge tone="bad">{said.expired}</Badge>}</>],
        [said.language, languageName(source.language)],
        [said.level, source.reading_ease === null ? source.reading_level : said.ease(source.reading_level, number(source.reading_ease, 0))],
        [said.words, number(source.words)],
        [said.licence, source.licence ?? <None />],
        [said.audience, source.audience ?? <None />],
      ]}
    />
  );
}

function SourcePage(props: { name: string }): JSX.Element {
  const source = useResource<SourceDetail>(sourcePath(props.name));
  const [pointed, setPointed] = useState<SourceSpan | null>(null);
  const drafts = useMay('DRAFT'),
    imports = useMay('IMPORT');
  const used = source.data?.text.filter(span => span.uses > 0).length ?? 0;
  const titleOf = (id: string): string => source.data?.used_by.find(one => one.id === id)?.title ?? id;
  const mark = (span: SourceSpan): ComponentChildren =>
    span.uses === 0 ? (
      span.text
    ) : (
      <span class={'used' + (pointed?.id === span.id ? ' lit' : '')} tabIndex={0} onFocus={() => setPointed(span)} onMouseEnter={() => setPointed(span)} onClick={() => setPointed(span)}>
        {span.text}
      </span>
    );
  return (
    <Page
      {...text.pages.studio}
      title={source.data?.title ?? text.pages.studio.name}
      back={studioBack}
      answer={answered(source, one =>
        said.sourceAnswer(one.valid_until && day(one.valid_until), one.expired, one.used_by.length, used, one.text.filter(span => span.kind !== 'heading').length),
      )}
      actions={
        <>
          {imports && (
            <a class="btn btn-outline-secondary" href={pasteHref(props.name)}>
              {said.newVersion}
            </a>
          )}{' '}
          {drafts && (
            <a class="btn btn-primary" href={draftHref({ sources: props.name })}>
              {said.tryThis}
            </a>
          )}
        </>
      }
    >
      <Load of={source} rows={4}>
        {one => (
          <>
            <SourceFacts of={one} />
            {one.cut_off && <p class="callout warn">{said.cutOff}</p>}
            {one.hidden > 0 && <p class="callout quiet-callout">{said.hidden(one.hidden)}</p>}
            <div class="with-aside">
              <section class="card">
                <div class="card-body">
                  <h2>{said.text}</h2>
                  <p class="quiet">{used > 0 ? said.textLead : said.textLeadNone}</p>
                  <SourceText of={one.text} sentence={mark} level={3} />
                </div>
              </section>
              <aside class="beside-text" aria-label={said.restsAll}>
                {used > 0 && (
                  <section aria-live="polite">
                    <h2>{said.restsHere}</h2>
                    {pointed === null ? (
                      <p class="quiet">{said.restsPick}</p>
                    ) : (
                      <>
                        <p class="quiet">“{pointed.text}”</p>
                        <ul class="plain">
                          {pointed.assets.map(id => (
                            <li key={id}>
                              <a class="alone" href={assetHref(id)}>
                                {titleOf(id)}
                              </a>
                            </li>
                          ))}
                        </ul>
                      </>
                    )}
                  </section>
                )}
                <section>
                  <h2>{said.restsAll}</h2>
                  {one.used_by.length === 0 && <p class="quiet">{said.restsNone}</p>}
                  {one.used_by.map(user => (
                    <StaleOf id={user.id} title={user.title} source={one.name} key={user.id + user.state} />
                  ))}
                </section>
              </aside>
            </div>
          </>
        )}
      </Load>
    </Page>
  );
}

/* --- which of them ------------------------------------------------------------------------------------------------------------------- */

export function StudioPage(props: { route: Route }): JSX.Element {
  const { id, query } = props.route;
  const drafts = useMay('DRAFT'),
    imports = useMay('IMPORT');
  const [kind, rest] = id === null ? ['', ''] : [id.replace(/\/.*/s, ''), id.replace(/^[^/]*\/?/, '')];
  if (kind === 'source' && rest) return <SourcePage name={rest} />;
  if (kind === 'asset' && rest) return <AssetPage id={rest} />;
  if (kind === 'draft' && drafts) return <DraftPage query={query} />;
  if (kind === 'paste' && imports) return <PastePage name={query.get('name')} />;
  return <Overview />;
}
