/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Privacy: what this system may do, and who looked at what. Read-only. First the question that a works council asks at
 * once, a small group by name, and its refusal; then who looked, what comes in, who reads it and who may what. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { moment, number, sentence } from '../format.ts';
import { get, useResource, type Problem } from '../client.ts';
import { answered, Failure, Load, None, Page, Rows } from '../ui/parts.tsx';
import type { AccessEntry, GroupLimits, Privacy } from '../api.ts';

const said = text.privacy;

/* --- asking for a group ------------------------------------------------------------------------------------------------- */

function Answer(props: { of: GroupLimits; data: Privacy }): JSX.Element {
  const { of, data } = props;
  return (
    <div class="callout">
      <p>{said.mayShow(sentence(of.group), String(of.people), number(of.shown), number(of.all))}</p>
      <p class="quiet">{of.comments ? said.comments : said.noComments(data.comments_least)}</p>
    </div>
  );
}

function Ask(props: { data: Privacy; groups: GroupLimits[]; asked: () => void }): JSX.Element {
  const { data, groups } = props;
  const [chosen, choose] = useState('');
  const [missing, setMissing] = useState(false);
  const [answer, setAnswer] = useState<GroupLimits | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    setMissing(!chosen);
    if (!chosen) return;
    try {
      setAnswer(await get<GroupLimits>('/privacy/groups/' + encodeURIComponent(chosen)));
      setProblem(null);
    } catch (failed) {
      setAnswer(null);
      setProblem(failed as Problem);
    }
    props.asked();
  };
  const sizes = [...groups].sort((a, b) => Number(b.refused) - Number(a.refused));
  const name = (of: GroupLimits): string =>
    of.people === null ? said.small(sentence(of.group), data.figures_least) : said.sized(sentence(of.group), of.people);
  return (
    <>
      <h2>{said.ask}</h2>
      <p class="quiet">{said.askLead(data.figures_least)}</p>
      <form class="ask" onSubmit={event => void ask(event)} noValidate>
        <div>
          <label class="form-label" for="ask-group">
            {said.group}
          </label>
          <select
            class="form-select"
            id="ask-group"
            value={chosen}
            aria-invalid={missing}
            aria-describedby="ask-missing"
            onChange={event => choose(event.currentTarget.value)}
          >
            <option value="">{said.choose}</option>
            {sizes.map(one => (
              <option value={one.group} key={one.kind + one.group}>
                {name(one)}
              </option>
            ))}
          </select>
        </div>
        <button type="submit" class="btn btn-primary">
          {said.askIt}
        </button>
      </form>
      <p class="form-error" id="ask-missing" role="alert">
        {missing ? said.missing : ''}
      </p>
      <div aria-live="polite">
        {answer && <Answer of={answer} data={data} />}
        {problem && <Failure problem={problem} />}
      </div>
      <details>
        <summary>{said.groups(groups.length)}</summary>
        <Rows<GroupLimits>
          label={said.groups(groups.length)}
          class="table-sm registry"
          of={groups}
          columns={[
            { name: said.group, of: one => sentence(one.group) },
            { name: text.listening.columns.kind, of: one => text.listening.kinds[one.kind] },
            { name: said.people, num: true, of: one => (one.people === null ? <span class="withheld">{text.shell.hiddenCell}</span> : one.people) },
            {
              name: said.shown,
              num: true,
              of: one => (one.refused ? <b>{said.refused}</b> : said.of(number(one.shown), number(one.all))),
            },
            { name: said.commentsShown, of: one => (one.comments ? said.yes : said.no) },
          ]}
        />
      </details>
    </>
  );
}

/* --- the tables --------------------------------------------------------------------------------------------------------- */

function Log(props: { of: AccessEntry[]; days: number }): JSX.Element {
  return (
    <>
      <h2>{said.log}</h2>
      <p class="quiet">{said.logLead(props.days)}</p>
      <Rows<AccessEntry>
        label={said.log}
        class="table-sm registry"
        of={props.of}
        columns={[
          { name: said.when, of: one => moment(one.at) },
          { name: said.who, of: one => one.account ?? <i>{said.nobody}</i> },
          { name: said.what, of: one => sentence(one.what) },
          { name: said.from, of: one => one.address ?? said.here },
        ]}
      />
    </>
  );
}

type File = Privacy['files'][number];
function Files(props: { of: File[] }): JSX.Element {
  const fields = (file: File, personal: boolean): JSX.Element => {
    const names = file.fields.filter(field => field.personal === personal).map(field => field.name);
    if (names.length > 0) return <>{names.join(', ')}</>;
    return file.fields.length === 0 && !personal ? <>{said.document}</> : <None />;
  };
  return (
    <section>
      <h2>{said.files}</h2>
      <p class="quiet">{said.filesLead}</p>
      <Rows<File>
        label={said.files}
        class="table-sm registry"
        of={props.of}
        columns={[
          { name: said.file, of: one => one.file },
          { name: said.held, of: one => (one.held ? said.yes : said.no) },
          { name: said.purpose, of: one => one.purpose },
          { name: said.personal, of: one => fields(one, true) },
          { name: said.fields, of: one => fields(one, false) },
          { name: said.readers, of: one => (one.agents.length > 0 ? one.agents.join(', ') : <None />) },
        ]}
      />
    </section>
  );
}

function Agents(props: { of: Privacy['agents'] }): JSX.Element {
  return (
    <section>
      <h2>{said.agents}</h2>
      <p class="quiet">{said.agentsLead}</p>
      <Rows<Privacy['agents'][number]>
        label={said.agents}
        class="table-sm registry"
        of={props.of}
        columns={[
          { name: said.agent, of: one => one.title },
          { name: said.question, of: one => one.question },
          { name: said.reads, of: one => one.reads.join(', ') },
          { name: said.makes, of: one => one.makes.join(', ') },
        ]}
      />
    </section>
  );
}

function Roles(props: { of: Privacy['roles'] }): JSX.Element {
  return (
    <section>
      <h2>{said.roles}</h2>
      <Rows<Privacy['roles'][number]>
        label={said.roles}
        class="table-sm registry"
        of={props.of}
        columns={[
          { name: said.role, of: one => sentence(one.role) },
          { name: said.accounts, num: true, of: one => one.accounts },
          { name: said.for, of: one => sentence(one.what) },
          {
            name: said.may,
            of: one => (
              <details>
                <summary>{said.things(one.may.length)}</summary>
                <ul>
                  {one.may.map(line => (
                    <li key={line}>{sentence(line)}</li>
                  ))}
                </ul>
              </details>
            ),
          },
        ]}
      />
    </section>
  );
}

function Kinds(props: { of: Privacy['kinds'] }): JSX.Element {
  const purposes = [...new Set(props.of.map(one => one.purpose))].sort();
  return (
    <section>
      <h2>{said.kinds}</h2>
      <p class="quiet">{said.kindsLead}</p>
      {purposes.map(purpose => {
        const kinds = props.of.filter(one => one.purpose === purpose);
        return (
          <details key={purpose}>
            <summary>
              {sentence(purpose)} <span class="count">{kinds.length}</span>
            </summary>
            <Rows<Privacy['kinds'][number]>
              label={purpose}
              class="table-sm registry"
              of={kinds}
              columns={[
                { name: said.kind, of: one => one.kind },
                { name: said.what, of: one => sentence(one.what) },
                { name: said.personal, of: one => (one.personal.length > 0 ? one.personal.join(', ') : <None />) },
                { name: said.kept, of: one => (one.days === null ? said.always : said.days(one.days)) },
              ]}
            />
          </details>
        );
      })}
    </section>
  );
}

function DecisionRules(): JSX.Element {
  const rules = useResource<{ revision: string; sentences: string[] }>('/rules');
  return (
    <section>
      <h2>{said.rules}</h2>
      <Load of={rules} rows={2}>
        {data => (
          <details>
            <summary>{said.rulesLead(data.revision)}</summary>
            <ul>
              {data.sentences.map(line => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </details>
        )}
      </Load>
    </section>
  );
}

/* --- the page ------------------------------------------------------------------------------------------------------------ */

export function PrivacyPage(): JSX.Element {
  const privacy = useResource<Privacy>('/privacy');
  const groups = useResource<{ groups: GroupLimits[] }>('/privacy/groups');
  const log = useResource<{ entries: AccessEntry[] }>('/privacy/log');
  return (
    <Page
      name={text.pages.privacy.name}
      question={text.pages.privacy.question}
      answer={answered(privacy, data =>
        said.answer(data.figures_least, groups.data?.groups.filter(one => one.refused).length ?? 0, data.agents.length),
      )}
      actions={
        <a class="btn btn-outline-secondary" href="/api/v1/privacy/annex" download title={said.annexLead}>
          {said.annex}
        </a>
      }
    >
      <Load of={privacy}>
        {data => (
          <>
            <section>
              <Load of={groups} rows={1}>
                {all => <Ask data={data} groups={all.groups} asked={() => void log.reload()} />}
              </Load>
            </section>
            <section>
              <Load of={log} rows={3}>
                {found => <Log of={found.entries} days={data.log_days} />}
              </Load>
            </section>
            <Files of={data.files} />
            <Agents of={data.agents} />
            <Roles of={data.roles} />
            <Kinds of={data.kinds} />
            <DecisionRules />
          </>
        )}
      </Load>
    </Page>
  );
}
