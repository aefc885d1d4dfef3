/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Today: at most seven cards, ranked by the server by value for each minute of the reader's time. "This is noise" is an
 * answer too: it asks for a reason, because the reason is what the agents learn from. */
import { Later } from './later.tsx';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, moment, money, once, per, sentence } from '../format.ts';
import { invalidate, post, useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Empty, Load, Page, say, useCaller, useMay, Why } from '../ui/parts.tsx';
import { ReasonDialog } from '../ui/reason.tsx';
import type { Card, Today } from '../api.ts';

function target(card: Card): string {
  switch (card.kind) {
    case 'need':
      return href('needs', card.need ?? card.id);
    case 'approval':
      return href('approvals', card.proposal ?? card.id);
    case 'skill':
      return href('me');
    case 'import':
      return href('imports');
    case 'outbox':
      return href('outbox');
  }
}

function NoiseDialog(props: { card: Card; close: () => void }): JSX.Element {
  const said = text.today;
  const send = async (reason: string): Promise<void> => {
    await post(`/needs/${encodeURIComponent(props.card.need!)}/noise`, { reason });
    props.close();
    invalidate();
    say(said.noiseDone(props.card.title));
  };
  return (
    <ReasonDialog
      id="noise-reason"
      title={said.noiseTitle}
      label={said.noiseReason}
      missing={said.noiseMissing}
      submit={said.noiseSubmit}
      before={
        <>
          <p>
            <b>{props.card.title}</b>
          </p>
          <p class="quiet">{said.noiseLead}</p>
        </>
      }
      send={send}
      close={props.close}
    />
  );
}

function TodayCard(props: { card: Card; first: boolean; noise: (card: Card) => void }): JSX.Element {
  const { card } = props,
    said = text.today;
  const decides = useMay('DECIDE_NEEDS');
  return (
    <li class="card today-card" data-row tabIndex={-1}>
      <div class="card-body">
        <div class="card-top">
          <Badge>{said.kinds[card.kind] ?? card.kind}</Badge>
          <span class="quiet">
            {said.minutes(card.minutes)}
            {card.until && <> · {said.until(day(card.until))}</>}
          </span>
        </div>
        <div class="today-grid">
          <div>
            <h2 class="card-title">
              <a href={target(card)}>{card.title}</a>
            </h2>
            {card.why.length > 0 && (
              <ul class="reasons">
                {once(card.why).map(why => (
                  <li key={why}>{why}</li>
                ))}
              </ul>
            )}
            {card.yes && (
              <p class="yes">
                <b>{said.yes}:</b> {card.yes}
              </p>
            )}
          </div>
          <div class="today-side">
            {card.value && card.value.money !== null && (
              <p>
                <Why id={card.need ?? card.proposal ?? card.id} what={card.title} class="figure">
                  {money(card.value.money, card.value.currency)}
                </Why>{' '}
                <span class="quiet">{per(card.value.period)}</span>
              </p>
            )}
            <div class="actions">
              <a
                class={'btn ' + (props.first ? 'btn-primary' : 'btn-outline-secondary')}
                href={target(card)}
                aria-label={`${said.open[card.kind]}: ${card.title}`}
              >
                {said.open[card.kind]}
              </a>
              {card.kind === 'need' && card.need && decides && (
                <button
                  type="button"
                  class="btn btn-ghost-secondary"
                  aria-label={`${said.noise}: ${card.title}`}
                  onClick={() => props.noise(card)}
                >
                  {said.noise}
                </button>
              )}
            </div>
          </div>
        </div>
      </div>
    </li>
  );
}

export function TodayPage(): JSX.Element {
  const today = useResource<Today>('/today');
  const caller = useCaller();
  const [noise, setNoise] = useState<Card | null>(null);
  const said = text.today;
  const next =
    caller.may.includes('IMPORT') && !caller.data_until
      ? { name: said.empty.imports, href: href('imports') }
      : caller.may.includes('READ_GOALS')
        ? caller.may.includes('AUDIT') && !caller.may.includes('READ_NEEDS')
          ? { name: said.empty.privacy, href: href('privacy') }
          : { name: said.empty.goals, href: href('goals') }
        : { name: said.empty.me, href: href('me') };
  return (
    <Page {...text.pages.today} answer={answered(today, data => said.answer(data.cards.length, data.noise?.length ?? 0))}>
      <Load of={today} rows={3}>
        {data => (
          <>
            {data.cards.length === 0 ? (
              <Empty lead={caller.data_until ? said.empty.lead : said.empty.importsLead} action={next} />
            ) : (
              <>
                <p class="order">{said.order}</p>
                <ol class="cards today">
                  {data.cards.map((card, index) => (
                    <TodayCard card={card} key={card.id} first={index === 0} noise={setNoise} />
                  ))}
                </ol>
                {data.more ? <p class="quiet after-list">{said.more(data.more)}</p> : null}
              </>
            )}
            <Later />
            <div class="pair">
              <section>
                <h2>{said.changed}</h2>
                {data.changed.length === 0 ? (
                  <p class="quiet">{said.changedNone}</p>
                ) : (
                  <ol class="timeline">
                    {data.changed.map((one, index) => (
                      <li key={index}>
                        <time dateTime={one.at}>{moment(one.at)}</time>{' '}
                        <Why id={one.id} what={one.text} class="plain-text">
                          {sentence(one.text)}
                        </Why>
                      </li>
                    ))}
                  </ol>
                )}
              </section>
              {data.noise && data.noise.length > 0 && (
                <section>
                  <h2>{said.noiseList}</h2>
                  <p class="quiet">{said.noiseListLead}</p>
                  <ul class="plain">
                    {data.noise.map(one => (
                      <li key={one.need}>
                        <a href={href('needs', one.need)}>{one.title}</a>
                        <br />
                        <span class="quiet">{one.reason}</span>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
            </div>
          </>
        )}
      </Load>
      {noise && <NoiseDialog card={noise} close={() => setNoise(null)} />}
    </Page>
  );
}
