/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * My page: everything that is known about the reader, from where and what for. A skill is corrected in two clicks: the
 * first opens the scale, the second says the level and is saved at once; a note may follow. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { day, moment, number, share } from '../format.ts';
import { post, useResource, type Problem } from '../client.ts';
import { answered, Failure, Load, None, Page, Rows, say, type Column } from '../ui/parts.tsx';
import { Level } from '../ui/picture.tsx';
import { InboxSection } from './inbox.tsx';
import type { Me, MySkill } from '../api.ts';

const said = text.me;

function Correct(props: { skill: MySkill; changed: (skill: MySkill) => void; close: () => void }): JSX.Element {
  const { skill } = props;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saved, setSaved] = useState<number | null>(null);
  const note = useRef<HTMLInputElement>(null);
  const save = async (level: number, words?: string): Promise<void> => {
    setProblem(null);
    try {
      props.changed(await post<MySkill>('/me/skills/' + encodeURIComponent(skill.id), { level, ...(words ? { note: words } : {}) }));
      setSaved(level);
      say(words ? said.noteSaved : said.corrected(skill.name, String(level)));
      if (words) props.close();
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <div class="correct" role="group" aria-label={said.correctTitle(skill.name)}>
      <p class="quiet">{said.correctNow}</p>
      {problem && <Failure problem={problem} acted />}
      <div class="scale">
        {said.levels.map((name, level) => (
          <button
            type="button"
            key={level}
            class="btn btn-outline-secondary"
            aria-pressed={saved === level}
            onClick={() => void save(level)}
          >
            <b>{level}</b> {name}
          </button>
        ))}
      </div>
      {saved !== null && (
        <form
          class="note-form"
          onSubmit={event => {
            event.preventDefault();
            const words = note.current!.value.trim();
            if (words) void save(saved, words);
            else props.close();
          }}
        >
          <label class="form-label" for={'note-' + skill.id}>
            {said.noteLabel}
          </label>
          <div class="with-button">
            <input class="form-control" id={'note-' + skill.id} ref={note} maxLength={500} />
            <button type="submit" class="btn btn-outline-secondary">
              {said.noteSave}
            </button>
          </div>
        </form>
      )}
    </div>
  );
}

function partColumns(whole: number): Column<MySkill['parts'][number]>[] {
  return [
    { name: said.partDay, of: part => day(part.day) },
    {
      name: said.partKind,
      of: part => (
        <>
          {said.kinds[part.kind] ?? part.kind}
          {part.mine && <span class="quiet"> ({said.partMine})</span>}
          {part.rule && <span class="quiet"> ({part.rule})</span>}
        </>
      ),
    },
    { name: said.partItem, of: part => part.item ?? <None /> },
    { name: said.partScore, num: true, of: part => share(part.score) },
    { name: said.partShare, num: true, of: part => share(part.share / whole) },
  ];
}

function SkillRow(props: { skill: MySkill; changed: (skill: MySkill) => void }): JSX.Element {
  const { skill } = props;
  const [correcting, setCorrecting] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const known = skill.level !== null;
  /* The parts and what is usual for the job make up the whole, in whatever unit they come. */
  const whole = skill.parts.reduce((sum, part) => sum + part.share, skill.prior_share ?? 0) || 1;
  const label = known
    ? said.levelLabel(
        skill.name,
        number(skill.level!, 1),
        number(skill.low ?? skill.level!, 1),
        number(skill.high ?? skill.level!, 1),
        skill.required === null ? null : number(skill.required, 1),
      )
    : `${skill.name}: ${text.shell.unknown}`;
  return (
    <li class="my-skill" data-row tabIndex={-1}>
      <div class="my-skill-row">
        <div class="my-skill-name">
          <h3>{skill.name}</h3>
          <p class="quiet">
            {said.results(skill.results)}
            {skill.last && <>, {said.last(day(skill.last))}</>}
            {skill.corrected && <> · {said.correctedOn(String(skill.corrected.level), day(skill.corrected.at))}</>}
          </p>
        </div>
        <Level level={skill.level} low={skill.low} high={skill.high} required={skill.required} label={label} />
        <p class="my-skill-figures" aria-hidden="true">
          <b>{known ? number(skill.level!, 1) : '–'}</b>{' '}
          <span class="quiet">
            {said.needed} {skill.required === null ? '–' : number(skill.required, 1)}
          </span>
        </p>
        <button
          type="button"
          class="btn btn-outline-secondary"
          ref={opener}
          aria-expanded={correcting}
          aria-label={said.correctOf(skill.name)}
          onClick={() => setCorrecting(!correcting)}
        >
          {said.correct}
        </button>
      </div>
      {correcting && (
        <Correct
          skill={skill}
          changed={props.changed}
          close={() => {
            setCorrecting(false);
            opener.current?.focus();
          }}
        />
      )}
      <details>
        <summary>{said.parts}</summary>
        {skill.prior_share !== null && <p class="quiet">{said.prior(share(skill.prior_share / whole))}.</p>}
        {skill.parts.length > 0 && <Rows label={said.parts} class="table-sm" of={skill.parts} columns={partColumns(whole)} />}
      </details>
    </li>
  );
}

/* One row for what the same person did for the same purpose in one go. */
type Look = Me['seen'][number] & { count: number };
function gathered(seen: Me['seen']): Look[] {
  const rows = new Map<string, Look>();
  for (const look of seen) {
    const key = [look.at.slice(0, 16), look.who, look.what, look.purpose].join('\n');
    const row = rows.get(key);
    if (row) row.count++;
    else rows.set(key, { ...look, count: 1 });
  }
  return [...rows.values()];
}

const knownColumns: Column<Me['known'][number]>[] = [
  { name: said.what, of: fact => fact.what },
  { name: said.value, of: fact => fact.value },
  { name: said.source, of: fact => fact.source },
  { name: said.purpose, of: fact => fact.purpose },
  { name: said.since, of: fact => (fact.day ? day(fact.day) : <None />) },
];
const seenColumns: Column<Look>[] = [
  { name: said.when, of: look => moment(look.at) },
  { name: said.who, of: look => look.who },
  { name: said.what, of: look => said.acts[look.what] ?? look.what },
  { name: said.purpose, of: look => look.purpose },
  { name: said.often, num: true, of: look => said.times(look.count) },
];
const membershipColumns: Column<Me['memberships'][number]>[] = [
  { name: said.team, of: membership => membership.team },
  { name: said.department, of: membership => membership.department ?? <None /> },
  { name: said.from, of: membership => (membership.from ? day(membership.from) : <None />) },
  { name: said.to, of: membership => (membership.to ? day(membership.to) : said.now) },
];

export function MePage(): JSX.Element {
  const me = useResource<Me>('/me');
  const data = me.data;
  const answer = answered(me, one =>
    one.person === null ? said.noPerson : said.answer(one.skills.length, one.known.length, one.seen.length),
  );
  return (
    <Page
      {...text.pages.me}
      answer={answer}
      actions={
        data?.person ? (
          <a class="btn btn-outline-secondary" href="/api/v1/me/export" download title={said.exportLead}>
            {said.export}
          </a>
        ) : undefined
      }
    >
      <Load of={me} rows={4}>
        {one => (
          <>
            {one.person && (
              <>
                <p class="lead-text">
                  <b>{one.person.name}</b>
                  {[one.person.job, one.person.team, one.person.department].filter(Boolean).map(part => (
                    <> · {part}</>
                  ))}
                  {one.person.start && <> · {said.start(day(one.person.start))}</>}
                  {one.person.manager && <> · {said.manager(one.person.manager)}</>}
                </p>
                <InboxSection />
                <section>
                  <h2>{said.skills}</h2>
                  <p class="quiet">{said.skillsLead}</p>
                  <p class="quiet level-key" aria-hidden="true">
                    <span>
                      <i class="level-mark" />
                      {said.keyMark}
                    </span>
                    <span>
                      <i class="level-band" />
                      {said.keyBand}
                    </span>
                    <span>
                      <i class="level-need" />
                      {said.keyNeed}
                    </span>
                    <span>{said.keyScale}</span>
                  </p>
                  {one.skills.length === 0 ? (
                    <p class="quiet">{said.skillsNone}</p>
                  ) : (
                    <ul class="my-skills">
                      {one.skills.map(skill => (
                        <SkillRow
                          key={skill.id}
                          skill={skill}
                          changed={row => me.set({ ...one, skills: one.skills.map(old => (old.id === row.id ? row : old)) })}
                        />
                      ))}
                    </ul>
                  )}
                </section>
              </>
            )}
            {one.known.length > 0 && (
              <section>
                <h2>{said.known}</h2>
                <Rows label={said.known} of={one.known} columns={knownColumns} />
              </section>
            )}
            <div class="pair">
              <section>
                <h2>{said.seen}</h2>
                {one.seen.length === 0 ? (
                  <p class="quiet">{said.seenNone}</p>
                ) : (
                  <Rows label={said.seen} of={gathered(one.seen)} columns={seenColumns} />
                )}
              </section>
              {one.memberships.length > 0 && (
                <section>
                  <h2>{said.memberships}</h2>
                  <Rows label={said.memberships} of={one.memberships} columns={membershipColumns} />
                </section>
              )}
            </div>
          </>
        )}
      </Load>
    </Page>
  );
}
