/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One intervention: its verdict in words, the four levels with what hinders use on the job, the effect week by week since the start,
 * the values themselves, the two checks that would find a false comparison, whom it reached, how long it took; and what was registered before any of it was
 * known, the drawn order of start included. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, days, long, money, moment, number, sentence, share } from '../format.ts';
import { invalidate, post, useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Facts, Load, None, Page, Rows, say, Scroll, useMay, Why } from '../ui/parts.tsx';
import { ReasonDialog } from '../ui/reason.tsx';
import { Plot } from '../ui/picture.tsx';
import { Interval, IntervalKey, Lead } from '../ui/interval.tsx';
import { basisOf, BELIEVED, between, effectLabel, signed, takenBack, Verdict, wayOf } from './impact.tsx';
import type { Blocker, Check, Curve, Intervention, Level } from '../api.ts';

const said = text.impact;

function answer(one: Intervention): string {
  if (one.hidden) return said.hiddenAnswer;
  if (one.sentence) return (takenBack(one) ? said.saidAnswer + ' ' : '') + sentence(one.sentence);
  if (!one.measurable) return said.neverAnswer;
  return one.told_from && one.told_from > one.today ? said.notYetAnswer(day(one.told_from)) : said.notMeasured + '.';
}

/* Money, at the last reading only. */
function worthOf(one: Intervention): [string, JSX.Element | string][] {
  return [
    [
      said.worth,
      one.value === null ? (
        <None />
      ) : (
        <>
          <Why id={one.claim} what={said.worthOf(one.title)}>
            {money(one.value.money, one.value.currency)}
          </Why>{' '}
          {one.value.low !== null && one.value.high !== null && (
            <span class="quiet">{text.shell.interval(money(one.value.low, one.value.currency), money(one.value.high, one.value.currency))}</span>
          )}
          {one.value_per_unit !== null && one.value_per_unit > 0 && (
            <>
              <br />
              <span class="quiet">{said.perUnit(money(one.value_per_unit, one.value.currency), one.unit === '%' ? said.ofPoint : said.ofUnit)}</span>
            </>
          )}
        </>
      ),
    ],
    [
      said.back,
      one.return === null ? (
        <None />
      ) : (
        <>
          {said.times(number(one.return, 2))}{' '}
          {one.return_interval && (
            <span class="quiet">{text.shell.interval(said.times(number(one.return_interval[0], 2)), said.times(number(one.return_interval[1], 2)))}</span>
          )}
        </>
      ),
    ],
  ];
}

/* Both figures, one under the other on one axis. */
function SaidEarly(props: { of: Intervention }): JSX.Element | null {
  const one = props.of,
    early = one.said_early;
  if (!early || early.confirmed) return null;
  const then: Intervention = { ...one, verdict: 'moved', basis: 'any time', estimate: early.estimate, interval: early.interval };
  const row = (name: string, of: Intervention): JSX.Element => (
    <li>
      <b>{name}</b>
      <span>
        {of.estimate === null ? (
          <span class="quiet">{said.saidHidden}</span>
        ) : (
          <>
            <b>{signed(of.estimate, of.unit)}</b> <span class="quiet">{between(of.interval)}</span>
          </>
        )}
      </span>
      <Interval of={of} label={effectLabel(of)} />
    </li>
  );
  return (
    <section class="callout said-early">
      <h2>{said.saidTitle}</h2>
      <ol>
        {row(said.saidOn(day(early.day)), then)}
        {row(said.saidAt(day(one.told_from ?? one.today)), one)}
      </ol>
      <p>{said.saidLead}</p>
    </section>
  );
}

/* What is known of any intervention, and what only of a measured one. */
function Verdicts(props: { of: Intervention }): JSX.Element {
  const one = props.of;
  const sure: [string, JSX.Element | string][] = one.measured
    ? [
        [
          said.effect,
          <>
            <Why id={one.claim} what={said.effectOf(one.title)}>
              {signed(one.estimate!, one.unit)}
            </Why>{' '}
            <span class="quiet">
              {between(one.interval)}
              {long(one.unit) && ', ' + one.unit}
              {basisOf(one) && ', ' + basisOf(one)}
            </span>
          </>,
        ],
        ...(one.basis === 'last reading' ? worthOf(one) : []),
        ...(one.q !== null && one.verdict === 'moved'
          ? [
              [
                said.amongMany,
                <>
                  {one.q <= BELIEVED ? said.believed : said.doubted}
                  <br />
                  <span class="quiet">{said.qOf(number(one.q, 2))}</span>
                </>,
              ] as [string, JSX.Element],
            ]
          : []),
        ...(one.said_early && one.said_early.confirmed ? [[said.saidFirst, day(one.said_early.day)] as [string, string]] : []),
        [said.sure, one.sure ? sentence(one.sure) : one.confidence === null ? <None /> : share(one.confidence)],
        [said.method, one.method ? sentence(one.method) : <None />],
      ]
    : [];
  return (
    <>
      <Facts
        of={[
          [said.verdict, <Verdict of={one} />],
          ...(wayOf(one) ? [[said.wayName, wayOf(one)!] as [string, string]] : []),
          [said.minimum, one.minimum_effect === null ? <None /> : signed(one.minimum_effect, one.unit).replace('+', '')],
          [
            said.cost,
            one.cost === null ? (
              <None />
            ) : (
              <>
                {money(one.cost, one.value?.currency ?? one.currency)}
                {one.hours !== null && !one.versions.some(version => version.cost !== null) && (
                  <>
                    <br />
                    <span class="quiet">{said.hoursOf(number(one.hours, 0))}</span>
                  </>
                )}
              </>
            ),
          ],
          ...sure,
        ]}
      />
      {one.measured && (
        <>
          <div class="interval-large">
            <Interval of={one} label={effectLabel(one)} />
          </div>
          <IntervalKey early={basisOf(one) !== null} />
        </>
      )}
      {one.needed && (
        <div class="callout quiet-callout">
          <h2>{one.measurable ? said.needed : said.whyNever}</h2>
          <p>
            {one.needed} {one.told_from && one.told_from > one.today && !one.measured && said.from(day(one.told_from))}
          </p>
        </div>
      )}
    </>
  );
}

/* --- the four levels --------------------------------------------------------------------------------------------------------- */

function Blockers(props: { of: Blocker[] }): JSX.Element {
  const needs = useMay('READ_NEEDS');
  return (
    <details class="blockers">
      <summary>{said.blockers(props.of.length)}</summary>
      <p class="quiet">{said.blockersLead}</p>
      <ul>
        {props.of.map(one => (
          <li key={one.sentence}>
            {sentence(one.sentence)}{' '}
            {one.need && needs ? (
              <a class="alone" href={href('needs', one.need)}>
                {said.blockerNeed}
              </a>
            ) : (
              <span class="quiet">{one.people > 0 ? said.restsOn(number(one.count, 0), number(one.people, 0)) : one.count > 0 ? said.restsOnRecords(number(one.count, 0)) : ''}</span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

const levelTones = { seen: 'good', 'cannot tell': 'wait', empty: 'plain', withheld: 'plain' } as const;

function LevelRow(props: { level: Level; of: Intervention }): JSX.Element {
  const { level, of: one } = props;
  const results = level.name === 'results';
  return (
    <li class={'level-row' + (results ? ' first' : '')}>
      <div>
        <h3>{said.levelNames[level.name]}</h3>
        <p class="quiet">{said.levelAsks[level.name]}</p>
      </div>
      <div>
        <p>
          {results ? <Verdict of={one} /> : <Badge tone={levelTones[level.state]}>{said.levelStates[level.state]}</Badge>}
          {results && one.estimate !== null && (
            <>
              {' '}
              <b>{signed(one.estimate, one.unit)}</b>{' '}
              <span class="quiet">
                {between(one.interval)}
                {basisOf(one) && ', ' + basisOf(one)}
              </span>
            </>
          )}
        </p>
        {level.signs.map(sign => (
          <p key={sign.sentence}>
            {sentence(sign.sentence)}{' '}
            <span class="quiet">{sign.people > 0 ? said.restsOn(number(sign.results, 0), number(sign.people, 0)) : said.restsOnRecords(number(sign.results, 0))}</span>
          </p>
        ))}
        {!results && level.fill && (
          <p class="quiet">
            {said.fill} {level.fill}
          </p>
        )}
        {level.name === 'behaviour' && one.blockers.length > 0 && <Blockers of={one.blockers} />}
      </div>
    </li>
  );
}

function Levels(props: { of: Intervention }): JSX.Element | null {
  if (props.of.hidden) return null;
  return (
    <section>
      <h2>{said.levels}</h2>
      <p class="quiet">{said.levelsLead}</p>
      <ol class="level-rows">
        {props.of.levels.map(level => (
          <LevelRow level={level} of={props.of} key={level.level} />
        ))}
      </ol>
    </section>
  );
}

/* --- pictures ---------------------------------------------------------------------------------------------------------------- */

const shown = (value: number | null): string => (value === null ? '–' : number(value, 2));

/* An effect week by week, with its band and the line of nothing. */
function Weekly(props: { of: Curve; unit: string; label: string; week?: (week: number) => string }): JSX.Element {
  const { of, unit, label } = props,
    name = props.week ?? said.week;
  return (
    <Plot
      label={label}
      picture={{
        kind: 'lines',
        unit: unit === '%' ? text.shell.points : unit,
        days: of.week.map(week => name(week)),
        lines: [
          { name: said.effectLine, values: of.effect, tone: 'main' },
          { name: said.lowLine, values: of.low, tone: 'quiet' },
          { name: said.highLine, values: of.high, tone: 'quiet' },
        ],
        marks: [{ name: said.key.nought, value: 0 }],
      }}
      table={{
        head: [said.weekHead, said.effectLine, said.lowLine, said.highLine],
        rows: of.week.map((week, index) => [week, shown(of.effect[index]), shown(of.low[index]), shown(of.high[index])]),
      }}
    />
  );
}

function Weeks(props: { of: Intervention }): JSX.Element | null {
  const { series, title, unit } = props.of;
  if (!series || series.week.length < 2) return null;
  return (
    <section>
      <h2>{said.weeks}</h2>
      <p class="quiet">{said.weeksLead}</p>
      <Weekly of={series} unit={unit} label={said.weeksChart(title)} />
    </section>
  );
}

function Raw(props: { of: Intervention }): JSX.Element | null {
  const { raw, title, unit, comparison_hidden } = props.of;
  if (!raw || raw.days.length < 2) return null;
  const names = days(raw.days),
    other = raw.comparison;
  return (
    <section>
      <h2>{said.raw}</h2>
      <p class="quiet">{comparison_hidden && !other ? said.rawHidden : said.rawLead}</p>
      <Plot
        label={said.rawChart(title)}
        picture={{
          kind: 'lines',
          unit,
          days: names,
          lines: [
            { name: said.treatedLine, values: raw.treated, tone: 'main' as const },
            ...(other ? [{ name: said.comparisonLine, values: other, tone: 'quiet' as const }] : []),
          ],
          marks: [],
        }}
        table={{
          head: [said.dayHead, said.treatedLine, ...(other ? [said.comparisonLine] : [])],
          rows: names.map((name, index) => [name, shown(raw.treated[index]), ...(other ? [shown(other[index])] : [])]),
        }}
      />
    </section>
  );
}

/* --- checks, use, changes ------------------------------------------------------------------------------------------------ */

/* A check, closed until it is asked for: its figure in the line that opens it, then its picture. */
function CheckMore(props: { of: Check; unit: string; name: string; lead: string; chart: string; week?: (week: number) => string }): JSX.Element {
  const { of, unit } = props;
  const [open, setOpen] = useState(false);
  const found = typeof of.p === 'number' && of.p < BELIEVED;
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {props.name} {typeof of.estimate === 'number' && <b>{signed(of.estimate, unit)}</b>} {of.interval && between(of.interval)}
      </summary>
      <p>
        {props.lead} {typeof of.estimate === 'number' && <b>{signed(of.estimate, unit)}</b>}
        {of.interval && ', ' + between(of.interval)}
        {typeof of.p === 'number' && `, p = ${number(of.p, 3)}`}. {typeof of.p === 'number' && (found ? said.checkFound : said.checkFine)} {of.sentence}
      </p>
      {open && of.series && of.series.week.length > 1 && <Weekly of={of.series} unit={unit} label={props.chart} week={props.week} />}
    </details>
  );
}

function Checks(props: { of: Intervention }): JSX.Element | null {
  const one = props.of;
  if (!one.placebo && !one.pretrend) return null;
  return (
    <section>
      <h2>{said.checks}</h2>
      <p class="quiet">{said.checksLead}</p>
      {one.pretrend && (
        <CheckMore of={one.pretrend} unit={one.unit} name={said.pretrend} lead={said.pretrendLead} chart={said.pretrendChart(one.title)} week={said.pretrendWeek} />
      )}
      {one.placebo && <CheckMore of={one.placebo} unit={one.unit} name={said.placebo} lead={said.placeboLead} chart={said.placeboChart(one.title)} />}
    </section>
  );
}

/* Whom it reached, too early as well, and who changed between the teams: what makes an effect look other than it is. */
function Use(props: { of: Intervention }): JSX.Element | null {
  const { exposures: reached, moves } = props.of;
  if (props.of.claim === null || props.of.hidden) return null; /* nobody has looked yet, or it is nobody's to see */
  const counts = typeof reached === 'object' ? reached : null;
  const people = typeof reached === 'number' ? reached : counts?.people;
  const facts: [string, JSX.Element | string][] = [[said.exposures, people === undefined ? <span class="quiet">{said.exposuresNone}</span> : said.peopleOf(people)]];
  if (counts) facts.push([said.openedOf, number(counts.opened, 0)], [said.tooEarly, counts.early ? said.tooEarlyOf(counts.early) : said.tooEarlyNone]);
  facts.push([said.moves, typeof moves !== 'number' ? <span class="quiet">{said.movesFew}</span> : moves === 0 ? said.movesNone : said.peopleOf(moves)]);
  const teams = counts?.teams ?? [];
  return (
    <section>
      <h2>{said.use}</h2>
      <p class="quiet">{said.useLead}</p>
      <Facts of={facts} />
      {teams.length > 0 && (
        <details>
          <summary>{said.byTeam}</summary>
          <Rows
            label={said.byTeam}
            class="table-sm"
            of={teams}
            columns={[
              { name: text.goals.team, of: one => one.team },
              { name: said.exposures, num: true, of: one => number(one.people, 0) },
              { name: said.shownOf, num: true, of: one => number(one.shown, 0) },
              { name: said.openedOf, num: true, of: one => number(one.opened, 0) },
              { name: said.doneOf, num: true, of: one => number(one.done, 0) },
            ]}
          />
        </details>
      )}
    </section>
  );
}

function Changes(props: { of: Intervention }): JSX.Element {
  return (
    <section>
      <h2>{said.changes}</h2>
      {props.of.changes.length === 0 ? (
        <p class="quiet">{said.changesNone}</p>
      ) : (
        <Rows
          label={said.changes}
          class="table-sm"
          of={props.of.changes}
          columns={[
            { name: said.change, of: one => one.title },
            { name: said.scope, of: one => one.scope || said.company },
            { name: said.dayHead, of: one => day(one.day) },
          ]}
        />
      )}
    </section>
  );
}

/* --- the registration ------------------------------------------------------------------------------------------------------------ */

function Order(props: { of: Intervention }): JSX.Element {
  const teams = [...props.of.teams].sort((a, b) => (a.start ?? '9').localeCompare(b.start ?? '9') || a.team.localeCompare(b.team));
  return (
    <Rows
      label={said.orderOfStart}
      class="table-sm"
      of={teams}
      columns={[
        { name: text.goals.team, of: one => one.team },
        { name: said.starts, of: one => (one.start ? day(one.start) : one.affected ? said.waits : said.compared) },
      ]}
    />
  );
}

/* Every version, the one that was frozen first; what a later one changed, from what, and why. */
function Versions(props: { of: Intervention }): JSX.Element {
  const one = props.of;
  const cost = (value: number | null): string => (value === null ? text.shell.unknown : money(value, one.currency)),
    effect = (value: number | null): string => (value === null ? text.shell.unknown : signed(value, one.unit).replace('+', ''));
  return (
    <>
      <h3>{said.versions}</h3>
      <ol class="timeline">
        {one.versions.map(version => (
          <li key={version.version}>
            <b>{said.versionOf(version.version, said.versionWords[version.what])}</b> <span class="quiet">{said.versionBy(version.by, moment(version.at))}</span>
            {version.cost !== null && <p>{said.versionCost(cost(version.cost_before), cost(version.cost))}</p>}
            {version.minimum_effect !== null && <p>{said.versionMinimum(effect(version.minimum_effect_before), effect(version.minimum_effect))}</p>}
            {version.reason && <p class="quiet">{version.reason}</p>}
          </li>
        ))}
      </ol>
    </>
  );
}

function Amend(props: { of: Intervention; close: () => void; done: () => void }): JSX.Element {
  const one = props.of;
  const cost = useRef<HTMLInputElement>(null),
    minimum = useRef<HTMLInputElement>(null);
  const [nothing, setNothing] = useState(false);
  const changed = (field: HTMLInputElement | null, before: number | null): number | undefined => {
    const value = field && field.value.trim() !== '' ? Number(field.value) : undefined;
    return value !== undefined && value !== before ? value : undefined;
  };
  const body = (): { cost?: number; minimum_effect?: number } => ({ cost: changed(cost.current, one.cost), minimum_effect: changed(minimum.current, one.minimum_effect) });
  const ready = (): boolean => {
    const some = Object.values(body()).some(value => value !== undefined);
    setNothing(!some);
    if (!some) cost.current!.focus();
    return some;
  };
  const send = async (reason: string): Promise<void> => {
    await post(`/interventions/${encodeURIComponent(one.id)}/amend`, { ...body(), reason });
    props.done();
    props.close();
    invalidate();
    say(said.amended);
  };
  return (
    <ReasonDialog
      id="amend-reason"
      title={said.amendTitle(one.title)}
      label={said.amendReason}
      missing={said.amendMissing}
      submit={said.amendSubmit}
      focus={false}
      ready={ready}
      send={send}
      close={props.close}
      before={
        <>
          <p class="quiet">{said.amendLead}</p>
          <label class="form-label" for="amend-cost">
            {said.amendCost(one.currency)}
          </label>
          <input class="form-control" id="amend-cost" ref={cost} type="number" min="0" step="any" defaultValue={one.cost ?? ''} autofocus aria-describedby="amend-nothing" />
          {one.amendable ? (
            <>
              <label class="form-label" for="amend-minimum">
                {said.amendMinimum(one.unit === '%' ? text.shell.points : one.unit)}
              </label>
              <input class="form-control" id="amend-minimum" ref={minimum} type="number" min="0" step="any" defaultValue={one.minimum_effect ?? ''} aria-describedby="amend-nothing" />
            </>
          ) : (
            <p class="quiet">{said.amendFrozen}</p>
          )}
          <p class="form-error" id="amend-nothing" role="alert">
            {nothing ? said.amendNothing : ''}
          </p>
        </>
      }
    />
  );
}

function Registration(props: { of: Intervention; amend: (() => void) | null }): JSX.Element {
  const one = props.of;
  const facts: [string, string | JSX.Element][] = [
    [said.registeredOn, one.registered_by ? said.registeredBy(moment(one.registered_at), one.registered_by) : moment(one.registered_at)],
    [said.design, one.design ? (said.designs[one.design] ?? one.design) : text.shell.unknown],
    [said.weeksCount, said.weeksSpan(one.from_week, one.to_week)],
    ...(one.baseline_from && one.baseline_to ? [[said.before, said.span(day(one.baseline_from), day(one.baseline_to))] as [string, string]] : []),
    [said.power, share(one.power)],
    ...(one.told_from ? [[said.told, day(one.told_from)] as [string, string]] : []),
    ...(one.owner ? [[said.owner, one.owner] as [string, string]] : []),
    ...(one.ended ? [[said.ended, day(one.ended)] as [string, string]] : []),
  ];
  return (
    <section class="card registration">
      <div class="card-body">
        <h2>{said.registration}</h2>
        <p class="quiet">{said.registrationLead}</p>
        <Facts of={facts} />
        {one.evidence && (
          <>
            <h3>{said.evidence}</h3>
            <p class="quiet">{one.evidence}</p>
          </>
        )}
        <h3>{said.orderOfStart}</h3>
        <p class="quiet">{new Set(one.teams.map(unit => unit.start).filter(Boolean)).size > 1 ? said.orderLead : said.orderNone}</p>
        <Order of={one} />
        {one.versions.length > 0 && <Versions of={one} />}
        {props.amend && (
          <button type="button" class="btn btn-sm btn-outline-secondary" onClick={props.amend}>
            {said.amend}
          </button>
        )}
        <details>
          <summary>{said.whole}</summary>
          <Scroll label={said.whole}>
            <pre class="mapping">{JSON.stringify(one.registration, null, 2)}</pre>
          </Scroll>
        </details>
      </div>
    </section>
  );
}

/* --- the page ---------------------------------------------------------------------------------------------------------------------- */

export function InterventionPage(props: { id: string }): JSX.Element {
  const intervention = useResource<Intervention>('/impact/' + encodeURIComponent(props.id));
  const needs = useMay('READ_NEEDS'),
    decides = useMay('DECIDE_NEEDS');
  const [amending, setAmending] = useState(false);
  const data = intervention.data;
  return (
    <Page
      {...text.pages.impact}
      title={data?.title ?? text.pages.impact.name}
      answer={answered(intervention, answer)}
      back={{ href: href('impact'), name: said.all }}
    >
      <Load of={intervention} rows={4}>
        {one => (
          <div class="with-aside">
            <div>
              <p>
                {one.goal && (
                  <a class="alone" href={href('goals', one.goal)}>
                    {one.goal_name}
                  </a>
                )}
                {needs && one.need_title && (
                  <>
                    {' · '}
                    <a class="alone" href={href('needs', one.need)}>
                      {one.need_title}
                    </a>
                  </>
                )}
              </p>
              <SaidEarly of={one} />
              <Verdicts of={one} />
              <Levels of={one} />
              <Weeks of={one} />
              <Raw of={one} />
              <Checks of={one} />
              <Use of={one} />
              {one.lead_days.need !== null && (
                <section>
                  <h2>{said.lead}</h2>
                  <Lead of={one.lead_days} label={said.lead} />
                </section>
              )}
              <Changes of={one} />
            </div>
            <aside aria-label={said.registration}>
              <Registration of={one} amend={decides ? () => setAmending(true) : null} />
            </aside>
          </div>
        )}
      </Load>
      {amending && data && <Amend of={data} close={() => setAmending(false)} done={() => void intervention.reload()} />}
    </Page>
  );
}
