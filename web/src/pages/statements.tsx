/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements: what programs send, as it arrives. The page asks every two seconds for what was stored since the newest that it
 * has, and puts it on top; while somebody reads further down, or has paused, what is new only says how much it is, so that nothing
 * moves under a hand. Filters stand in the address.
 *
 * Who somebody is, and what they wrote, does not come here; whoever may know asks for one statement, with a reason. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { moment, number, second } from '../format.ts';
import { get, post, useResource, type Problem } from '../client.ts';
import { go, href } from '../router.ts';
import { Badge, Dialog, Empty, Facts, Failure, Load, None, Page, Scroll, say, Skeleton, useMay } from '../ui/parts.tsx';
import type { StatementDetail, StatementList, StatementRow, Terms } from '../api.ts';

const said = text.statements;
const ASK_MILLISECONDS = 2000;
const PAGE = 50,
  KEPT = 400; /* rows that stay on the page */
const FILTERS = ['verb', 'activity', 'agent', 'registration', 'since', 'until'] as const;
type Filter = (typeof FILTERS)[number];
type Filters = Partial<Record<Filter, string>>;

const filtersOf = (query: URLSearchParams): Filters =>
  Object.fromEntries(FILTERS.filter(name => query.get(name)).map(name => [name, query.get(name)!]));
const show = (filters: Filters): void => go(href('statements', null, filters as Record<string, string>), true);
const short = (agent: string): string => agent.slice(0, 10);
const lastPart = (iri: string): string => decodeURIComponent(iri.replace(/[/#?]+$/, '').split(/[/#]/).pop() || iri);

/* --- what arrives --------------------------------------------------------------------------------------------------------- */

interface Stream {
  rows: StatementRow[] | null;
  waiting: StatementRow[]; /* newer than what is shown */
  older: string | null;
  problem: Problem | null;
  newest: string | null;
}
const nothing: Stream = { rows: null, waiting: [], older: null, problem: null, newest: null };

function address(filters: Filters, more: Record<string, string>): string {
  return '/statements?' + new URLSearchParams({ limit: String(PAGE), ...filters, ...more }).toString();
}

/* Newer rows, while `still` says that they may be put on top; a filter that ends in the past brings none. */
function useStream(filters: Filters, live: boolean, still: () => boolean): Stream & { older_ones: () => void; release: () => void; reload: () => void } {
  const [stream, setStream] = useState<Stream>(nothing);
  const key = JSON.stringify(filters);
  const turn = useRef(0);
  const now = useRef(stream);
  now.current = stream;
  const begin = async (): Promise<void> => {
    const mine = ++turn.current;
    try {
      const data = await get<StatementList>(address(filters, {}));
      if (mine === turn.current) setStream({ rows: data.statements, waiting: [], older: data.more, problem: null, newest: data.newest });
    } catch (error) {
      if (mine === turn.current) setStream(old => ({ ...old, problem: error as Problem }));
    }
  };
  const ask = async (): Promise<void> => {
    const mine = turn.current,
      { newest } = now.current;
    if (now.current.rows === null || document.hidden) return;
    if (newest === null) return begin();
    try {
      const since = filters.since && filters.since > newest ? filters.since : newest;
      const data = await get<StatementList>(address(filters, { since }));
      if (mine !== turn.current) return;
      if (data.more !== null) return begin(); /* more came than a page holds: begin at the newest */
      setStream(old => {
        const fresh = [...data.statements, ...old.waiting];
        const on_top = !still();
        return {
          ...old,
          problem: null,
          newest: data.newest ?? old.newest,
          rows: on_top ? [...fresh, ...old.rows!].slice(0, KEPT) : old.rows,
          waiting: on_top ? [] : fresh.slice(0, KEPT),
        };
      });
    } catch (error) {
      if (mine === turn.current) setStream(old => ({ ...old, problem: error as Problem }));
    }
  };
  useEffect(() => {
    setStream(nothing);
    void begin();
  }, [key]);
  useEffect(() => {
    if (!live || filters.until) return;
    const timer = setInterval(() => void ask(), ASK_MILLISECONDS);
    return () => clearInterval(timer);
  }, [key, live]);
  const older_ones = async (): Promise<void> => {
    const mine = turn.current;
    try {
      const data = await get<StatementList>(address(filters, { cursor: now.current.older! }));
      if (mine === turn.current) setStream(old => ({ ...old, rows: [...old.rows!, ...data.statements], older: data.more, problem: null }));
    } catch (error) {
      setStream(old => ({ ...old, problem: error as Problem }));
    }
  };
  const release = (): void => setStream(old => ({ ...old, rows: [...old.waiting, ...(old.rows ?? [])].slice(0, KEPT), waiting: [] }));
  return { ...stream, older_ones: () => void older_ones(), release, reload: () => void begin() };
}

/* --- searching ------------------------------------------------------------------------------------------------------------ */

const SEARCH_MILLISECONDS = 200;

function Search(props: { filters: Filters }): JSX.Element {
  const [query, setQuery] = useState('');
  const [terms, setTerms] = useState<Terms | null>(null);
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (query.trim().length < 2) {
      setTerms(null);
      return;
    }
    const timer = setTimeout(() => {
      get<Terms>('/statements/terms?q=' + encodeURIComponent(query.trim())).then(
        answer => mine === turn.current && setTerms(answer),
        () => mine === turn.current && setTerms(null),
      );
    }, SEARCH_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [query]);
  const choose = (name: 'verb' | 'activity', id: string): void => {
    setQuery('');
    show({ ...props.filters, [name]: id });
  };
  const group = (name: 'verb' | 'activity', title: string, of: { id: string; name: string }[]): JSX.Element | null =>
    of.length === 0 ? null : (
      <section>
        <h2>{title}</h2>
        <ul class="plain">
          {of.map(one => (
            <li key={one.id}>
              <button type="button" class="term" onClick={() => choose(name, one.id)}>
                <b>{one.name}</b> <span class="quiet">{one.id}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    );
  return (
    <div class="term-search">
      <label class="form-label" for="term-search">
        {said.search}
      </label>
      <input
        class="form-control"
        id="term-search"
        type="search"
        autocomplete="off"
        placeholder={said.searchHint}
        value={query}
        aria-describedby="term-found"
        onInput={event => setQuery(event.currentTarget.value)}
        onKeyDown={event => event.key === 'Escape' && setQuery('')}
      />
      <p class="visually-hidden" id="term-found" role="status">
        {terms ? said.found(terms.verbs.length + terms.activities.length) : query ? said.searching : ''}
      </p>
      {terms && (
        <div class="terms">
          {terms.verbs.length + terms.activities.length === 0 && <p class="quiet">{said.found(0)}</p>}
          {group('verb', said.verbs, terms.verbs)}
          {group('activity', said.activities, terms.activities)}
        </div>
      )}
    </div>
  );
}

function Chips(props: { filters: Filters }): JSX.Element | null {
  const names = FILTERS.filter(name => props.filters[name]);
  if (names.length === 0) return null;
  const without = (name: Filter): Filters => ({ ...props.filters, [name]: undefined });
  const value = (name: Filter): string => {
    const given = props.filters[name]!;
    return name === 'verb' || name === 'activity' ? lastPart(given) : name === 'agent' ? short(given) : name === 'registration' ? given.slice(0, 8) : moment(given);
  };
  return (
    <ul class="chips" aria-label={said.filters}>
      {names.map(name => (
        <li key={name}>
          <button
            type="button"
            class="chip"
            title={props.filters[name]}
            aria-label={said.remove(`${said.filter[name]} ${value(name)}`)}
            onClick={() => show(clean(without(name)))}
          >
            <span class="quiet">{said.filter[name]}</span> {value(name)} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      {names.length > 1 && (
        <li>
          <button type="button" class="btn btn-sm btn-ghost-secondary" onClick={() => show({})}>
            {said.clear}
          </button>
        </li>
      )}
    </ul>
  );
}

const clean = (filters: Filters): Filters => Object.fromEntries(Object.entries(filters).filter(([, value]) => value));

/* What few will look for: an agent's opaque name, a registration, a time. */
function MoreFilters(props: { filters: Filters }): JSX.Element {
  const { filters } = props;
  const local = (value: string | undefined): string => {
    if (!value) return '';
    const at = new Date(value);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const words = (name: Filter): string => String(form.get(name)).trim();
    const time = (name: Filter): string => (words(name) ? new Date(words(name)).toISOString() : '');
    show(clean({ ...filters, agent: words('agent'), registration: words('registration'), since: time('since'), until: time('until') }));
  };
  const field = (name: Filter, label: string, type: string, value: string, hint?: string): JSX.Element => (
    <label>
      <span class="form-label">{label}</span>
      <input class="form-control" name={name} type={type} defaultValue={value} placeholder={hint} autocomplete="off" maxLength={100} />
    </label>
  );
  return (
    <details class="more-filters" open={Boolean(filters.agent || filters.registration || filters.since || filters.until)}>
      <summary>{said.more}</summary>
      <form onSubmit={submit} key={JSON.stringify(filters)}>
        <div class="wish-fields">
          {field('agent', said.agent, 'text', filters.agent ?? '', said.agentHint)}
          {field('registration', said.registration, 'text', filters.registration ?? '')}
          {field('since', said.since, 'datetime-local', local(filters.since))}
          {field('until', said.until, 'datetime-local', local(filters.until))}
        </div>
        <button type="submit" class="btn btn-outline-secondary">
          {said.apply}
        </button>
      </form>
    </details>
  );
}

/* For the privacy officer: by which name somebody stands here. */
function Whose(): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    try {
      const found = await post<{ agent: string }>('/statements/agent', { address: String(form.get('address')).trim(), reason: String(form.get('reason')).trim() });
      setProblem(null);
      show({ agent: found.agent });
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <details class="more-filters">
      <summary>{said.whose}</summary>
      <p class="quiet">{said.whoseLead}</p>
      {problem && <Failure problem={problem} acted />}
      <form onSubmit={event => void submit(event)}>
        <div class="wish-fields">
          <label>
            <span class="form-label">{said.address}</span>
            <input class="form-control" name="address" required maxLength={200} autocomplete="off" />
          </label>
          <label>
            <span class="form-label">{said.reason}</span>
            <input class="form-control" name="reason" required maxLength={500} autocomplete="off" />
          </label>
        </div>
        <button type="submit" class="btn btn-outline-secondary">
          {said.whoseDo}
        </button>
      </form>
    </details>
  );
}

/* --- one of them ---------------------------------------------------------------------------------------------------------- */

function Reveal(props: { id: string; shown: (statement: unknown) => void }): JSX.Element {
  const [asking, setAsking] = useState(false);
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason')).trim();
    setMissing(!reason);
    if (!reason) return;
    try {
      props.shown((await post<{ statement: unknown }>(`/statements/${encodeURIComponent(props.id)}/reveal`, { reason })).statement);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  if (!asking)
    return (
      <button type="button" class="btn btn-outline-secondary" onClick={() => setAsking(true)}>
        {said.reveal}
      </button>
    );
  return (
    <form class="reveal" onSubmit={event => void submit(event)} noValidate>
      <p>{said.revealLead}</p>
      {problem && <Failure problem={problem} acted />}
      <label class="form-label" for="reveal-reason">
        {said.reason}
      </label>
      <input class="form-control" id="reveal-reason" name="reason" maxLength={500} autocomplete="off" aria-describedby="reveal-missing" aria-invalid={missing} />
      <p class="form-error" id="reveal-missing" role="alert">
        {missing ? said.reasonMissing : ''}
      </p>
      <button type="submit" class="btn btn-primary">
        {said.reveal}
      </button>
    </form>
  );
}

/* `open`: another statement; `pick`: the list of a filter. */
function Detail(props: { of: StatementDetail; own?: boolean; open: (id: string) => void; pick: (filters: Filters) => void }): JSX.Element {
  const { of: one } = props;
  const [whole, setWhole] = useState<unknown>(null);
  const reveals = useMay('REVEAL');
  const json = JSON.stringify(whole ?? one.statement, null, 2);
  const other = (id: string): JSX.Element => (
    <button type="button" class="why" onClick={() => props.open(id)}>
      <code>{id}</code>
    </button>
  );
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(json);
    say(said.copied);
  };
  const filter = (name: Filter, value: string, words: string): JSX.Element => (
    <button type="button" class="why" title={value} onClick={() => props.pick({ [name]: value })}>
      {words}
    </button>
  );
  return (
    <>
      {one.voided_by && <p class="callout">{said.voided}</p>}
      {one.voids && <p class="callout">{said.voids}</p>}
      <Facts
        of={[
          [said.facts.verb, filter('verb', one.verb, one.verb_name)],
          ...(one.activity ? [[said.facts.activity, filter('activity', one.activity, one.activity_name ?? one.activity)] as [string, JSX.Element]] : []),
          ...(one.refers ? [[said.facts.refers, other(one.refers)] as [string, JSX.Element]] : []),
          [said.facts.agent, one.agent ? filter('agent', one.agent, short(one.agent)) : said.nobody],
          ...(one.registration ? [[said.facts.registration, filter('registration', one.registration, one.registration.slice(0, 8))] as [string, JSX.Element]] : []),
          [said.facts.timestamp, one.timestamp ? moment(one.timestamp) : <None />],
          [said.facts.stored, moment(one.stored)],
          [said.facts.credential, one.credential ?? <None />],
          [said.facts.ledger, <span title={`${said.hash}: ${one.hash}`}>{said.event(number(one.event))}</span>],
          ...(one.voided_by ? [[said.facts.voidedBy, other(one.voided_by)] as [string, JSX.Element]] : []),
        ]}
      />
      <h2>{said.mentions}</h2>
      {one.mentions.length === 0 ? (
        <p class="quiet">{said.noMentions}</p>
      ) : (
        <ul class="plain">
          {one.mentions.map(mention => (
            <li key={mention.id}>
              {other(mention.id)} {mention.voids && <Badge tone="bad">{said.mentionVoids}</Badge>}
            </li>
          ))}
        </ul>
      )}
      <h2>{said.json}</h2>
      <p class="quiet">{whole ? said.jsonWhole : said.jsonLead}</p>
      <pre class="json" tabIndex={0} aria-label={said.json}>
        {json}
      </pre>
      <div class="actions">
        <button type="button" class="btn btn-outline-secondary" onClick={() => void copy()}>
          {text.shell.copy}
        </button>
        {props.own && (
          <a class="btn btn-outline-secondary" href={href('statements', one.id)}>
            {said.own}
          </a>
        )}
      </div>
      {reveals && !whole && <Reveal id={one.id} shown={setWhole} />}
    </>
  );
}

function Drawer(props: { id: string; open: (id: string) => void; close: () => void }): JSX.Element {
  const one = useResource<StatementDetail>('/statements/' + encodeURIComponent(props.id));
  return (
    <Dialog title={said.title} side wide close={props.close}>
      <Load of={one} rows={2}>
        {data => (
          <Detail
            of={data}
            own
            open={props.open}
            pick={filters => {
              props.close();
              show(filters);
            }}
          />
        )}
      </Load>
    </Dialog>
  );
}

export function StatementPage(props: { id: string }): JSX.Element {
  const one = useResource<StatementDetail>('/statements/' + encodeURIComponent(props.id));
  return (
    <Page
      name={said.title}
      question=""
      title={one.data ? `${one.data.verb_name} ${one.data.activity_name ?? ''}`.trim() : said.title}
      answer={one.data ? moment(one.data.stored) : one.problem ? '' : null}
      back={{ href: href('statements'), name: text.pages.statements.name }}
    >
      <Load of={one} rows={2}>
        {data => (
          <div class="statement-page">
            <Detail of={data} open={id => go(href('statements', id))} pick={filters => go(href('statements', null, filters as Record<string, string>))} />
          </div>
        )}
      </Load>
    </Page>
  );
}

/* --- the page ------------------------------------------------------------------------------------------------------------- */

function Row(props: { of: StatementRow; fresh: boolean; open: () => void; pick: (filters: Filters) => void }): JSX.Element {
  const { of: one } = props;
  return (
    <tr data-row tabIndex={-1} class={props.fresh ? 'fresh' : undefined}>
      <th scope="row" class="nowrap">
        {second(one.stored)}
      </th>
      <td>
        <a
          href={href('statements', one.id)}
          aria-label={said.open(one.verb_name)}
          onClick={event => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            props.open();
          }}
        >
          {one.verb_name}
        </a>
      </td>
      <td>{one.activity_name ?? <span class="quiet">{said.about[one.object] ?? one.object}</span>}</td>
      <td class="nowrap">
        {one.agent ? (
          <button type="button" class="why" title={said.allOf} onClick={() => props.pick({ agent: one.agent! })}>
            {short(one.agent)}
          </button>
        ) : (
          <span class="quiet">{said.nobody}</span>
        )}
      </td>
      <td>{one.credential ?? <None />}</td>
    </tr>
  );
}

export function StatementsPage(props: { query: URLSearchParams }): JSX.Element {
  const filters = filtersOf(props.query);
  const [paused, setPaused] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const operates = useMay('OPERATE'),
    reveals = useMay('REVEAL');
  const reading = (): boolean => scrollY > 200 || open !== null || (table.current?.contains(document.activeElement) ?? false);
  const stream = useStream(filters, !paused, reading);
  const first = useRef<{ key: string; newest: string | null }>({ key: '', newest: null });
  const key = JSON.stringify(filters);
  if (stream.rows !== null && first.current.key !== key) first.current = { key, newest: stream.newest };
  const filtered = Object.keys(filters).length > 0;
  const live = !paused && !filters.until;
  const pick = (more: Filters): void => show({ ...filters, ...more });
  const begun = first.current.newest;
  return (
    <Page
      {...text.pages.statements}
      answer={stream.rows === null ? (stream.problem ? '' : null) : said.answer(stream.rows.length, live, filtered)}
      actions={
        filters.until ? undefined : (
          <button type="button" class="btn btn-outline-secondary" aria-pressed={paused} onClick={() => setPaused(!paused)}>
            {paused ? said.go : said.pause}
          </button>
        )
      }
    >
      <Search filters={filters} />
      <Chips filters={filters} />
      <MoreFilters filters={filters} />
      {reveals && <Whose />}
      {stream.problem && <Failure problem={stream.problem} retry={stream.reload} />}
      <div class="fresh-strip">
        <p class="order">{(stream.rows?.length ?? 0) > 0 && said.opaque}</p>
        <p role="status">
          {stream.waiting.length > 0 && (
            <button type="button" class="btn btn-sm btn-primary" onClick={stream.release}>
              {said.showFresh(stream.waiting.length)}
            </button>
          )}
        </p>
      </div>
      {stream.rows === null ? (
        !stream.problem && <Skeleton rows={3} />
      ) : stream.rows.length === 0 ? (
        !filtered && <Empty lead={said.empty} action={operates ? { name: said.emptyAction, href: href('credentials') } : undefined} />
      ) : (
        <>
          <Scroll label={said.list}>
            <table class="table statements" ref={table}>
              <caption class="visually-hidden">{said.list}</caption>
              <thead>
                <tr>
                  {Object.values(said.columns).map(name => (
                    <th scope="col" key={name}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {stream.rows.map(one => (
                  <Row key={one.id} of={one} fresh={begun !== null && one.stored > begun} open={() => setOpen(one.id)} pick={pick} />
                ))}
              </tbody>
            </table>
          </Scroll>
          {stream.older && (
            <button type="button" class="btn btn-outline-secondary" onClick={stream.older_ones}>
              {said.older}
            </button>
          )}
        </>
      )}
      {open && <Drawer id={open} key={open} open={setOpen} close={() => setOpen(null)} />}
    </Page>
  );
}
