/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Addresses: "#/needs" and "#/needs/ID". They live behind the hash, so the server needs to know one page only and an
 * address survives the sign-in. */
import { useEffect, useState } from 'preact/hooks';

export type PageName =
  'today' | 'goals' | 'needs' | 'programmes' | 'approvals' | 'studio' | 'impact' | 'skills' | 'listening' | 'workforce' | 'team' | 'me' | 'imports' | 'outbox' | 'actors' | 'privacy' | 'figures' | 'statements' | 'credentials';
/* What one must be allowed to see each page; a link to another page would lead nowhere. */
export const permission: Record<PageName, string> = {
  today: 'SIGNED_IN',
  goals: 'READ_GOALS',
  needs: 'READ_NEEDS',
  programmes: 'READ_PROGRAMMES',
  approvals: 'READ_APPROVALS',
  studio: 'READ_STUDIO',
  skills: 'READ_SKILLS',
  workforce: 'READ_WORKFORCE',
  team: 'READ_TEAM',
  impact: 'READ_IMPACT',
  listening: 'READ_LISTENING',
  me: 'SEE_OWN',
  imports: 'IMPORT',
  figures: 'READ_STATEMENTS',
  statements: 'SEE_STATEMENTS',
  credentials: 'OPERATE',
  outbox: 'OPERATE',
  actors: 'OPERATE',
  privacy: 'AUDIT',
};
export interface Route {
  page: string;
  id: string | null;
  query: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path, query] = hash.replace(/^#\/?/, '').split('?');
  const [page, ...rest] = path.split('/');
  let id: string | null = rest.length > 0 ? rest.join('/') : null;
  try {
    id = id === null ? null : decodeURIComponent(id);
  } catch {
    /* a stray percent sign: take it as it stands */
  }
  return { page: page || 'today', id: id || null, query: new URLSearchParams(query ?? '') };
}
export function href(page: PageName, id?: string | null, query?: Record<string, string>): string {
  const tail = query ? '?' + new URLSearchParams(query).toString() : '';
  return '#/' + page + (id ? '/' + encodeURIComponent(id) : '') + tail;
}
export function go(address: string, replace = false): void {
  if (replace) {
    history.replaceState(null, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = address;
}
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parse(hash);
}
const pagesOfKinds: Record<string, PageName> = {
  need: 'needs',
  goal: 'goals',
  proposal: 'approvals',
  approval: 'approvals',
  intervention: 'impact',
  skill: 'skills',
  programme: 'programmes',
  import: 'imports',
  source: 'studio',
  asset: 'studio',
};
/* Where a thing of a kind has its page; null: it has none that the caller may open, its reasons are all there is. */
export function pageOf(kind: string, id: string, may: string[]): string | null {
  const page = pagesOfKinds[kind];
  if (!page || !may.includes(permission[page])) return null;
  return href(page, page === 'imports' ? null : page === 'studio' ? `${kind}/${id}` : id);
}
