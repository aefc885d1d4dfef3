/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyboard: `g` and a letter moves between pages, j and k move the focus among the rows that a page marks with
 * data-row, and a page may bind letters of its own while it is shown. Single keys can be switched off (WCAG 2.1.4), and
 * never act while somebody types or a dialog is open. */
import { useEffect, useRef } from 'preact/hooks';

type Act = () => void;
const bound = new Map<string, Act>();
const OFF = 'meno-keys-off';
const SEQUENCE_MILLISECONDS = 1500;

export function keysOn(): boolean {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}
export function setKeysOn(on: boolean): void {
  try {
    on ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, '1');
  } catch {
    /* storage forbidden: keys stay on */
  }
}

export function useKeys(keys: Record<string, Act | null>): void {
  const latest = useRef(keys);
  latest.current = keys; /* a key acts on what was drawn last, not on what the last effect saw */
  const names = Object.keys(keys)
    .filter(key => keys[key])
    .join(' ');
  useEffect(() => {
    const mine = names
      .split(' ')
      .filter(Boolean)
      .map(key => [key, (): void => latest.current[key]?.()] as const);
    for (const [key, act] of mine) bound.set(key, act);
    return () => {
      for (const [key, act] of mine) if (bound.get(key) === act) bound.delete(key);
    };
  }, [names]);
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
        !['radio', 'checkbox', 'range', 'button'].includes((target as HTMLInputElement).type)))
  );
}

export function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter(row => row.offsetParent !== null);
  if (rows.length === 0) return;
  const now = rows.findIndex(row => row === document.activeElement || row.contains(document.activeElement));
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + step))];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

export function listen(pages: Record<string, Act>): () => void {
  let leader = 0;
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (!keysOn() || document.querySelector('dialog[open]')) return;
    const key = event.key;
    const take = (act: Act | undefined): void => {
      if (act) {
        event.preventDefault();
        act();
      }
    };
    if (leader && event.timeStamp - leader < SEQUENCE_MILLISECONDS) {
      leader = 0;
      take(pages[key]);
      return;
    }
    leader = 0;
    if (key === 'g') {
      leader = event.timeStamp;
      return;
    }
    if (key === 'Enter' && document.activeElement instanceof HTMLElement && document.activeElement.matches('[data-row]')) {
      const link = document.activeElement.querySelector<HTMLElement>('a[href], button');
      if (link) take(() => link.click());
      return;
    }
    if (bound.has(key)) take(bound.get(key));
    else if (key === 'j') take(() => moveRow(1));
    else if (key === 'k') take(() => moveRow(-1));
  };
  addEventListener('keydown', pressed);
  return () => removeEventListener('keydown', pressed);
}
