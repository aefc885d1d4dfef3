/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "26 weeks later", then 13 more: only a demo has it. It is a job; the page may be left meanwhile. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { share } from '../format.ts';
import { go, href } from '../router.ts';
import { dropJob, post, useResource, useWorks, watchJob, type Problem } from '../client.ts';
import { Failure, useMay } from '../ui/parts.tsx';
import type { LaterState } from '../api.ts';

const said = text.later;

export function Later(): JSX.Element | null {
  const may = useMay('STEER');
  const demo = useResource<LaterState>(may ? '/later' : null);
  const work = useWorks().find(one => one.kind === 'later');
  const [problem, setProblem] = useState<Problem | null>(null);
  const begin = async (): Promise<void> => {
    setProblem(null);
    try {
      watchJob('later', (await post<{ job: string }>('/later', {})).job);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const job = work?.job;
  if (!demo.data?.later && !job) return null;
  if (job?.state === 'done')
    return (
      <section class="callout later" role="status">
        <h2>{said.done}</h2>
        <p>{said.doneLead}</p>
        <button
          type="button"
          class="btn btn-primary"
          onClick={() => {
            dropJob('later');
            go(href('impact'));
          }}
        >
          {said.look}
        </button>
      </section>
    );
  const weeks = demo.data?.weeks ?? 0;
  const failed = problem ?? work?.problem ?? null;
  return (
    <section class="callout later">
      <h2>{said.title(weeks)}</h2>
      <p>{said.lead}</p>
      {failed && <Failure problem={failed} acted />}
      {job?.state === 'failed' && (
        <p class="form-error" role="alert">
          {said.failed} {typeof job.error === 'string' ? job.error : job.error?.detail}
        </p>
      )}
      {job?.state === 'running' ? (
        <p role="status">
          <progress max={1} value={job.share ?? 0} aria-label={said.title(weeks)} /> {share(job.share ?? 0)} {job.step}
        </p>
      ) : (
        <button type="button" class="btn btn-outline-secondary" onClick={() => void begin()}>
          {said.button(weeks)}
        </button>
      )}
    </section>
  );
}
