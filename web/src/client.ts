/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that goes over the wire: one fetch with the session's cookie and its CSRF token, problem+json turned into
 * one exception, a memory of what each address said last (so that a page seen before is drawn at once and then
 * refreshed), and jobs, which outlive the page that started them.
 *
 * How it can be wrong: the memory is per tab and unbounded; answers are small and a tab is closed at night. */
import { useEffect, useState } from 'preact/hooks';
import type { Caller, Job } from './api.ts';

const ROOT = '/api/v1';

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail || title);
  }
}

let csrf = '',
  account = '';
const memory = new Map<string, unknown>();
const listeners = new Set<() => void>();

/* Called when the server no longer knows us: the shell shows the sign-in, and the address stays where it was. */
let onSignedOut: () => void = () => {};
export function setOnSignedOut(act: () => void): void {
  onSignedOut = act;
}

async function problemOf(answer: Response): Promise<Problem> {
  let body: { title?: string; detail?: string; code?: string } = {};
  try {
    body = await answer.json();
  } catch {
    /* a proxy's page, not ours: the status must do */
  }
  return new Problem(answer.status, body.code ?? 'http-' + answer.status, body.title ?? answer.statusText, body.detail ?? '');
}

async function renewed(): Promise<boolean> {
  try {
    const caller = await call<Caller>('GET', '/session');
    const changed = caller.account === account && (caller.csrf ?? '') !== csrf;
    csrf = caller.csrf ?? '';
    return changed;
  } catch {
    return false;
  }
}

const LONGEST_WAIT = 5; /* seconds: longer, and a person should know */

export async function call<T>(method: string, path: string, body?: unknown, again = false): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  let payload: BodyInit | undefined;
  if (body instanceof FormData) payload = body;
  else if (body !== undefined) {
    payload = JSON.stringify(body);
    headers['Content-Type'] = 'application/json';
  }
  if (method !== 'GET' && csrf) headers['X-Meno-CSRF'] = csrf;
  let answer: Response;
  try {
    answer = await fetch(ROOT + path, { method, headers, body: payload, credentials: 'same-origin' });
  } catch {
    throw new Problem(0, 'unreachable', '', '');
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    /* Another tab may have signed in anew: its session is ours too, but not our token. Once, with the current one. */
    if (problem.status === 403 && method !== 'GET' && !again && (await renewed())) return call<T>(method, path, body, true);
    /* The door was full or the caller too quick, and nothing was done: once more, when it says. */
    const wait = Number(answer.headers.get('Retry-After') ?? NaN);
    if (problem.status === 429 && !again && wait <= LONGEST_WAIT && path !== '/session') {
      await new Promise(resolve => setTimeout(resolve, wait * 1000));
      return call<T>(method, path, body, true);
    }
    if (problem.status === 401 && path !== '/session') onSignedOut();
    throw problem;
  }
  return (await answer.json()) as T;
}

export const get = <T>(path: string): Promise<T> => call<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => call<T>('POST', path, body);

/* --- the session ------------------------------------------------------------------------------------------------ */

/* Whether this browser has signed in before: a first visit need not ask for a session that cannot be there. */
const BEFORE = 'meno-signed-in';
function remember(yes: boolean): void {
  try {
    yes ? localStorage.setItem(BEFORE, '1') : localStorage.removeItem(BEFORE);
  } catch {
    /* storage forbidden: ask each time */
  }
}
function neverBefore(): boolean {
  try {
    return localStorage.getItem(BEFORE) === null;
  } catch {
    return false;
  }
}

function entered(caller: Caller): Caller {
  csrf = caller.csrf ?? '';
  account = caller.account;
  memory.clear();
  remember(true);
  return caller;
}
export const session = {
  forget: (): void => remember(false),
  resume: async (): Promise<Caller | null> => (neverBefore() ? null : entered(await get<Caller>('/session'))),
  enter: async (login: string, password: string): Promise<Caller> => entered(await post<Caller>('/session', { login, password })),
  leave: async (): Promise<void> => {
    await call('DELETE', '/session');
    csrf = '';
    memory.clear();
    remember(false);
  },
};

/* --- resources -------------------------------------------------------------------------------------------------- */

export interface Resource<T> {
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload(): Promise<void>;
  set(data: T): void;
}

/* What was changed may show on any page: forget everything, and let what is on the screen fetch itself again. */
export function invalidate(): void {
  memory.clear();
  for (const listener of listeners) listener();
}

const recall = <T>(path: string | null): T | null => (path === null ? null : ((memory.get(path) as T) ?? null));

export function useResource<T>(path: string | null): Resource<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; problem: Problem | null; loading: boolean }>(() => ({
    path,
    data: recall<T>(path),
    problem: null,
    loading: path !== null,
  }));
  const load = async (): Promise<void> => {
    if (path === null) return;
    setState(old => ({ ...old, loading: true }));
    try {
      const data = await get<T>(path);
      memory.set(path, data);
      setState(old => (old.path === path ? { path, data, problem: null, loading: false } : old));
    } catch (error) {
      const problem = error as Problem;
      setState(old => (old.path === path ? { path, data: old.data, problem, loading: false } : old));
    }
  };
  useEffect(() => {
    setState({ path, data: recall<T>(path), problem: null, loading: path !== null });
    void load();
    const again = (): void => {
      void load();
    };
    listeners.add(again);
    return () => {
      listeners.delete(again);
    };
  }, [path]);
  const current = state.path === path ? state : { path, data: null, problem: null, loading: path !== null };
  return {
    data: current.data,
    problem: current.problem,
    loading: current.loading,
    reload: load,
    set: data => {
      if (path !== null) memory.set(path, data);
      setState({ path, data, problem: null, loading: false });
    },
  };
}

/* --- jobs: they run on when the page is left, so their state lives here, not in a page ---------------------------- */

export interface Work {
  id: string;
  kind: string;
  job: Job | null;
  problem: Problem | null;
}
let works: Work[] = [];
const workListeners = new Set<() => void>();
const POLL_MILLISECONDS = 500;

function changed(id: string, change: Partial<Work>): void {
  works = works.map(work => (work.id === id ? { ...work, ...change } : work));
  for (const listener of workListeners) listener();
}

async function follow(id: string): Promise<void> {
  for (;;) {
    try {
      const job = await get<Job>('/jobs/' + encodeURIComponent(id));
      changed(id, { job, problem: null });
      if (job.state !== 'running') {
        memory.clear();
        for (const listener of listeners) listener();
        return;
      }
    } catch (error) {
      const problem = error as Problem;
      changed(id, { problem });
      if (problem.status !== 0) return; /* unreachable passes; anything else is an answer */
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

/* Start following a job under a name by which a page finds it again. */
export function watchJob(kind: string, id: string): void {
  works = [...works.filter(work => work.kind !== kind), { id, kind, job: null, problem: null }];
  for (const listener of workListeners) listener();
  void follow(id);
}
export function dropJob(kind: string): void {
  works = works.filter(work => work.kind !== kind);
  for (const listener of workListeners) listener();
}
export async function cancelJob(id: string): Promise<void> {
  await call('DELETE', '/jobs/' + encodeURIComponent(id));
}

export function useWorks(): Work[] {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = (): void => redraw(count => count + 1);
    workListeners.add(listener);
    return () => {
      workListeners.delete(listener);
    };
  }, []);
  return works;
}
