/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One asset: is it still true, block by block, beside the sources that it rests on; why it has this form, and what else was
 * weighed. What can be decided about it is decided under Approvals. */
import type { ComponentChildren, JSX } from 'preact';
import { text } from '../text.en.ts';
import { day, list, number, sentence } from '../format.ts';
import { useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Facts, Load, None, Page, useMay } from '../ui/parts.tsx';
import { BesideSources } from '../ui/asset.tsx';
import { Changes, Freshly, languageName, studioBack, WhyForm } from './studio-parts.tsx';
import type { AssetBody, AssetChecks, AssetDetail } from '../api.ts';

const said = text.studio;

const exportOf = (id: string, form: string): string => `/api/v1/studio/assets/${encodeURIComponent(id)}/export?form=${form}`;

function Actions(props: { id: string; of: AssetDetail }): JSX.Element {
  const approvals = useMay('READ_APPROVALS');
  const { of: asset } = props;
  return (
    <>
      <a class="btn btn-outline-secondary" href={exportOf(props.id, 'html')} download>
        {said.html}
      </a>{' '}
      <a class="btn btn-outline-secondary" href={exportOf(props.id, 'markdown')} download>
        {said.markdown}
      </a>{' '}
      <button type="button" class="btn btn-outline-secondary" onClick={() => print()}>
        {said.print}
      </button>{' '}
      {asset.state === 'waiting' && asset.proposal && approvals && (
        <a class="btn btn-primary" href={href('approvals', asset.proposal)}>
          {said.decide}
        </a>
      )}
    </>
  );
}

function AssetFacts(props: { of: AssetDetail }): JSX.Element {
  const { of: asset } = props;
  const goals = useMay('READ_GOALS'),
    needs = useMay('READ_NEEDS');
  const facts: [string, ComponentChildren][] = [
    [said.state, <Badge tone={asset.state === 'published' ? 'good' : 'wait'}>{said.states[asset.state]}</Badge>],
    [said.kind, sentence(asset.modality)],
    [said.takes, said.minutes(number(asset.minutes, 0))],
    [said.level, asset.checks.reading_ease === null ? asset.checks.reading_level : said.ease(asset.checks.reading_level, number(asset.checks.reading_ease, 0))],
    [said.language, languageName(asset.language)],
    [said.unsourcedLabel, number(asset.unsourced_sentences)],
    [said.serves, asset.goal === null ? <None /> : goals ? <a href={href('goals', asset.goal)}>{asset.goal_name}</a> : asset.goal_name],
  ];
  if (asset.need && needs) facts.push([said.forNeed, <a href={href('needs', asset.need)}>{said.theNeed}</a>]);
  if (asset.drafted_by) facts.push([said.draftedBy, asset.drafted_by]);
  return <Facts of={facts} />;
}

function Checks(props: { of: AssetChecks }): JSX.Element {
  const { of: checks } = props;
  const fine = checks.access.filter(one => one.fine).map(one => one.check);
  return (
    <section>
      <h2>{said.checks}</h2>
      <p class="quiet">{said.checksAbout(checks.sentences, checks.words, checks.longest_sentence)}</p>
      <ul class="plain">
        {checks.access
          .filter(one => !one.fine)
          .map(one => (
            <li key={one.check}>
              <Badge tone="wait">{said.checkLook}</Badge> {sentence(one.check)}
              {one.note && <span class="quiet"> {one.note}</span>}
            </li>
          ))}
        {fine.length > 0 && (
          <li>
            <Badge tone="good">{said.checkFine}</Badge> {list(fine)}
          </li>
        )}
      </ul>
      {checks.unsourced.length > 0 && (
        <>
          <h3>{said.unsourcedList}</h3>
          <ul>
            {checks.unsourced.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

export function AssetPage(props: { id: string }): JSX.Element {
  const asset = useResource<AssetDetail>('/studio/assets/' + encodeURIComponent(props.id));
  const one = asset.data;
  const titles = new Map((one?.documents ?? []).map(source => [source.name, source.title]));
  const note = (block: string): ComponentChildren => {
    const state = one?.fresh.find(each => each.block === block);
    if (!state || state.freshness === 'fresh') return null;
    return (
      <div class="block-note">
        <Freshly of={state.freshness} />
        <Changes of={state.changes} titles={titles} />
      </div>
    );
  };
  return (
    <Page
      {...text.pages.studio}
      title={one?.title ?? text.pages.studio.name}
      back={studioBack}
      answer={answered(asset, data =>
        said.assetAnswer(
          data.state === 'waiting' ? said.waits : data.published ? said.published(day(data.published)) : sentence(said.states.published),
          data.fresh.filter(each => each.freshness !== 'fresh').length,
          data.blocks,
          data.unsourced_sentences,
        ),
      )}
      actions={one ? <Actions id={props.id} of={one} /> : undefined}
    >
      <Load of={asset} rows={4}>
        {data => {
          const body: AssetBody = { id: data.id, title: data.title, modality: data.modality, pattern: data.pattern ?? '', blocks: data.content, sources: data.documents, spans: data.spans };
          return (
            <>
              <AssetFacts of={data} />
              <section>
                <h2>{said.beside}</h2>
                <BesideSources of={body} whole note={note} />
              </section>
              <WhyForm trace={data.trace} rejected={data.rejected} level={2} />
              <Checks of={data.checks} />
            </>
          );
        }}
      </Load>
    </Page>
  );
}
