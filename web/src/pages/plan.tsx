/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plan of a need: what accepting it would set going, and whether its effect could be told, before anyone spends. Never an
 * order of start: it is drawn at acceptance. */
import type { JSX } from 'preact';
import { text } from '../text.en.ts';
import { day, difference, money, number, share } from '../format.ts';
import { useResource } from '../client.ts';
import { Badge, Facts, Load, None } from '../ui/parts.tsx';
import type { InterventionPlan } from '../api.ts';

const said = text.plan;

/* What came of it here before, and of other remedies where the cause was the same. */
function recordOf(records: InterventionPlan['records']): JSX.Element | string {
  if (records.length === 0) return <span class="quiet">{said.recordNone}</span>;
  const row = (one: InterventionPlan['records'][number]): string =>
    said.recordOf(one.moved, one.moved + one.did_not_move) + ' ' + said.chance(share(one.mean), share(one.low), share(one.high));
  const own = records.find(one => one.planned),
    others = records.filter(one => !one.planned);
  return (
    <>
      {own ? row(own) : <span class="quiet">{said.recordNone}</span>}
      {others.map(one => (
        <span class="quiet" key={one.remedy}>
          <br />
          {said.other(one.remedy, row(one))}
        </span>
      ))}
    </>
  );
}

function PlanFacts(props: { of: InterventionPlan; unit: string }): JSX.Element {
  const { of: plan } = props;
  const figure = (value: number | null): string | JSX.Element => (value === null ? <None /> : difference(value, props.unit));
  return (
    <>
      <p>
        <b>{plan.title}</b> <Badge tone={plan.measurable ? 'good' : 'wait'}>{plan.measurable ? said.measurable : said.notMeasurable}</Badge>
      </p>
      {!plan.measurable && plan.why_not && <p class="callout warn-text">{said.whyNot(plan.why_not)}</p>}
      {plan.comparison && <p>{plan.comparison}</p>}
      <Facts
        of={[
          [said.starts, plan.steps.map(step => said.step(day(step.start), step.teams)).join('; ')],
          [said.measured, said.weeks(plan.estimand.from_week, plan.estimand.to_week)],
          [said.smallest, figure(plan.minimum_effect)],
          [said.power, plan.power === null ? <None /> : share(plan.power)],
          [said.until, said.weeksUntil(plan.weeks_until)],
          [said.record, recordOf(plan.records)],
          [said.cost, plan.cost === null ? <None /> : money(plan.cost, plan.currency) + (plan.hours !== null ? ` ${said.estimatedOf(number(plan.hours, 0))}` : plan.cost_estimated ? ` ${said.estimated}` : '')],
        ]}
      />
      <p class="quiet">
        {said.evidence}. {plan.evidence}
      </p>
      <p class="quiet">
        {said.drawn} {plan.measurable && said.alike}
      </p>
    </>
  );
}

export function PlanOf(props: { need: string; unit: string; level: 2 | 3 }): JSX.Element {
  const plan = useResource<{ plan: InterventionPlan | null }>('/needs/' + encodeURIComponent(props.need) + '/plan');
  const Heading = props.level === 3 ? 'h3' : 'h2';
  return (
    <section class="plan">
      <Heading>{said.title}</Heading>
      <Load of={plan} rows={1}>
        {answer => (answer.plan ? <PlanFacts of={answer.plan} unit={props.unit} /> : <p class="quiet">{said.none}</p>)}
      </Load>
    </section>
  );
}
