/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The theme must stand before the first paint, so this is the one small script that the page waits for. It follows the
 * system unless the reader chose otherwise, and prints light: paper is. */
type Choice = 'auto' | 'light' | 'dark';
const KEY = 'meno-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
let printing = false;

function choice(): Choice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  } /* storage may be forbidden; the system's theme will do */
}
function apply(): void {
  const chosen = choice();
  const theme = printing ? 'light' : chosen === 'auto' ? (system.matches ? 'dark' : 'light') : chosen;
  document.documentElement.dataset.bsTheme = theme;
  document.dispatchEvent(new CustomEvent('meno:theme'));
}
const meno = {
  theme: choice,
  nextTheme(): Choice {
    const next: Choice = choice() === 'auto' ? 'light' : choice() === 'light' ? 'dark' : 'auto';
    try {
      next === 'auto' ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, next);
    } catch {
      /* as above */
    }
    apply();
    return next;
  },
};
(window as unknown as { meno: typeof meno }).meno = meno;
system.addEventListener('change', apply);
addEventListener('beforeprint', () => {
  printing = true;
  apply();
});
addEventListener('afterprint', () => {
  printing = false;
  apply();
});
apply();
export type Theme = typeof meno;
