/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paste a transcript or a policy: the text becomes a file as if it lay in sources/, and goes the way of every import, first dry, then in.
 * Then its drafts are shown side by side. What was typed outlives the page, as the jobs do.
 *
 * How it can be wrong: a title that was used before gives the file the same name, so the import replaces that source; the dry run
 * says so before anything changes. A source in a folder below sources/ cannot be replaced from here: browsers send no folders. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { number, sentence } from '../format.ts';
import { call, dropJob, useResource, useWorks, watchJob, type Problem, type Work } from '../client.ts';
import { go } from '../router.ts';
import { Failure, Page, say } from '../ui/parts.tsx';
import { Progress } from './imports.tsx';
import { draftHref, sourceHref, studioBack } from './studio-parts.tsx';
import type { ImportResult, SourceRow, Sources } from '../api.ts';

const said = text.studio.pasting;
const CHECK = 'paste-check',
  PASTE = 'paste';
const LEAST_WORDS = 20;

interface Pasted {
  name: string | null; /* of the source whose text it replaces; null: named after its title */
  title: string;
  owner: string;
  until: string;
  body: string;
}
const nothing: Pasted = { name: null, title: '', owner: '', until: '', body: '' };
let kept: Pasted = nothing;

const wordsOf = (body: string): number => body.split(/\s+/).filter(Boolean).length;

/* --- the file ---------------------------------------------------------------------------------------------------------------- */

/* HTML and Markdown say by their marks what they are; everything else is plain text, in which a line is a line. */
function endingOf(body: string): string {
  if (/^\s*<(!doctype|html|head|body|article|main|section|div|h[1-6]|p|ul|ol|table)\b/i.test(body)) return '.html';
  return /^(#{1,6} |[-*+] |\d+\. |> |\|.*\||```)/m.test(body) ? '.md' : '.txt';
}
const MOST_NAME = 60;
function slugOf(title: string): string {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return slug.slice(0, MOST_NAME).replace(/-$/, '') || 'source';
}
/* A title keeps its file whatever its text looks like this time. */
function nameOf(pasted: Pasted, known: SourceRow[]): string {
  const stem = slugOf(pasted.title);
  return pasted.name ?? known.find(source => source.name.replace(/\.[a-z]+$/, '') === stem)?.name ?? stem + endingOf(pasted.body);
}
/* A JSON string is a YAML string. */
function fileOf(pasted: Pasted, name: string): File {
  const head = [
    `title: ${JSON.stringify(pasted.title.trim())}`,
    pasted.owner.trim() && `owner: ${JSON.stringify(pasted.owner.trim())}`,
    pasted.until && `valid_until: ${pasted.until}`,
  ].filter(Boolean);
  return new File([`---\n${head.join('\n')}\n---\n\n${pasted.body.trim()}\n`], name);
}
function formOf(pasted: Pasted, name: string, dryRun: boolean): FormData {
  const data = new FormData();
  data.append('files', fileOf(pasted, name), name);
  data.append('dry_run', String(dryRun));
  return data;
}

/* --- the form ----------------------------------------------------------------------------------------------------------------- */

type Wrong = Partial<Record<'title' | 'until' | 'body', string>>;
function wrongOf(pasted: Pasted): Wrong {
  const wrong: Wrong = {};
  if (!pasted.title.trim()) wrong.title = said.titleMissing;
  if (pasted.until && Number.isNaN(Date.parse(pasted.until))) wrong.until = said.noDate;
  if (!pasted.body.trim()) wrong.body = said.textMissing;
  else if (wordsOf(pasted.body) < LEAST_WORDS) wrong.body = said.tooShort;
  return wrong;
}

function Field(props: {
  name: keyof Pasted;
  label: string;
  help: string;
  value: string;
  wrong?: string;
  type?: string;
  change: (value: string) => void;
}): JSX.Element {
  const id = 'paste-' + props.name;
  return (
    <div>
      <label class="form-label" for={id}>
        {props.label}
      </label>
      <input
        class="form-control"
        id={id}
        type={props.type ?? 'text'}
        autocomplete="off"
        value={props.value}
        aria-invalid={props.wrong !== undefined}
        aria-describedby={`${id}-help ${id}-wrong`}
        onInput={event => props.change(event.currentTarget.value)}
      />
      <p class="field-help" id={id + '-help'}>
        {props.help}
      </p>
      <p class="form-error" id={id + '-wrong'} role="alert">
        {props.wrong ?? ''}
      </p>
    </div>
  );
}

function Form(props: { of: Pasted; change: (pasted: Pasted) => void; check: () => void }): JSX.Element {
  const { of: pasted } = props;
  const [wrong, setWrong] = useState<Wrong>({});
  const set = (change: Partial<Pasted>): void => props.change({ ...pasted, ...change });
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = wrongOf(pasted);
    setWrong(found);
    const first = Object.keys(found)[0];
    if (first) document.getElementById('paste-' + first)?.focus();
    else props.check();
  };
  return (
    <form class="card paste-form" onSubmit={submit} noValidate>
      <div class="card-body">
        <div class="paste-fields">
          <Field name="title" label={said.title} help={said.titleHelp} value={pasted.title} wrong={wrong.title} change={title => set({ title })} />
          <Field name="owner" label={said.owner} help={said.ownerHelp} value={pasted.owner} change={owner => set({ owner })} />
          <Field name="until" label={said.until} help={said.untilHelp} type="date" value={pasted.until} wrong={wrong.until} change={until => set({ until })} />
        </div>
        <label class="form-label" for="paste-body">
          {said.text}
        </label>
        <textarea
          class="form-control"
          id="paste-body"
          rows={14}
          value={pasted.body}
          aria-invalid={wrong.body !== undefined}
          aria-describedby="paste-body-help paste-body-wrong"
          onInput={event => set({ body: event.currentTarget.value })}
        />
        <p class="field-help" id="paste-body-help">
          {pasted.name === null ? said.textHelp : said.textHelpNew}
        </p>
        <p class="form-error" id="paste-body-wrong" role="alert">
          {wrong.body ?? ''}
        </p>
        <button type="submit" class="btn btn-primary">
          {said.check}
        </button>
      </div>
    </form>
  );
}

/* --- what would come in --------------------------------------------------------------------------------------------------------- */

function Preview(props: { of: ImportResult; pasted: Pasted; known: SourceRow | undefined; name: string; commit: () => void; again: () => void }): JSX.Element {
  const { of: result, pasted, known } = props;
  const problems = [...result.problems.map(one => [one.column, one.value, sentence(one.reason), one.remedy].filter(Boolean).join(': ')), ...result.warnings];
  const moving = result.files.some(file => file.new + file.changed > 0);
  return (
    <section class="card preview">
      <div class="card-body">
        <h2 tabIndex={-1} ref={element => element?.focus()}>
          {!moving ? said.same : known ? said.changed(known.title) : said.fresh(pasted.title.trim(), number(wordsOf(pasted.body)))}
        </h2>
        {moving && known && known.used_by.length > 0 && <p>{said.uses(known.used_by.length)}</p>}
        {result.refused !== null && (
          <p class="callout warn">
            {said.failed}: {result.refused}.
          </p>
        )}
        {problems.length > 0 && (
          <ul class="callout warn">
            {problems.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ul>
        )}
        <p class="quiet">
          {said.file(props.name)} {said.undo}
        </p>
        <div class="actions">
          {moving && result.refused === null && (
            <button type="button" class="btn btn-primary" onClick={props.commit}>
              {known ? said.commitNew : said.commit}
            </button>
          )}
          {!moving && known && (
            <a class="btn btn-primary" href={sourceHref(known.name)}>
              {said.open}
            </a>
          )}
          <button type="button" class="btn btn-outline-secondary" onClick={props.again}>
            {said.again}
          </button>
        </div>
      </div>
    </section>
  );
}

/* --- the page ----------------------------------------------------------------------------------------------------------------------- */

function failureOf(work: Work | undefined): string | null {
  const job = work?.job;
  if (!job) return null;
  if (job.state === 'failed') return typeof job.error === 'string' ? job.error : (job.error?.detail ?? job.error?.title ?? said.failed);
  return job.state === 'done' ? (job.result as ImportResult).refused : null;
}

export function PastePage(props: { name: string | null }): JSX.Element {
  const sources = useResource<Sources>('/studio/sources');
  const works = useWorks();
  const [pasted, setPasted] = useState(kept.name === props.name ? kept : { ...nothing, name: props.name });
  const [problem, setProblem] = useState<Problem | null>(null);
  const known = sources.data?.sources ?? [];
  const name = nameOf(pasted, known);
  const replaced = known.find(source => source.name === name);
  const checked = works.find(work => work.kind === CHECK),
    imported = works.find(work => work.kind === PASTE);
  const running = [checked, imported].find(work => work && (!work.job || work.job.state === 'running'));
  const change = (next: Pasted): void => {
    kept = next;
    setPasted(next);
  };
  /* A new version begins with what is known of the old one. */
  useEffect(() => {
    const old = props.name ? sources.data?.sources.find(source => source.name === props.name) : undefined;
    if (old && !pasted.title) change({ ...pasted, title: old.title, owner: old.owner ?? '', until: old.valid_until ?? '' });
  }, [sources.data]);
  const send = async (kind: string, dryRun: boolean): Promise<void> => {
    setProblem(null);
    dropJob(CHECK);
    dropJob(PASTE);
    try {
      watchJob(kind, (await call<{ job: string }>('POST', '/imports', formOf(pasted, name, dryRun))).job);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  useEffect(() => {
    if (imported?.job?.state !== 'done' || failureOf(imported) !== null) return;
    const replacing = (imported.job.result as ImportResult).files.some(file => file.changed > 0);
    say(said.done(pasted.title.trim()));
    dropJob(PASTE);
    kept = nothing;
    go(replacing ? sourceHref(name) : draftHref({ sources: name, new: '1' }));
  }, [imported?.job?.state]);
  const failure = failureOf(imported) ?? (checked?.job?.state === 'failed' ? failureOf(checked) : null);
  const result = checked?.job?.state === 'done' ? (checked.job.result as ImportResult) : null;
  const answer = props.name === null ? said.answer : said.answerNew(sources.data?.sources.find(one => one.name === props.name)?.title ?? props.name);
  return (
    <Page name={text.pages.studio.name} question="" title={said.name} back={studioBack} answer={answer}>
      {problem && <Failure problem={problem} acted />}
      {failure !== null && (
        <div class="alert alert-danger failure" role="alert">
          <h2 class="alert-title">{said.failed}</h2>
          <p>
            {sentence(failure)}. {text.imports.failedSafe}
          </p>
        </div>
      )}
      {running ? (
        <Progress work={running} name={running.kind === PASTE ? said.importing : said.checking} />
      ) : result ? (
        <Preview of={result} pasted={pasted} known={replaced} name={name} commit={() => void send(PASTE, false)} again={() => dropJob(CHECK)} />
      ) : (
        <Form of={pasted} change={change} check={() => void send(CHECK, true)} />
      )}
    </Page>
  );
}
