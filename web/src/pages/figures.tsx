/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Learning activity: what programs tell that people do, added up over time. What is asked stands in the address, so that it
 * can be sent to somebody. A figure that is withheld leaves a gap, and its share of the whole is part of everything else. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, days, number, share } from '../format.ts';
import { useResource } from '../client.ts';
import { go, href } from '../router.ts';
import { answered, Empty, Load, None, Page, Rows, useMay, type Column } from '../ui/parts.tsx';
import { Plot, Spark } from '../ui/picture.tsx';
import type { FigureRow, Figures } from '../api.ts';

const said = text.figures;
const DRAWN = 6; /* rows that have a colour of their own */

/* --- the picture ---------------------------------------------------------------------------------------------------------- */

/* What the total leaves when the rows that are drawn are taken off; null where the total is withheld. */
function restOf(data: Figures, drawn: FigureRow[]): (number | null)[] {
  return data.total.counts.map((all, index) => (all === null ? null : all - drawn.reduce((sum, row) => sum + (row.counts[index] ?? 0), 0)));
}

function Chart(props: { data: Figures }): JSX.Element {
  const { data } = props;
  const drawn = data.rows.slice(0, DRAWN);
  const rest = restOf(data, drawn);
  const rows = [
    ...drawn.map(row => ({ name: row.name, values: row.counts })),
    ...(rest.some(value => value) ? [{ name: said.rest, values: rest, rest: true }] : []),
  ];
  const cell = (value: number | null): string => (value === null ? text.shell.hiddenCell : number(value));
  return (
    <Plot
      label={said.chart[data.by]}
      tall
      picture={{ kind: 'stack', unit: said.unit, days: days(data.starts), rows }}
      table={{
        head: [said.period, ...drawn.map(row => row.name), said.rest, said.total],
        rows: data.starts.map((start, index) => [
          day(start),
          ...drawn.map(row => cell(row.counts[index])),
          cell(rest[index]),
          cell(data.total.counts[index]),
        ]),
      }}
    />
  );
}

/* --- the table ------------------------------------------------------------------------------------------------------------ */

function columns(data: Figures): Column<FigureRow>[] {
  const graded = data.rows.some(row => row.success !== null || row.score !== null);
  const hidden = data.rows.some(row => row.withheld > 0);
  return [
    { name: said.heads[data.by], of: row => <span title={row.id}>{row.name}</span> },
    { name: said.count, num: true, of: row => number(row.count) },
    {
      name: said.course,
      of: row => (
        <Spark
          series={row.counts.map((value, index) => ({ day: data.starts[index], value }))}
          target={null}
          baseline={0}
          label={said.course_of(row.name)}
          good={null}
        />
      ),
    },
    ...(graded
      ? [
          { name: said.success, num: true, of: (row: FigureRow) => (row.success === null ? <None /> : share(row.success)) },
          { name: said.score, num: true, of: (row: FigureRow) => (row.score === null ? <None /> : share(row.score)) },
        ]
      : []),
    ...(hidden ? [{ name: said.withheld, num: true, of: (row: FigureRow) => (row.withheld ? said.periods[data.every](row.withheld) : <None />) }] : []),
  ];
}

/* --- the question --------------------------------------------------------------------------------------------------------- */

interface Question {
  by: string;
  every: string;
  since: string;
  until: string;
}
const asked = (query: URLSearchParams): Question => ({
  by: query.get('by') ?? 'verb',
  every: query.get('every') ?? 'week',
  since: query.get('since') ?? '',
  until: query.get('until') ?? '',
});
const words = (question: Question): Record<string, string> => Object.fromEntries(Object.entries(question).filter(([, value]) => value !== ''));

function Ask(props: { question: Question; data: Figures | null }): JSX.Element {
  const { question, data } = props;
  const [wrong, setWrong] = useState(false);
  const since = question.since || data?.since || '',
    until = question.until || data?.until || '';
  const change = (part: Partial<Question>): void => {
    const next = { ...question, ...part };
    const bad = next.since !== '' && next.until !== '' && next.since > next.until;
    setWrong(bad);
    if (!bad) go(href('figures', null, words(next)), true);
  };
  const select = (name: 'by' | 'every', label: string, choices: Record<string, string>): JSX.Element => (
    <label>
      <span class="form-label">{label}</span>
      <select class="form-select" value={question[name]} onChange={event => change({ [name]: event.currentTarget.value })}>
        {Object.entries(choices).map(([value, word]) => (
          <option value={value} key={value}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
  const date = (name: 'since' | 'until', label: string, value: string): JSX.Element => (
    <label>
      <span class="form-label">{label}</span>
      <input class="form-control" type="date" value={value} aria-describedby="figures-wrong" onChange={event => change({ [name]: event.currentTarget.value })} />
    </label>
  );
  return (
    <form class="figures-ask" aria-label={said.change} onSubmit={event => event.preventDefault()}>
      {select('by', said.by, said.bys)}
      {select('every', said.every, said.everys)}
      {date('since', said.since, since)}
      {date('until', said.until, until)}
      <p class="form-error" id="figures-wrong" role="alert">
        {wrong ? said.pick : ''}
      </p>
    </form>
  );
}

export function FiguresPage(props: { query: URLSearchParams }): JSX.Element {
  const question = asked(props.query);
  const tail = new URLSearchParams(words(question)).toString();
  const figures = useResource<Figures>('/statements/summary?' + tail);
  const operates = useMay('OPERATE');
  const answer = (data: Figures): string =>
    said.answer(data.total.count, day(data.since), day(data.until), data.rows[0] ? said.most[data.by](data.rows[0].name) : null);
  return (
    <Page
      {...text.pages.figures}
      answer={answered(figures, answer)}
      actions={
        <a class="btn btn-outline-secondary" href={'/api/v1/statements.csv?' + tail} download title={said.csvLead}>
          {said.csv}
        </a>
      }
    >
      <Ask question={question} data={figures.data} />
      <Load of={figures} rows={3}>
        {data =>
          data.rows.length > 0 ? (
            <>
              <Chart data={data} />
              <h2>{said.table}</h2>
              <p class="order">{said.order[data.by]}</p>
              <Rows<FigureRow> label={said.chart[data.by]} class="figures" of={data.rows} columns={columns(data)} />
              <p class="quiet">
                {said.gate} {data.until >= new Date().toISOString().slice(0, 10) && said.last[data.every]}
              </p>
            </>
          ) : data.total.count > 0 || question.since || question.until ? (
            <p class="quiet">{said.none}</p>
          ) : (
            <Empty
              lead={operates ? said.empty.lead : `${said.empty.lead} ${said.empty.actionElse}`}
              action={operates ? { name: said.empty.action, href: href('credentials') } : undefined}
            />
          )
        }
      </Load>
    </Page>
  );
}
