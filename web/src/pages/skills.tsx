/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Skills: a heat map of coverage, skills down and teams across, as a real table (so it can be read aloud, copied and
 * printed); the picture of calibration; and a skill's own page with its spread and half-life. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { number, share } from '../format.ts';
import { useResource } from '../client.ts';
import { go, href } from '../router.ts';
import { answered, Empty, Facts, Hidden, Load, None, openWhy, Page, Rows, Scroll, useMay, Why, type Column } from '../ui/parts.tsx';
import { Plot } from '../ui/picture.tsx';
import type { Calibration, Cell, SkillDetail, SkillRow, Skills } from '../api.ts';

const said = text.skills;
const STEPS = 5;
const heat = (value: number): string => 'heat-' + Math.min(STEPS, Math.max(1, Math.ceil(value * STEPS)));

function MapCell(props: { cell: Cell | undefined; team: string; skill: string; first: boolean }): JSX.Element {
  const { cell } = props;
  if (!cell || (!cell.hidden && (cell.needing === 0 || cell.needing === null))) return <td class="cell cell-none" />;
  if (cell.hidden)
    return (
      <td class="cell cell-hidden" title={said.hiddenCell(props.team, props.skill)}>
        <span class="visually-hidden">{said.hiddenCell(props.team, props.skill)}</span>
      </td>
    );
  if (cell.share === null)
    return (
      <td class="cell cell-unmeasured" title={`${props.skill}, ${props.team}: ${said.unmeasured}`}>
        <span aria-hidden="true">?</span>
        <span class="visually-hidden">{said.unmeasured}</span>
      </td>
    );
  const label = said.cell(
    props.team,
    props.skill,
    share(cell.share),
    number(Math.round(cell.there ?? 0)),
    number(cell.measured ?? cell.needing ?? 0),
  );
  return (
    <td class={'cell ' + heat(cell.share)} title={label}>
      <Door id={cell.skill} label={label} first={props.first}>
        {Math.round(cell.share * 100)}
      </Door>
    </td>
  );
}

/* The figures are one stop of the Tab key; arrows move among them. */
function Door(props: { id: string; label: string; first: boolean; children: number }): JSX.Element {
  const may = useMay('WHY');
  if (!may) return <>{props.children}</>;
  return (
    <button type="button" tabIndex={props.first ? 0 : -1} onClick={() => openWhy(props.id)}>
      <span aria-hidden="true">{props.children}</span>
      <span class="visually-hidden">{text.shell.whyOf(props.label)}</span>
    </button>
  );
}
function moveCell(event: KeyboardEvent): void {
  const step = ({ ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] } as Record<string, [number, number]>)[
    event.key
  ];
  const cell = (event.target as HTMLElement).closest('td');
  if (!step || !cell) return;
  event.preventDefault();
  const rows = [...cell.closest('tbody')!.rows];
  for (
    let row = rows.indexOf(cell.parentElement as HTMLTableRowElement) + step[0], column = cell.cellIndex + step[1];
    rows[row]?.cells[column];
    row += step[0], column += step[1]
  ) {
    const button = rows[row].cells[column].querySelector('button');
    if (button) {
      button.focus();
      return;
    }
  }
}

/* One skill's coverage over the teams that may be shown. */
function total(cells: Cell[]): { share: number; measured: number; there: number } | null {
  const shown = cells.filter(cell => !cell.hidden && cell.there !== null && (cell.measured ?? 0) > 0);
  const measured = shown.reduce((sum, cell) => sum + cell.measured!, 0);
  const there = shown.reduce((sum, cell) => sum + cell.there!, 0);
  return measured === 0 ? null : { share: there / measured, measured, there };
}

function skillsAnswer(data: Skills): string {
  const name = new Map(data.skills.map(skill => [skill.id, skill.name]));
  const bySkill = Map.groupBy
    ? Map.groupBy(data.cells, cell => cell.skill)
    : data.cells.reduce((map, cell) => map.set(cell.skill, [...(map.get(cell.skill) ?? []), cell]), new Map<string, Cell[]>());
  const totals = [...bySkill]
    .map(([skill, cells]) => ({ skill, of: total(cells) }))
    .filter((one): one is { skill: string; of: { share: number; measured: number; there: number } } => one.of !== null);
  const all = total(data.cells);
  const thin = totals.sort((a, b) => a.of.share - b.of.share)[0];
  const stale = data.skills.filter(skill => (skill.stale ?? 0) > 0 && skill.people).sort((a, b) => b.stale! - a.stale!)[0];
  return said.answer(
    all ? share(all.share) : null,
    thin && thin.of.share < 0.9 ? (name.get(thin.skill) ?? thin.skill) : null,
    stale ? stale.name : null,
  );
}

/* Above so many teams the map shows departments, and a department's teams when one is chosen. */
const MOST_TEAMS = 24;
interface MapColumn {
  name: string;
  group: string;
  at: (skill: string) => Cell | undefined;
}

const departmentOf = (team: { department: string | null }): string => team.department ?? text.shell.noDepartment;

function columnsOf(data: Skills): MapColumn[] {
  const at = new Map(data.cells.map(cell => [cell.team + '\n' + cell.skill, cell]));
  const departments = [...new Set(data.teams.map(departmentOf))];
  const teams = departments.map(department => data.teams.filter(team => departmentOf(team) === department));
  if (data.teams.length <= MOST_TEAMS || departments.length < 2)
    return teams.flat().map(team => ({ name: team.team, group: departmentOf(team), at: skill => at.get(team.team + '\n' + skill) }));
  return departments.map((department, index) => ({
    name: department,
    group: '',
    at: skill => {
      const cells = teams[index].map(team => at.get(team.team + '\n' + skill)).filter(cell => cell !== undefined);
      const sum = total(cells);
      if (sum)
        return {
          team: department,
          skill,
          needing: sum.measured,
          measured: sum.measured,
          there: sum.there,
          share: sum.share,
          hidden: false,
        };
      return cells.find(cell => !cell.hidden && (cell.needing ?? 0) > 0) ?? cells.find(cell => cell.hidden);
    },
  }));
}

function HeatMap(props: { data: Skills }): JSX.Element {
  const { data } = props;
  const columns = useMemo(() => columnsOf(data), [data]);
  const needed = useMemo(() => new Set(data.cells.filter(cell => cell.hidden || (cell.needing ?? 0) > 0).map(cell => cell.skill)), [data]);
  const coverage = new Map(data.skills.map(skill => [skill.id, total(data.cells.filter(cell => cell.skill === skill.id))?.share ?? 2]));
  const skills = data.skills
    .filter(skill => needed.has(skill.id))
    .sort((a, b) => coverage.get(a.id)! - coverage.get(b.id)! || a.name.localeCompare(b.name));
  const groups = [...new Set(columns.map(column => column.group))];
  const upright = columns.length <= 8;
  let first = true; /* the Tab key stops at the first figure only */
  return (
    <Scroll label={said.map}>
      <table class={upright ? 'heat upright' : 'heat'} onKeyDown={moveCell}>
        <caption class="visually-hidden">
          {said.map}. {said.mapLead}
        </caption>
        <thead>
          {groups.length > 1 && (
            <tr>
              <td class="corner" />
              {groups.map(group => (
                <th
                  scope="colgroup"
                  class="group"
                  key={group}
                  title={group}
                  colSpan={columns.filter(column => column.group === group).length}
                >
                  <span>{group}</span>
                </th>
              ))}
            </tr>
          )}
          <tr>
            <th scope="col" class="corner">
              {said.skill}
            </th>
            {columns.map(column => (
              <th scope="col" class={upright ? 'flat' : 'tilt'} key={column.name}>
                {column.group === '' ? (
                  <a href={href('skills', null, { department: column.name })}>{column.name}</a>
                ) : (
                  <span>{column.name}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {skills.map(skill => (
            <tr key={skill.id}>
              <th scope="row">
                <a href={href('skills', skill.id)}>{skill.name}</a>
              </th>
              {columns.map(column => {
                const cell = column.at(skill.id),
                  stop = first && !!cell && !cell.hidden && cell.share !== null;
                if (stop) first = false;
                return <MapCell key={column.name} cell={cell} team={column.name} skill={skill.name} first={stop} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Legend(): JSX.Element {
  return (
    <ul class="heat-legend">
      <li>
        {said.legend.low}
        {Array.from({ length: STEPS }, (_, index) => (
          <i key={index} class={'heat-' + (index + 1)} />
        ))}
        {said.legend.high}
      </li>
      <li>
        <i class="cell-unmeasured" />
        {said.legend.unmeasured}
      </li>
      <li>
        <i class="cell-hidden" />
        {said.legend.hidden}
      </li>
      <li>
        <i class="cell-none" />
        {said.legend.none}
      </li>
    </ul>
  );
}

function Trust(props: { of: Calibration }): JSX.Element {
  const { of } = props;
  if (of.bins.length === 0 || of.error === null) return <p class="quiet">{said.calibrationNone}</p>;
  const error = number(of.error, 3),
    prior = of.error_of_prior === null ? null : number(of.error_of_prior, 3);
  return (
    <div class="pair">
      <div>
        <p>
          {said.calibrationAnswer(number(of.forecasts), error, prior, of.error_of_prior === null ? null : of.error < of.error_of_prior)}
        </p>
        {of.covered !== null && <p>{said.covered(share(of.covered))}</p>}
      </div>
      <Plot
        label={said.calibrationChart}
        picture={{ kind: 'calibration', points: of.bins, x: said.predicted, y: said.observed, perfect: said.perfect }}
        table={{
          head: [said.predicted, said.observed, said.count],
          rows: of.bins.map(bin => [share(bin.predicted), share(bin.observed), number(bin.count)]),
        }}
      />
    </div>
  );
}

const skillColumns: Column<SkillRow>[] = [
  { name: said.skill, of: skill => <a href={href('skills', skill.id)}>{skill.name}</a> },
  { name: said.people, num: true, of: skill => (skill.people ? number(skill.people) : <None />) },
  {
    name: said.mean,
    num: true,
    of: skill =>
      skill.mean === null ? (
        <None />
      ) : (
        <Why id={skill.id} what={`${skill.name}, ${said.mean}`}>
          {number(skill.mean, 1)}
        </Why>
      ),
  },
  { name: said.stale, num: true, of: skill => (skill.stale === null ? <None /> : share(skill.stale)) },
  {
    name: said.halfLife,
    num: true,
    of: skill => (skill.half_life_months === null ? <None /> : said.months(number(skill.half_life_months))),
  },
];

export function SkillsPage(props: { department: string | null }): JSX.Element {
  const department = props.department ?? '';
  const skills = useResource<Skills>('/skills' + (department ? '?department=' + encodeURIComponent(department) : ''));
  const [known, setKnown] = useState<string[]>([]);
  const imports = useMay('IMPORT');
  const names = department
    ? known.length
      ? known
      : [department]
    : [...new Set((skills.data?.teams ?? []).map(team => team.department).filter(name => name !== null))].sort();
  useEffect(() => {
    if (!department && names.length > 0 && names.join() !== known.join()) setKnown(names);
  });
  return (
    <Page
      {...text.pages.skills}
      answer={answered(skills, data => (data.skills.length ? skillsAnswer(data) : said.empty.title + '.'))}
      actions={
        department || names.length > 1 ? (
          <div>
            <label class="form-label" for="department">
              {said.department}
            </label>
            <select
              class="form-select"
              id="department"
              value={department}
              onChange={event =>
                go(href('skills', null, event.currentTarget.value ? { department: event.currentTarget.value } : undefined))
              }
            >
              <option value="">{said.allDepartments}</option>
              {names.map(name => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        ) : undefined
      }
    >
      <Load of={skills} rows={6}>
        {data => {
          const groups = new Set(data.skills.map(skill => skill.broader));
          return data.skills.length === 0 ? (
            <Empty
              lead={said.empty.lead + (imports ? '' : ' ' + said.empty.actionElse)}
              action={imports ? { name: said.empty.action, href: href('imports') } : undefined}
            />
          ) : (
            <>
              {data.cells.length > 0 && (
                <section>
                  <h2>{said.map}</h2>
                  <p class="quiet">
                    {said.mapLead} {said.mapOrder}
                    {!department && data.teams.length > MOST_TEAMS && ' ' + said.mapDepartments}
                  </p>
                  <Legend />
                  <HeatMap data={data} />
                </section>
              )}
              {data.calibration && (
                <section>
                  <h2>{said.calibration}</h2>
                  <Trust of={data.calibration} />
                </section>
              )}
              <section>
                <h2>{said.all}</h2>
                <p class="quiet">{said.allOrder}</p>
                <Rows
                  label={said.all}
                  of={data.skills.filter(skill => skill.people || !groups.has(skill.id)).sort((a, b) => a.name.localeCompare(b.name))}
                  columns={skillColumns}
                  focus
                />
              </section>
            </>
          );
        }}
      </Load>
    </Page>
  );
}

/* --- one skill ---------------------------------------------------------------------------------------------------------------- */

const HORIZON_MONTHS = 60,
  CURVE_POINTS = 31;
function fading(halfLife: number): [number, number][] {
  const until = Math.min(HORIZON_MONTHS, Math.ceil(halfLife * 2.5));
  return Array.from({ length: CURVE_POINTS }, (_, index) => {
    const month = (until * index) / (CURVE_POINTS - 1);
    return [Math.round(month * 10) / 10, 2 ** (-month / halfLife)];
  });
}

const people = (value: number | null): JSX.Element | string => (value === null ? <Hidden /> : number(Math.round(value)));
const jobColumns: Column<SkillDetail['jobs'][number]>[] = [
  { name: said.job, of: job => job.job },
  { name: said.required, num: true, of: job => number(job.required, 1) },
  { name: said.needing, num: true, of: job => people(job.needing) },
  { name: said.measured, num: true, of: job => people(job.measured) },
  { name: said.there, num: true, of: job => people(job.there) },
];
const known = (team: Cell, value: number | null): JSX.Element | string =>
  team.hidden ? <Hidden /> : value === null ? <None /> : number(Math.round(value));
const teamColumns: Column<SkillDetail['teams'][number]>[] = [
  { name: said.team, of: team => team.team },
  { name: said.department, of: team => team.department ?? <None /> },
  { name: said.needing, num: true, of: team => known(team, team.needing) },
  { name: said.measured, num: true, of: team => known(team, team.measured) },
  { name: said.there, num: true, of: team => known(team, team.there) },
  { name: said.share, num: true, of: team => (team.hidden ? <Hidden /> : team.share === null ? <None /> : share(team.share)) },
];

function SkillFacts(props: { skill: SkillDetail }): JSX.Element {
  const one = props.skill;
  const goals = useMay('READ_GOALS');
  return (
    <Facts
      of={[
        [
          said.mean,
          one.mean === null ? (
            <None />
          ) : (
            <Why id={one.id} what={said.mean}>
              {number(one.mean, 1)}
            </Why>
          ),
        ],
        [said.people, one.people === null ? <None /> : number(one.people)],
        [
          said.stale,
          one.stale === null ? (
            <None />
          ) : (
            <Why id={one.id} what={said.stale}>
              {share(one.stale)}
            </Why>
          ),
        ],
        [said.halfLife, one.half_life_months === null ? <None /> : said.months(number(one.half_life_months))],
        [
          said.goals,
          one.goals.length === 0 ? (
            said.goalsNone
          ) : (
            <>
              {one.goals.map((goal, index) => (
                <span key={goal.id}>
                  {index > 0 && ', '}
                  {goals ? <a href={href('goals', goal.id)}>{goal.name}</a> : goal.name}
                </span>
              ))}
            </>
          ),
        ],
      ]}
    />
  );
}

function Spread(props: { skill: SkillDetail }): JSX.Element {
  const one = props.skill;
  const bars = one.histogram.filter(bar => bar.people !== null);
  return (
    <section>
      <h2>{said.distribution}</h2>
      {bars.length === 0 ? (
        <p class="quiet">{said.histogramHidden}</p>
      ) : (
        <Plot
          label={said.distributionChart(one.name)}
          picture={{
            kind: 'bars',
            labels: one.histogram.map(bar => `${number(bar.from)}–${number(bar.to)}`),
            values: one.histogram.map(bar => bar.people),
            x: said.level,
            y: said.people,
          }}
          table={{
            head: [said.level, said.people],
            rows: one.histogram.map(bar => [
              `${number(bar.from)}–${number(bar.to)}`,
              bar.people === null ? text.shell.hiddenCell : number(bar.people),
            ]),
          }}
        />
      )}
    </section>
  );
}

function Fading(props: { skill: SkillDetail }): JSX.Element {
  const one = props.skill;
  return (
    <section>
      <h2>{said.halfLifeTitle}</h2>
      {one.half_life_months === null ? (
        <p class="quiet">{said.halfLifeNone}</p>
      ) : (
        <>
          <p class="quiet">{said.halfLifeLead(number(one.half_life_months))}</p>
          <Plot
            label={said.halfLifeChart}
            picture={{ kind: 'curve', points: fading(one.half_life_months), x: said.months_, y: said.left }}
            table={{
              head: [said.months_, said.left],
              rows: fading(one.half_life_months)
                .filter((_, index) => index % 5 === 0)
                .map(([month, left]) => [number(month), share(left)]),
            }}
          />
        </>
      )}
    </section>
  );
}

export function SkillPage(props: { id: string }): JSX.Element {
  const skill = useResource<SkillDetail>('/skills/' + encodeURIComponent(props.id));
  const data = skill.data;
  const figure = (value: number | null): string | null => (value === null ? null : number(value, 1));
  return (
    <Page
      {...text.pages.skills}
      title={data?.name ?? text.pages.skills.name}
      back={{ href: href('skills'), name: text.pages.skills.name }}
      answer={answered(skill, one =>
        said.detailAnswer(figure(one.mean), figure(one.low), figure(one.high), one.people === null ? null : number(one.people)),
      )}
    >
      <Load of={skill} rows={4}>
        {one => {
          return (
            <>
              {one.description && <p class="lead-text">{one.description}.</p>}
              <SkillFacts skill={one} />
              <div class="pair">
                <Spread skill={one} />
                <Fading skill={one} />
              </div>
              {one.jobs.length > 0 && (
                <section>
                  <h2>{said.jobs}</h2>
                  <Rows label={said.jobs} of={one.jobs} columns={jobColumns} />
                </section>
              )}
              {one.teams.length > 0 && (
                <section>
                  <h2>{said.teams}</h2>
                  <Rows label={said.teams} of={one.teams} columns={teamColumns} />
                </section>
              )}
            </>
          );
        }}
      </Load>
    </Page>
  );
}
