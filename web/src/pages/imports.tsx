/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Imports: drop files, see what they would change, name each bad row, then decide. The files stay in the page's memory
 * between the dry run and the import, so the second request sends the same bytes. Jobs survive leaving the page. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { humanise, list, moment, number, sentence } from '../format.ts';
import { call, cancelJob, dropJob, invalidate, post, useResource, useWorks, watchJob, type Problem, type Work } from '../client.ts';
import { answered, Badge, Dialog, Failure, Load, None, Page, Rows, say, type Column } from '../ui/parts.tsx';
import { DialogActions } from '../ui/reason.tsx';
import { MappingText, Questions } from './mapping.tsx';
import type { Answers, Import, ImportResult, Job } from '../api.ts';

const said = text.imports;
/* What is to come in outlives the page, as the jobs do: the files, what was answered about them, the mapping in use. */
let chosen: File[] = [];
let answers: Answers = {};
let mapping: string | null = null;
const isMapping = (file: File): boolean => /\.ya?ml$/i.test(file.name);
function forget(): void {
  chosen = [];
  answers = {};
  mapping = null;
}

function failureOf(job: Job): string {
  const error = job.error;
  return error === null ? said.failed : typeof error === 'string' ? error : error.detail || error.title || said.failed;
}

/* --- a job on its way ---------------------------------------------------------------------------------------------------- */

export function Progress(props: { work: Work; name: string }): JSX.Element {
  const { job, id } = props.work;
  const percent = Math.round((job?.share ?? 0) * 100);
  const [problem, setProblem] = useState<Problem | null>(null);
  return (
    <div class="card progress-card">
      <div class="card-body">
        <h2>{props.name} …</h2>
        <progress class="meter" max={100} value={percent} aria-label={props.name} />
        <p class="quiet" role="status">
          {said.progress(percent + '%')}
          {job?.step && <> · {job.step}</>}
          {job?.seconds_left != null && <> · {said.left(said.seconds(Math.round(job.seconds_left)))}</>}
        </p>
        {props.work.problem && <Failure problem={props.work.problem} />}
        {problem && <Failure problem={problem} acted />}
        <button
          type="button"
          class="btn btn-outline-secondary"
          onClick={() => void cancelJob(id).catch((error: Problem) => setProblem(error))}
        >
          {said.stop}
        </button>
      </div>
    </div>
  );
}

/* --- the dry run's answer --------------------------------------------------------------------------------------------------- */

type FileResult = ImportResult['files'][number];
function sumOf<Kind extends string>(files: Record<Kind, number>[], of: Kind): number {
  return files.reduce((all, file) => all + file[of], 0);
}
const fileColumns: Column<FileResult>[] = [
  { name: said.file, of: file => file.name },
  { name: said.as, of: file => file.as ?? said.unknownFile },
  { name: said.encoding, of: file => file.encoding ?? <None /> },
  { name: said.rows, num: true, of: file => number(file.rows) },
  { name: said.isNew, num: true, of: file => number(file.new) },
  { name: said.isChanged, num: true, of: file => number(file.changed) },
  { name: said.unchanged, num: true, of: file => number(file.unchanged) },
  {
    name: said.bad,
    num: true,
    of: file => <span class={file.bad ? 'fall' : ''}>{number(file.bad)}</span>,
  },
  { name: said.unused, of: file => (file.unused.length ? file.unused.join(', ') : <None />) },
];
const problemColumns: Column<ImportResult['problems'][number]>[] = [
  { name: said.file, of: one => one.file },
  { name: said.line, num: true, of: one => one.line ?? <None /> },
  { name: said.column, of: one => one.column ?? <None /> },
  { name: said.value, of: one => (one.value ? <code>{one.value}</code> : <None />) },
  { name: said.reason, of: one => sentence(one.reason) },
  { name: said.remedy, of: one => (one.remedy ? sentence(one.remedy) : <None />) },
];
/* A new row comes as JSON: its members in words, but for those that hold nothing. */
function inWords(what: string): string {
  try {
    return Object.entries(JSON.parse(what) as Record<string, unknown>)
      .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
      .map(([key, value]) => `${humanise(key).toLowerCase()}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
      .join(', ');
  } catch {
    return what; /* a sentence already */
  }
}
const changeColumns: Column<ImportResult['preview'][number]>[] = [
  { name: said.key, of: one => one.key },
  { name: said.file, of: one => one.file },
  { name: said.state, of: one => said.change[one.change] ?? one.change },
  { name: said.what, of: one => inWords(one.what) },
];

function Problems(props: { of: ImportResult; asked: string[] }): JSX.Element | null {
  /* That a table is not recognised is what its questions are about: it is no row to mend. */
  const problems = props.of.problems.filter(one => one.line || !props.asked.includes(one.file));
  const problem_count = props.of.problem_count - (props.of.problems.length - problems.length);
  if (problem_count === 0) return null;
  return (
    <section>
      <h3>
        {said.problems} <span class="count">{number(problem_count)}</span>
      </h3>
      <p class="quiet">
        {said.problemsLead}
        {problems.length < problem_count && ' ' + text.shell.moreThanShown(problems.length, problem_count) + '.'}
      </p>
      <Rows label={said.problems} of={problems} columns={problemColumns} />
    </section>
  );
}
/* The files that Meno cannot read before it is told how: it has asked about them, or drafted a mapping. */
function askedFiles(result: ImportResult): string[] {
  const drafted = (name: string): boolean => result.mapping?.includes(`file: ${JSON.stringify(name)}`) ?? false;
  return result.files.map(file => file.name).filter(name => drafted(name) || result.questions.some(one => one.file === name));
}

interface Deciding {
  of: ImportResult;
  answer: (answers: Answers) => void;
  map: (yaml: string) => void;
  commit: (skip: boolean) => void;
  discard: () => void;
}
function Actions(props: Deciding): JSX.Element {
  const { of: result } = props;
  const bad = sumOf(result.files, 'bad'),
    moving = sumOf(result.files, 'new') + sumOf(result.files, 'changed');
  const draft = result.mapping !== null && result.questions.length === 0 && !chosen.some(isMapping) ? result.mapping : null;
  const undecided = result.mapping !== null || result.questions.length > 0;
  return (
    <div class="actions">
      {draft !== null && (
        <button type="button" class="btn btn-primary" onClick={() => props.map(draft)}>
          {said.mappingUse}
        </button>
      )}
      {!undecided && (result.refused === null || bad > 0) && (
        <button type="button" class="btn btn-primary" disabled={moving === 0} onClick={() => props.commit(bad > 0)}>
          {bad > 0 ? said.commitSkip(bad) : said.commit}
        </button>
      )}
      <button type="button" class="btn btn-outline-secondary" onClick={props.discard}>
        {bad > 0 && !undecided ? said.mend : said.discard}
      </button>
    </div>
  );
}

function Mapping(props: { of: ImportResult }): JSX.Element | null {
  const own = chosen.some(isMapping);
  if (mapping === null && props.of.mapping === null) return null;
  return (
    <section>
      {mapping !== null && props.of.mapping === null && <p class="quiet">{said.mappingUsed}</p>}
      {own && props.of.mapping !== null && <p class="callout warn">{said.mappingOwn}</p>}
      <MappingText of={props.of.mapping ?? mapping!} open={props.of.mapping !== null && props.of.questions.length === 0} />
    </section>
  );
}

/* The report of another round takes the focus: the form whose button was pressed is gone. */
function focusOnRound(element: HTMLElement | null): void {
  if (element && (mapping !== null || Object.keys(answers).length > 0) && document.activeElement === document.body) element.focus();
}

function Preview(props: Deciding): JSX.Element {
  const result = props.of;
  const added = sumOf(result.files, 'new'),
    changed = sumOf(result.files, 'changed'),
    bad = sumOf(result.files, 'bad'),
    asked = askedFiles(result),
    known = result.files.filter(file => !asked.includes(file.name)).length;
  return (
    <section class="card preview">
      <div class="card-body">
        <h2 ref={focusOnRound} tabIndex={-1}>
          {said.preview}
        </h2>
        {asked.length > 0 && <p class="answer-small">{said.unknown(list(asked), result.questions.length)}</p>}
        {known > 0 && (
          <p class="answer-small">
            {added + changed + result.problem_count === 0 ? said.nothingNew : said.previewAnswer(number(added), number(changed), bad)}
          </p>
        )}
        {result.refused !== null && asked.length === 0 && bad === 0 && (
          <p class="callout warn">
            {said.refused}: {result.refused}.
          </p>
        )}
        {result.questions.length > 0 && <Questions of={result.questions} known={answers} send={props.answer} />}
        <Actions {...props} />
        <Mapping of={result} />
        <Rows label={said.preview} of={result.files} columns={fileColumns} />
        <Problems of={result} asked={asked} />
        {result.warnings.length > 0 && (
          <section>
            <h3>{said.warnings}</h3>
            <ul>
              {result.warnings.map((line, index) => (
                <li key={index}>{line}</li>
              ))}
            </ul>
          </section>
        )}
        {result.preview.length > 0 && (
          <details open={bad === 0}>
            <summary>{said.changes}</summary>
            <Rows label={said.changes} class="table-sm" of={result.preview} columns={changeColumns} />
          </details>
        )}
      </div>
    </section>
  );
}

/* --- dropping ---------------------------------------------------------------------------------------------------------------- */

function Drop(props: { take: (files: File[]) => void; second: boolean }): JSX.Element {
  const [over, setOver] = useState(false);
  return (
    <div
      class={'drop' + (over ? ' over' : '')}
      onDragOver={event => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length) props.take(files);
      }}
    >
      <p class="drop-title">{said.drop}</p>
      <p class="quiet">{said.dropLead}</p>
      <label class={'btn file-button ' + (props.second ? 'btn-outline-secondary' : 'btn-primary')}>
        {said.choose}
        <input
          type="file"
          multiple
          class="visually-hidden"
          onChange={event => {
            const files = [...(event.currentTarget.files ?? [])];
            event.currentTarget.value = '';
            if (files.length) props.take(files);
          }}
        />
      </label>
    </div>
  );
}

function historyColumns(undo: (one: Import) => void): Column<Import>[] {
  const sum = (one: Import, of: 'new' | 'changed' | 'bad'): string => number(sumOf(one.files, of));
  const names = (one: Import): string => one.files.map(file => file.name).join(', ');
  return [
    { name: said.at, of: one => moment(one.at) },
    { name: said.by, of: one => one.by },
    {
      name: said.file,
      of: one =>
        one.files.length > 3 ? (
          <details>
            <summary>{said.files(one.files.length)}</summary>
            {names(one)}
          </details>
        ) : (
          names(one)
        ),
    },
    { name: said.isNew, num: true, of: one => sum(one, 'new') },
    { name: said.isChanged, num: true, of: one => sum(one, 'changed') },
    { name: said.bad, num: true, of: one => sum(one, 'bad') },
    {
      name: said.state,
      of: one => (
        <Badge tone={one.state === 'committed' ? 'good' : one.state === 'undone' ? 'plain' : 'wait'}>
          {said.states[one.state] ?? one.state}
        </Badge>
      ),
    },
    {
      name: said.undo,
      unseen: true,
      of: one =>
        one.can_undo ? (
          <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={said.undoOf(moment(one.at))} onClick={() => undo(one)}>
            {said.undo}
          </button>
        ) : (
          one.reason && <span class="quiet">{one.reason}</span>
        ),
    },
  ];
}

/* --- the page ----------------------------------------------------------------------------------------------------------------- */

const workNames: Record<string, string> = { 'dry-run': said.checking, 'paste-check': said.checking, import: said.importing, paste: said.importing, undo: said.undoing, run: said.thinking };
const doneWords: Record<string, string> = { import: said.done, undo: said.undoDone, run: said.runDone };

/* An import that was refused is a job well done: only its result says that nothing came in. */
function refusedBy(work: Work | undefined): string | null {
  return work?.kind === 'import' && work.job?.state === 'done' ? (work.job.result as ImportResult).refused : null;
}

/* Said once, even if the page was left meanwhile. */
const reported = new Set<string>();
function useReports(works: Work[]): void {
  useEffect(() => {
    for (const work of works) {
      const message = doneWords[work.kind];
      if (!message || work.job?.state !== 'done' || reported.has(work.id)) continue;
      reported.add(work.id);
      if (refusedBy(work)) continue;
      if (work.kind === 'import') {
        forget();
        dropJob('dry-run');
      }
      say(message);
      invalidate();
    }
  }, [works]);
}

function form(dryRun: boolean, skip: boolean): FormData {
  const data = new FormData();
  for (const file of chosen) data.append(isMapping(file) ? 'map' : 'files', file, file.name);
  if (mapping !== null) data.append('map', mapping);
  else if (Object.keys(answers).length > 0) data.append('answers', JSON.stringify(answers));
  data.append('dry_run', String(dryRun));
  data.append('skip_bad', String(skip));
  return data;
}

function Ended(props: { works: Work[] }): JSX.Element | null {
  const failed = props.works.find(work => work.job?.state === 'failed' || refusedBy(work));
  if (failed) {
    return (
      <div class="alert alert-danger failure" role="alert">
        <h2 class="alert-title">{said.failed}</h2>
        <p>
          {sentence(refusedBy(failed) ?? failureOf(failed.job!))}. {said.failedSafe}
        </p>
      </div>
    );
  }
  return props.works.some(work => work.job?.state === 'cancelled') ? (
    <p class="callout quiet-callout" role="status">
      {said.stopped}
    </p>
  ) : null;
}

function UndoDialog(props: { of: Import; close: () => void; undo: () => void }): JSX.Element {
  return (
    <Dialog title={said.undoTitle} close={props.close}>
      <p>{props.of.files.map(file => file.name).join(', ')}</p>
      <p class="quiet">{said.undoLead}</p>
      <DialogActions submit={said.undo} act={props.undo} close={props.close} danger />
    </Dialog>
  );
}

function lastWords(imports: Import[]): string {
  const last = imports.find(one => one.state === 'committed');
  return last ? said.answer(moment(last.at), sumOf(last.files, 'bad'), last.files.length) : said.answer(null, 0, 0);
}

export function ImportsPage(): JSX.Element {
  const imports = useResource<{ imports: Import[] }>('/imports');
  const works = useWorks();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [undoing, setUndoing] = useState<Import | null>(null);
  useReports(works);
  const at = (kind: string): Work | undefined => works.find(work => work.kind === kind);
  const running = works.find(work => !work.job || work.job.state === 'running');
  const dry = at('dry-run')?.job?.state === 'done' ? at('dry-run')!.job! : null;
  const fresh = at('import')?.job?.state === 'done' && !refusedBy(at('import')) && at('run')?.job?.state !== 'done';

  const send = async (kind: string, request: () => Promise<{ job: string }>): Promise<void> => {
    setProblem(null);
    try {
      watchJob(kind, (await request()).job);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const take = (files: File[]): void => {
    const names = new Set(files.map(file => file.name));
    chosen = [...chosen.filter(file => !names.has(file.name)), ...files]; /* a mended file replaces its namesake */
    answers = Object.fromEntries(Object.entries(answers).filter(([file]) => !names.has(file)));
    mapping = null;
    tryDry();
  };
  const tryDry = (): void => {
    for (const work of works) dropJob(work.kind);
    void send('dry-run', () => call('POST', '/imports', form(true, false)));
  };
  const discard = (): void => {
    forget();
    dropJob('dry-run');
  };
  const undo = (one: Import): void => {
    setUndoing(null);
    void send('undo', () => post(`/imports/${encodeURIComponent(one.id)}/undo`));
  };
  return (
    <Page {...text.pages.imports} answer={answered(imports, data => lastWords(data.imports))}>
      {problem && <Failure problem={problem} acted />}
      <Ended works={works} />
      {running && <Progress work={running} name={workNames[running.kind] ?? running.kind} />}
      {!running && dry && (
        <Preview
          of={dry.result as ImportResult}
          answer={given => {
            answers = given;
            tryDry();
          }}
          map={yaml => {
            mapping = yaml;
            tryDry();
          }}
          commit={skip => void send('import', () => call('POST', '/imports', form(false, skip)))}
          discard={discard}
        />
      )}
      {!running && !dry && fresh && (
        <section class="card">
          <div class="card-body">
            <h2>{said.done}</h2>
            <p class="quiet">{said.runLead}</p>
            <button type="button" class="btn btn-primary" onClick={() => void send('run', () => post('/run'))}>
              {said.run}
            </button>
          </div>
        </section>
      )}
      {!running && <Drop take={take} second={dry !== null || fresh} />}
      <section>
        <h2>{said.history}</h2>
        <Load of={imports} rows={2}>
          {data =>
            data.imports.length === 0 ? (
              <p class="quiet">{said.historyNone}</p>
            ) : (
              <Rows label={said.history} of={data.imports} columns={historyColumns(setUndoing)} focus />
            )
          }
        </Load>
      </section>
      {undoing && <UndoDialog of={undoing} close={() => setUndoing(null)} undo={() => undo(undoing)} />}
    </Page>
  );
}
