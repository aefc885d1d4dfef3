/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Workforce: a fan of demand and supply for every skill that will be short, with the cheapest way out in money; what is
 * not short is said too. A skill's own page compares building, borrowing, buying and automating, and shows what all of
 * it assumes. */
import type { JSX } from 'preact';
import { text } from '../text.en.ts';
import { day, list, money, month, number, sentence, share } from '../format.ts';
import { useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Empty, Facts, Hidden, Load, None, Page, Rows, useMay, Why, type Column } from '../ui/parts.tsx';
import { Plot } from '../ui/picture.tsx';
import type { Assumption, Fan, FanDetail, Way, WayName, Workforce } from '../api.ts';

const said = text.workforce;
const people = (value: number): string => number(value, value < 10 ? 1 : 0);
const WAYS: WayName[] = ['build', 'borrow', 'buy', 'automate'];

/* --- the picture ---------------------------------------------------------------------------------------------------------- */

function FanPlot(props: { fan: Fan; tall?: boolean }): JSX.Element | null {
  const { fan } = props;
  if (fan.months.length < 2) return null;
  const columns = ['demand', 'demand_low', 'demand_high', 'supply', 'supply_low', 'supply_high'] as const;
  const column = (key: (typeof columns)[number]): number[] => fan.months.map(one => one[key]);
  return (
    <Plot
      label={said.fan(fan.name)}
      tall={props.tall}
      picture={{
        kind: 'fan',
        unit: said.people,
        days: fan.months.map(one => month(one.month)),
        bands: [
          { name: said.demand, values: column('demand'), low: column('demand_low'), high: column('demand_high'), tone: 'main' },
          { name: said.supply, values: column('supply'), low: column('supply_low'), high: column('supply_high'), tone: 'quiet' },
        ],
        between: said.between,
      }}
      table={{
        head: [said.month, said.demand, said.low, said.high, said.supply, said.low + ' ', said.high + ' '],
        rows: fan.months.map(one => [month(one.month), ...columns.map(key => people(one[key]))]),
      }}
    />
  );
}

/* --- the plan in words ------------------------------------------------------------------------------------------------------ */

function planWords(fan: Pick<Fan, 'plan' | 'currency'>): string[] {
  const plan = fan.plan!;
  const mix = WAYS.filter(way => plan[way] > 0).map(way => said.mix[way](number(plan[way], 0)));
  const late = plan.begin_by !== null && new Date(plan.begin_by) < new Date();
  return [
    said.plan(list(mix), money(plan.money, fan.currency)),
    ...(plan.bridge_months > 0 ? [said.bridge(number(plan.bridge_months, 0), money(plan.bridge_money, fan.currency))] : []),
    ...(plan.saved > 0 ? [said.saves(money(plan.saved, fan.currency))] : []),
    ...(plan.bridge_months > 0 && plan.begin_by ? [late ? said.beginNow : said.begin(day(plan.begin_by))] : []),
  ];
}

const starts = (fan: Fan): string | null => {
  if (!fan.starts) return null;
  const first = fan.months[0]?.month === fan.starts_from || !fan.starts_from ? said.now : month(fan.starts_from);
  return `${month(fan.starts)} (${said.monthRange(first, fan.starts_to ? month(fan.starts_to) : said.later)})`;
};

const gapWords = (fan: Fan): string => {
  const { people: by, low, high } = fan.short_by;
  return by === null || low === null || high === null
    ? said.statuses[fan.status]
    : said.gap(people(by), people(Math.max(0, low)), people(high));
};

function answer(data: Workforce): string {
  const short = data.skills.filter(one => one.status === 'short');
  const currencies = new Set(short.map(one => one.currency));
  const sum = (of: (fan: Fan) => number): number => short.reduce((all, one) => all + (one.plan ? of(one) : 0), 0);
  const known = short.length > 0 && currencies.size === 1;
  const saved = sum(one => one.plan!.saved);
  return said.answer(
    short.map(one => (one.starts ? said.from(one.name, month(one.starts)) : one.name)),
    data.skills.length,
    data.skills.filter(one => one.status === 'cannot tell').length,
    known ? money(sum(one => one.plan!.money), short[0].currency) : null,
    known && saved > 0 ? money(saved, short[0].currency) : null,
  );
}

/* --- the list ----------------------------------------------------------------------------------------------------------------- */

function FanCard(props: { fan: Fan }): JSX.Element {
  const { fan } = props;
  return (
    <li class="card" data-row tabIndex={-1}>
      <div class="card-body">
        <h3 class="card-title">
          <a href={href('workforce', fan.id)}>{fan.name}</a>
        </h3>
        <p>
          <Why id={fan.claim} what={fan.name} class="figure-small">
            {gapWords(fan)}
          </Why>
        </p>
        <p>{fan.reason}.</p>
        <FanPlot fan={fan} />
        {fan.plan && <p class="instead">{planWords(fan).join(' ')}</p>}
        <p class="card-foot">
          <a href={href('workforce', fan.id)}>
            {said.compare}
            <span class="visually-hidden">: {fan.name}</span>
          </a>
          {fan.proposal_state && <Badge tone="wait">{text.approvals.states[fan.proposal_state] ?? fan.proposal_state}</Badge>}
        </p>
      </div>
    </li>
  );
}

const otherColumns: Column<Fan>[] = [
  { name: said.skill, of: fan => <a href={href('workforce', fan.id)}>{fan.name}</a> },
  { name: said.status, of: fan => <Badge tone={fan.status === 'not short' ? 'good' : 'plain'}>{said.statuses[fan.status]}</Badge> },
  {
    name: said.chance,
    num: true,
    of: fan =>
      fan.chance === null ? (
        <Hidden />
      ) : (
        <Why id={fan.claim} what={fan.name}>
          {share(fan.chance)}
        </Why>
      ),
  },
  { name: said.inWords, of: fan => sentence(fan.reason) },
];
const jobColumns: Column<Workforce['jobs'][number]>[] = [
  { name: said.job, of: one => one.job },
  { name: said.holders, num: true, of: one => (one.hidden || one.today === null ? <Hidden /> : people(one.today)) },
  { name: said.first, num: true, of: one => `${people(one.demand_first)} (${month(one.from)})` },
  { name: said.last, num: true, of: one => `${people(one.demand_last)} (${month(one.to)})` },
];
const assumptionColumns: Column<Assumption>[] = [
  { name: said.assumption, of: one => one.name },
  { name: said.value, num: true, of: one => (/^[A-Z]{3}$/.test(one.unit) ? money(one.value, one.unit) : `${number(one.value, 2)} ${one.unit}`) },
  { name: said.inWords, of: one => one.what },
  { name: said.source, of: one => one.source },
];

function Assumptions(props: { of: Assumption[] }): JSX.Element {
  return (
    <section>
      <details>
        <summary>{said.assumptions}</summary>
        <p class="quiet">{said.assumptionsLead}</p>
        <Rows label={said.assumptions} class="table-sm" of={props.of} columns={assumptionColumns} />
      </details>
    </section>
  );
}

export function WorkforcePage(): JSX.Element {
  const workforce = useResource<Workforce>('/workforce');
  const imports = useMay('IMPORT');
  return (
    <Page {...text.pages.workforce} answer={answered(workforce, data => (data.skills.length ? answer(data) : said.empty.title + '.'))}>
      <Load of={workforce} rows={4}>
        {data => {
          const short = data.skills.filter(one => one.status === 'short');
          const others = data.skills.filter(one => one.status !== 'short');
          if (data.skills.length === 0 && data.jobs.length === 0)
            return (
              <Empty
                lead={said.empty.lead + (imports ? '' : ' ' + said.empty.actionElse)}
                action={imports ? { name: said.empty.action, href: href('imports') } : undefined}
              />
            );
          return (
            <>
              <p class="order">{said.order}</p>
              {short.length > 0 && (
                <section>
                  <h2>
                    {said.shortTitle} <span class="count">{short.length}</span>
                  </h2>
                  <ol class="cards fans">
                    {short.map(fan => (
                      <FanCard fan={fan} key={fan.id} />
                    ))}
                  </ol>
                </section>
              )}
              {others.length > 0 && (
                <section>
                  <h2>{said.otherTitle}</h2>
                  <Rows label={said.otherTitle} of={others} columns={otherColumns} focus />
                </section>
              )}
              {data.jobs.length > 0 && (
                <section>
                  <h2>{said.jobs}</h2>
                  <p class="quiet">{said.jobsLead}</p>
                  <Rows label={said.jobs} of={data.jobs} columns={jobColumns} />
                </section>
              )}
              {data.cannot_tell.length > 0 && (
                <section>
                  <h2>{said.missing}</h2>
                  <Rows
                    label={said.missing}
                    of={data.cannot_tell}
                    columns={[
                      { name: said.file, of: one => <code>{one.file}</code> },
                      { name: said.tells, of: one => one.tells },
                    ]}
                  />
                </section>
              )}
              <Assumptions of={data.assumptions} />
            </>
          );
        }}
      </Load>
    </Page>
  );
}

/* --- one skill ---------------------------------------------------------------------------------------------------------------- */

function WayCell(props: { value: number | null; show: (value: number) => string }): JSX.Element {
  return props.value === null ? <span class="quiet">{said.cannotTell}</span> : <>{props.show(props.value)}</>;
}

function Ways(props: { fan: FanDetail }): JSX.Element {
  const { fan } = props;
  const columns: Column<Way>[] = [
    {
      name: said.way,
      of: one => (
        <>
          {said.wayNames[one.way]} <span class="quiet">{said.wayMeaning[one.way]}</span>
        </>
      ),
    },
    { name: said.canGive, num: true, of: one => <WayCell value={one.people} show={people} /> },
    { name: said.money, num: true, of: one => <WayCell value={one.money} show={value => money(value, fan.currency)} /> },
    { name: said.each, num: true, of: one => <WayCell value={one.each} show={value => money(value, fan.currency)} /> },
    { name: said.months, num: true, of: one => <WayCell value={one.months} show={value => number(value, 1)} /> },
    { name: said.inTime, of: one => (one.known ? one.in_time ? said.yes : said.no : <None />) },
    {
      name: said.madeOf,
      of: one => (
        <>
          {one.parts.map(part => `${part.what} ${money(part.money, fan.currency)}`).join('; ')}
          {one.why && <span class="quiet">{(one.parts.length ? '. ' : '') + one.why}</span>}
        </>
      ),
    },
  ];
  return (
    <section>
      <h2>{said.ways}</h2>
      <p class="quiet">{said.waysLead}</p>
      <Rows label={said.ways} of={fan.ways} columns={columns} />
    </section>
  );
}

/* The body of a proposal to build a capability, as an approver reads it: in short, the mix, the four ways, who is near. */
export function CapabilityBody(props: { of: Record<string, unknown> }): JSX.Element {
  const body = props.of as unknown as Pick<FanDetail, 'plan' | 'currency' | 'ways' | 'pool'> & { summary: string; skills: string[] };
  const price = (one: Way): string =>
    one.money === null || one.months === null ? said.cannotTell : said.price(money(one.money, body.currency), number(one.months, 1));
  return (
    <dl class="body-fields">
      <div>
        <dt>{text.approvals.fields.summary}</dt>
        <dd>{sentence(body.summary)}.</dd>
      </div>
      <div>
        <dt>{text.approvals.fields.plan}</dt>
        <dd>{planWords(body).join(' ')}</dd>
      </div>
      {body.ways.map(one => (
        <div key={one.way}>
          <dt>{said.wayNames[one.way]}</dt>
          <dd>
            <b>{price(one)}</b>
            {one.parts.length > 0 && ` ${one.parts.map(part => `${part.what} ${money(part.money, body.currency)}`).join('; ')}.`}
            {one.why && <span class="quiet"> {sentence(one.why)}.</span>}
          </dd>
        </div>
      ))}
      {body.pool && (
        <div>
          <dt>{said.pool}</dt>
          <dd>{body.pool.people === null ? said.poolFew : said.poolLead(number(body.pool.people), list(body.pool.skills))}</dd>
        </div>
      )}
      <div>
        <dt>{text.approvals.fields.more}</dt>
        <dd>
          {body.skills.map(skill => (
            <a href={href('workforce', skill)} key={skill}>
              {said.compare}
            </a>
          ))}
        </dd>
      </div>
    </dl>
  );
}

function Pool(props: { pool: NonNullable<FanDetail['pool']> }): JSX.Element {
  const { pool } = props;
  const byName = [...pool.teams].sort((a, b) => a.team.localeCompare(b.team));
  const rows = [...byName, ...(pool.elsewhere > 0 ? [{ team: said.elsewhere, people: pool.elsewhere }] : [])];
  return (
    <section>
      <h2>{said.pool}</h2>
      {pool.people === null ? (
        <p class="quiet">{said.poolFew}</p>
      ) : (
        <>
          <p class="quiet">{said.poolLead(number(pool.people), list(pool.skills))}</p>
          <Rows
            label={said.pool}
            of={rows}
            columns={[
              { name: said.team, of: one => one.team },
              { name: said.count, num: true, of: one => number(one.people) },
            ]}
          />
        </>
      )}
    </section>
  );
}

function FanFacts(props: { fan: FanDetail }): JSX.Element {
  const { fan } = props;
  const figure = (value: number | null, label: string, show: (value: number) => string): JSX.Element =>
    value === null ? (
      <None />
    ) : (
      <Why id={fan.claim} what={label}>
        {show(value)}
      </Why>
    );
  const gap = fan.short_by;
  const leaving = fan.leaving && (
    <>
      {share(fan.leaving.share)} <span class="quiet">({said.between(share(fan.leaving.low), share(fan.leaving.high))})</span>
      {!fan.leaving.known && <span class="quiet"> {said.leavingAssumed}</span>}
    </>
  );
  const arriving = fan.arriving && (fan.arriving.people !== null ? people(fan.arriving.people) : fan.arriving.known ? said.few : said.notYet);
  return (
    <Facts
      of={[
        [said.today, figure(fan.today, said.today, people)],
        [said.counted, `${number(fan.people)}, ${number(fan.measured)} ${said.measured}`],
        [said.chance, figure(fan.chance, said.chance, share)],
        [
          said.shortBy,
          gap.people === null || gap.low === null || gap.high === null || gap.people <= 0 ? (
            <None />
          ) : (
            `${people(gap.people)} (${said.between(people(Math.max(0, gap.low)), people(gap.high))})`
          ),
        ],
        [said.starts, (fan.status !== 'not short' && starts(fan)) || <None />],
        [said.leaving, leaving ?? <None />],
        [said.arriving, arriving ?? <None />],
      ]}
    />
  );
}

export function WorkforceSkillPage(props: { id: string }): JSX.Element {
  const fan = useResource<FanDetail>('/workforce/' + encodeURIComponent(props.id));
  const approvals = useMay('READ_APPROVALS');
  const data = fan.data;
  const proposal = data?.proposal && approvals ? href('approvals', data.proposal) : null;
  const open = data?.proposal_state === 'proposed' || data?.proposal_state === 'in approval';
  return (
    <Page
      {...text.pages.workforce}
      title={data?.name ?? text.pages.workforce.name}
      back={{ href: href('workforce'), name: said.all }}
      answer={answered(fan, one => sentence(one.reason) + '.')}
      actions={
        proposal && open ? (
          <a class="btn btn-primary" href={proposal}>
            {said.proposal}
          </a>
        ) : undefined
      }
    >
      <Load of={fan} rows={4}>
        {one => (
          <>
            {one.plan && (
              <div class="callout">
                <p>{planWords(one).join(' ')}</p>
                {one.proposal_state && <p>{open ? said.waits : said.decided(text.approvals.states[one.proposal_state] ?? one.proposal_state)}</p>}
              </div>
            )}
            {!one.withheld && <FanFacts fan={one} />}
            <FanPlot fan={one} tall />
            {one.ways.length > 0 && <Ways fan={one} />}
            {one.pool && <Pool pool={one.pool} />}
            <Assumptions of={one.assumptions} />
          </>
        )}
      </Load>
    </Page>
  );
}
