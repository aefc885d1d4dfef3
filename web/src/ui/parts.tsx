/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts that every page is made of: the page's frame (question, answer, actions), a resource drawn in its three
 * states, a number that opens its reasons, the dialog, and the two live regions through which the client speaks. */
import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { once, sentence } from '../format.ts';
import type { Caller } from '../api.ts';
import type { Problem, Resource } from '../client.ts';

/* --- who is signed in ---------------------------------------------------------------------------------------------- */

export const CallerContext = createContext<Caller | null>(null);
export function useCaller(): Caller {
  const caller = useContext(CallerContext);
  if (!caller) throw new Error('no caller: a page was drawn outside the shell');
  return caller;
}
export function useMay(permission: string): boolean {
  return useCaller().may.includes(permission);
}

/* --- what happened, said aloud and shown ----------------------------------------------------------------------------- */

export interface Said {
  text: string;
  tone: 'good' | 'bad';
  at: number;
}
let sayListener: (said: Said) => void = () => {};
export function setSayListener(listener: (said: Said) => void): void {
  sayListener = listener;
}
export function say(what: string, tone: 'good' | 'bad' = 'good'): void {
  sayListener({ text: what, tone, at: Date.now() });
}

/* --- the reasons behind a number -------------------------------------------------------------------------------------- */

let whyOpener: (id: string) => void = () => {};
export function setWhyOpener(open: (id: string) => void): void {
  whyOpener = open;
}
export function openWhy(id: string): void {
  whyOpener(id);
}

/* A number as a door. `what` names the number for those who hear the page instead of seeing it. */
export function Why(props: { id: string | null; what: string; children: ComponentChildren; class?: string; label?: string }): JSX.Element {
  const caller = useCaller();
  const id = props.id;
  if (id === null || !caller.may.includes('WHY')) return <span class={props.class}>{props.children}</span>;
  return (
    <button type="button" class={'why ' + (props.class ?? '')} onClick={() => openWhy(id)} title={text.shell.whyOf(props.what)}>
      {props.children}
      <span class="visually-hidden"> {text.shell.whyOf(props.label ?? props.what)}</span>
    </button>
  );
}

/* --- the page's frame --------------------------------------------------------------------------------------------------- */

let pagesDrawn = 0;
export function Page(props: {
  name: string;
  question: string;
  answer: string | null;
  title?: string;
  back?: { href: string; name: string };
  actions?: ComponentChildren;
  children: ComponentChildren;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const title = props.title ?? props.name;
  useEffect(() => {
    document.title = `${title} – ${text.product}`;
  }, [title]);
  useEffect(() => {
    /* The first page is read from its top; every later one takes the focus, else a keyboard would stay where it was. */
    if (pagesDrawn++ > 0) heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <article class="page">
      <header class="page-head">
        <div>
          {props.back && (
            <p class="crumb">
              <a href={props.back.href}>{props.back.name}</a>
            </p>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
            {!props.title && props.question && <span class="question"> {props.question}</span>}
          </h1>
          {props.answer === null ? (
            <p class="answer placeholder-glow" aria-hidden="true">
              <span class="placeholder col-8" />
            </p>
          ) : (
            props.answer && <p class="answer">{props.answer}</p>
          )}
        </div>
        {props.actions && <div class="page-actions">{props.actions}</div>}
      </header>
      {props.children}
    </article>
  );
}

/* A page's first line, once its resource is there: null while it is on its way, nothing where it failed. */
export function answered<T>(of: Resource<T>, words: (data: T) => string): string | null {
  return of.data !== null ? words(of.data) : of.problem ? '' : null;
}

/* Something failed: what, what is safe, what to do. */
export function Failure(props: { problem: Problem; retry?: () => void; acted?: boolean }): JSX.Element {
  const { code, detail, title, status } = props.problem;
  const known = text.errors.title[code];
  const safe = code === 'unreachable' ? text.errors.safe.unreachable : props.acted ? text.errors.safe.act : text.errors.safe.read;
  const remedy = text.errors.remedy[code];
  return (
    <div class="alert alert-danger failure" role="alert">
      <h2 class="alert-title">{known ?? (title || text.errors.other)}</h2>
      <p>
        {detail ? sentence(detail.replace(/([^.!?])$/, '$1.')) + ' ' : ''}
        {safe}{' '}
        {remedy ?? (
          <>
            {text.errors.otherRemedy}{' '}
            <code>
              {code} {status}
            </code>
          </>
        )}
      </p>
      {props.retry && code !== 'not-found' && code !== 'forbidden' && (
        <button type="button" class="btn btn-outline-secondary" onClick={props.retry}>
          {text.errors.retry}
        </button>
      )}
    </div>
  );
}

/* A resource in its states. The skeleton has the height of what is to come; old data stays while new data is fetched. */
export function Load<T>(props: { of: Resource<T>; rows?: number; children: (data: T) => ComponentChildren }): JSX.Element {
  const { data, problem, loading, reload } = props.of;
  if (data === null && problem) return <Failure problem={problem} retry={() => void reload()} />;
  if (data === null) return <Skeleton rows={props.rows ?? 6} />;
  return (
    <div aria-busy={loading}>
      {problem && <Failure problem={problem} retry={() => void reload()} />}
      {props.children(data)}
    </div>
  );
}
export function Skeleton(props: { rows: number }): JSX.Element {
  return (
    <div class="skeleton placeholder-glow" aria-hidden="true">
      {Array.from({ length: props.rows }, (_, index) => (
        <div class="card" key={index}>
          <div class="card-body">
            <span class="placeholder col-5" />
            <span class="placeholder col-9" />
            <span class="placeholder col-7" />
          </div>
        </div>
      ))}
    </div>
  );
}

/* Nothing here (the page's first line has said so): what would fill it, and the one step that leads there. */
export function Empty(props: { lead: string; action?: { name: string; href: string }; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty-state">
      <p>{props.lead}</p>
      {props.action && (
        <a class="btn btn-primary" href={props.action.href}>
          {props.action.name}
        </a>
      )}
      {props.children}
    </div>
  );
}

/* --- the dialog ------------------------------------------------------------------------------------------------------------- */

/* The browser's own modal: it keeps the focus inside, closes on Escape and gives the focus back to where it was. */
export function Dialog(props: {
  title: string;
  close: () => void;
  side?: boolean;
  wide?: boolean;
  children: ComponentChildren;
  head?: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const name = useId();
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    if (!element.querySelector('[autofocus]')) heading.current?.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={(props.side ? 'drawer ' : '') + (props.wide ? 'wide' : '')}
      aria-labelledby={name}
      onCancel={event => {
        event.preventDefault();
        props.close();
      }}
      onClick={event => {
        if (event.target === dialog.current) props.close();
      }}
    >
      <div class="dialog-box">
        <header class="dialog-head">
          <h2 id={name} ref={heading} tabIndex={-1}>
            {props.title}
          </h2>
          {props.head}
          <button
            type="button"
            class="btn btn-icon btn-ghost-secondary"
            aria-label={text.shell.close}
            title={text.shell.close}
            onClick={props.close}
          >
            <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
              <path d="M3 3l10 10M13 3L3 13" stroke="currentColor" stroke-width="1.75" fill="none" />
            </svg>
          </button>
        </header>
        <div class="dialog-body">{props.children}</div>
      </div>
    </dialog>
  );
}

/* The first few of a long list; the rest is one click away. */
const SHOWN = 4;
export function Few(props: { of: string[]; class?: string }): JSX.Element {
  const items = once(props.of);
  const lines = (some: string[]): JSX.Element => (
    <ul class={props.class}>
      {some.map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
  if (items.length <= SHOWN + 1) return lines(items);
  return (
    <>
      {lines(items.slice(0, SHOWN))}
      <details>
        <summary>{text.shell.more(items.length - SHOWN)}</summary>
        {lines(items.slice(SHOWN))}
      </details>
    </>
  );
}

/* --- small things ------------------------------------------------------------------------------------------------------------ */

export function Facts(props: { of: [string, ComponentChildren][] }): JSX.Element {
  return (
    <dl class="facts">
      {props.of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
export function Badge(props: { tone?: 'good' | 'bad' | 'wait' | 'plain'; children: ComponentChildren }): JSX.Element {
  return <span class={'badge tone-' + (props.tone ?? 'plain')}>{props.children}</span>;
}
/* A wide table scrolls inside its own frame, and the frame takes the focus so that keys can scroll it. */
export function Scroll(props: { label: string; children: ComponentChildren }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  const [more, setMore] = useState(false);
  useEffect(() => {
    const element = frame.current!;
    const measure = (): void => {
      setWide(element.scrollWidth > element.clientWidth + 1);
      setMore(element.scrollLeft + element.clientWidth < element.scrollWidth - 2);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    element.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  return (
    <div
      ref={frame}
      class={more ? 'scroll more' : 'scroll'}
      tabIndex={wide ? 0 : undefined}
      role={wide ? 'region' : undefined}
      aria-label={wide ? props.label : undefined}
    >
      {props.children}
    </div>
  );
}
/* A table by its columns; the first one names the row. */
export interface Column<T> {
  name: string;
  of: (row: T) => ComponentChildren;
  num?: boolean;
  unseen?: boolean;
}
export function Rows<T>(props: { label: string; of: T[]; columns: Column<T>[]; class?: string; focus?: boolean }): JSX.Element {
  const [first, ...rest] = props.columns;
  const head = (column: Column<T>): JSX.Element => (
    <th scope="col" class={column.num ? 'num' : undefined} key={column.name}>
      {column.unseen ? <span class="visually-hidden">{column.name}</span> : column.name}
    </th>
  );
  return (
    <Scroll label={props.label}>
      <table class={'table ' + (props.class ?? '')}>
        <caption class="visually-hidden">{props.label}</caption>
        <thead>
          <tr>{props.columns.map(head)}</tr>
        </thead>
        <tbody>
          {props.of.map((row, index) => (
            <tr key={index} {...(props.focus ? { 'data-row': true, tabIndex: -1 } : {})}>
              <th scope="row" class={first.num ? 'num' : undefined}>
                {first.of(row)}
              </th>
              {rest.map(column => (
                <td class={column.num ? 'num' : undefined} key={column.name}>
                  {column.of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
export function Hidden(): JSX.Element {
  return (
    <span class="withheld" title={text.shell.hiddenWhy}>
      {text.shell.hiddenCell}
    </span>
  );
}
export const None = (): JSX.Element => (
  <span class="absent">
    <span aria-hidden="true">–</span>
    <span class="visually-hidden">{text.shell.unknown}</span>
  </span>
);
