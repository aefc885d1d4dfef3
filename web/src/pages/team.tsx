/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Team: what would help my team most this week? One gap tied to a goal, two strengths, three things to do of which one is no
 * training, the next conversation, a ritual of ten minutes. Figures of the group alone; a team of fewer than five shows none. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, money } from '../format.ts';
import { useResource } from '../client.ts';
import { href } from '../router.ts';
import { answered, Badge, Empty, Few, Load, Page, Why } from '../ui/parts.tsx';
import type { Team } from '../api.ts';

const said = text.team;
const answer = (team: Team): string =>
  team.team === null ? (team.teams.length > 0 ? said.choose1 : said.noTeam) : team.hidden ? said.few(team.team) : team.gap ? said.answer(team.team, team.gap.goal, said.causes[team.gap.cause] ?? team.gap.cause) : said.noGap(team.team);

function Gap(props: { team: Team }): JSX.Element | null {
  const gap = props.team.gap;
  if (!gap) return null;
  return (
    <section class="card">
      <div class="card-body">
        <h2>{said.gap}</h2>
        <p class="card-title">
          <a href={href('needs', gap.need)}>{gap.title}</a> <Badge tone={gap.confirmed ? 'good' : 'plain'}>{gap.confirmed ? said.confirmed : said.unconfirmed}</Badge>
        </p>
        {gap.money !== null && (
          <p>
            <Why id={gap.need} what={gap.title} class="figure">
              {money(gap.money, gap.currency)}
            </Why>{' '}
            <span class="quiet">{said.worth}</span>
          </p>
        )}
        <h3>{said.seen}</h3>
        <Few of={gap.evidence} />
      </div>
    </section>
  );
}

function ThisWeek(props: { team: Team }): JSX.Element | null {
  if (props.team.actions.length === 0) return null;
  return (
    <section class="card">
      <div class="card-body">
        <h2>{said.actions}</h2>
        <ol class="week">
          {props.team.actions.map(action => (
            <li key={action.text}>
              {action.text}. {!action.training && <Badge>{said.noTraining}</Badge>}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function Conversation(props: { team: Team }): JSX.Element | null {
  if (props.team.conversation.length === 0) return null;
  return (
    <section class="card">
      <div class="card-body">
        <h2>{said.conversation}</h2>
        <p class="quiet">{said.conversationLead}</p>
        <ol>
          {props.team.conversation.map(question => (
            <li key={question}>{question}</li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function Ritual(props: { team: Team }): JSX.Element | null {
  if (props.team.ritual.length === 0) return null;
  return (
    <section class="card">
      <div class="card-body">
        <h2>{said.ritual}</h2>
        <dl class="facts ritual">
          {props.team.ritual.map(step => (
            <div key={step.text}>
              <dt>{said.minutes(step.minutes)}</dt>
              <dd>{step.text}.</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

function Side(props: { team: Team }): JSX.Element {
  const { team } = props;
  return (
    <aside>
      <section class="card">
        <div class="card-body">
          <h2>{said.strengths}</h2>
          {team.strengths.length === 0 && <p class="quiet">{said.noStrengths}</p>}
          <dl class="facts">
            {team.strengths.map(strength => (
              <div key={strength.skill}>
                <dt>
                  <a href={href('skills', strength.skill)}>{strength.name}</a>
                </dt>
                <dd>{strength.text}</dd>
              </div>
            ))}
          </dl>
        </div>
      </section>
      <section class="card">
        <div class="card-body">
          <h2>{said.underWay}</h2>
          {team.under_way.length === 0 && <p class="quiet">{said.nothing}</p>}
          <ul class="plain">
            {team.under_way.map(one => (
              <li key={one.id}>
                <b>{one.title}</b>
                <br />
                <span class="quiet">{one.start ? said.starts(day(one.start)) : said.waits}</span>
              </li>
            ))}
          </ul>
        </div>
      </section>
    </aside>
  );
}

export function TeamPage(): JSX.Element {
  const [chosen, setChosen] = useState<string | null>(null);
  const team = useResource<Team>('/team' + (chosen ? '?team=' + encodeURIComponent(chosen) : ''));
  const teams = team.data?.teams ?? [];
  return (
    <Page
      {...text.pages.team}
      answer={answered(team, answer)}
      actions={
        teams.length > 1 ? (
          <label class="with-label">
            <span class="form-label">{said.choose}</span>
            <select class="form-select" value={chosen ?? team.data?.team ?? ''} onChange={event => setChosen(event.currentTarget.value)}>
              {!team.data?.team && <option value="">{said.chooseFirst}</option>}
              {teams.map(name => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        ) : undefined
      }
    >
      <Load of={team} rows={3}>
        {one =>
          one.team === null ? (
            <Empty lead={one.teams.length > 0 ? said.choose1Lead : said.noTeamLead} />
          ) : one.hidden ? (
            <div class="callout">
              <p>{one.hidden}</p>
            </div>
          ) : (
            <div class="with-aside">
              <div class="stack">
                <Gap team={one} />
                <ThisWeek team={one} />
                <Conversation team={one} />
                <Ritual team={one} />
                {!one.gap && <p>{said.noGapLead}</p>}
              </div>
              <Side team={one} />
            </div>
          )
        }
      </Load>
    </Page>
  );
}
