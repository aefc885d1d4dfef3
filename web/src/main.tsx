/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shell: who is signed in, which pages they may open, the navigation, search, keyboard and the places where the
 * client speaks. Pages are rows of a table: a page is shown in the navigation only when the caller may read it. */
import { render, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from './text.en.ts';
import { day } from './format.ts';
import { get, session, setOnSignedOut, useResource, useWorks, type Problem } from './client.ts';
import { go, href, pageOf, permission, useRoute, type PageName, type Route } from './router.ts';
import { keysOn, listen, setKeysOn, useKeys } from './keys.ts';
import { CallerContext, Dialog, Empty, Failure, Page, setSayListener, setWhyOpener, Skeleton, useCaller, type Said } from './ui/parts.tsx';
import { WhyDrawer } from './ui/why.tsx';
import { Mark, SignIn } from './pages/signin.tsx';
import { TodayPage } from './pages/today.tsx';
import { GoalPage, GoalsPage } from './pages/goals.tsx';
import { NeedPage, NeedsPage } from './pages/needs.tsx';
import { ApprovalsPage } from './pages/approvals.tsx';
import { ImpactPage } from './pages/impact.tsx';
import { InterventionPage } from './pages/intervention.tsx';
import { WeightsPage } from './pages/weights.tsx';
import { StudioPage } from './pages/studio.tsx';
import { SkillPage, SkillsPage } from './pages/skills.tsx';
import { WorkforcePage, WorkforceSkillPage } from './pages/workforce.tsx';
import { ProgrammesPage } from './pages/programmes.tsx';
import { TeamPage } from './pages/team.tsx';
import { ListeningGroupPage, ListeningPage } from './pages/listening.tsx';
import { MePage } from './pages/me.tsx';
import { ImportsPage } from './pages/imports.tsx';
import { ActorsPage } from './pages/actors.tsx';
import { OutboxPage } from './pages/outbox.tsx';
import { PrivacyPage } from './pages/privacy.tsx';
import { FiguresPage } from './pages/figures.tsx';
import { StatementPage, StatementsPage } from './pages/statements.tsx';
import { CredentialsPage } from './pages/credentials.tsx';
import type { Theme } from './theme.ts';
import type { Caller, Hit, Proposal } from './api.ts';

const theme = (window as unknown as { meno: Theme }).meno;

const pages: { name: PageName; key: string; draw: (route: Route) => JSX.Element }[] = [
  { name: 'today', key: 't', draw: () => <TodayPage /> },
  { name: 'goals', key: 'g', draw: route => (route.id ? <GoalPage id={route.id} key={route.id} /> : <GoalsPage />) },
  {
    name: 'needs',
    key: 'n',
    draw: route => (route.id ? <NeedPage id={route.id} key={route.id} /> : <NeedsPage show={route.query.get('status')} />),
  },
  { name: 'programmes', key: 'p', draw: route => <ProgrammesPage id={route.id} /> },
  { name: 'approvals', key: 'a', draw: route => <ApprovalsPage id={route.id} /> },
  { name: 'studio', key: 'd', draw: route => <StudioPage route={route} /> },
  {
    name: 'impact',
    key: 'b',
    draw: route => (route.id === 'weights' ? <WeightsPage /> : route.id ? <InterventionPage id={route.id} key={route.id} /> : <ImpactPage />),
  },
  {
    name: 'skills',
    key: 's',
    draw: route => (route.id ? <SkillPage id={route.id} key={route.id} /> : <SkillsPage department={route.query.get('department')} />),
  },
  { name: 'listening', key: 'l', draw: route => (route.id ? <ListeningGroupPage id={route.id} key={route.id} /> : <ListeningPage />) },
  {
    name: 'workforce',
    key: 'w',
    draw: route => (route.id ? <WorkforceSkillPage id={route.id} key={route.id} /> : <WorkforcePage />),
  },
  { name: 'team', key: 'e', draw: () => <TeamPage /> },
  { name: 'me', key: 'm', draw: () => <MePage /> },
  { name: 'imports', key: 'i', draw: () => <ImportsPage /> },
  { name: 'figures', key: 'v', draw: route => <FiguresPage query={route.query} /> },
  {
    name: 'statements',
    key: 'x',
    draw: route => (route.id ? <StatementPage id={route.id} key={route.id} /> : <StatementsPage query={route.query} />),
  },
  { name: 'credentials', key: 'c', draw: () => <CredentialsPage /> },
  { name: 'outbox', key: 'o', draw: () => <OutboxPage /> },
  { name: 'actors', key: 'u', draw: () => <ActorsPage /> },
  { name: 'privacy', key: 'y', draw: () => <PrivacyPage /> },
];

/* --- search -------------------------------------------------------------------------------------------------------------- */

const SEARCH_MILLISECONDS = 150;

function Search(props: { close: () => void }): JSX.Element {
  const [query, setQuery] = useState('');
  const [hits, setHits] = useState<Hit[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const turn = useRef(0);
  const list = useRef<HTMLUListElement>(null);
  const said = text.search,
    { may } = useCaller();
  useEffect(() => {
    const mine = ++turn.current;
    if (query.trim().length < 2) {
      setHits(null);
      return;
    }
    const timer = setTimeout(() => {
      get<{ hits: Hit[] }>('/search?q=' + encodeURIComponent(query.trim())).then(
        answer => {
          if (mine === turn.current) {
            setHits(answer.hits);
            setProblem(null);
          }
        },
        (error: Problem) => {
          if (mine === turn.current) setProblem(error);
        },
      );
    }, SEARCH_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [query]);
  const move = (event: KeyboardEvent): void => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('a') ?? [])];
    if (links.length === 0 || !['ArrowDown', 'ArrowUp'].includes(event.key)) return;
    event.preventDefault();
    const now = links.indexOf(document.activeElement as HTMLElement);
    links[Math.max(0, Math.min(links.length - 1, now + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
  };
  return (
    <Dialog title={said.title} wide close={props.close}>
      <div onKeyDown={move}>
        <label class="form-label" for="search">
          {said.label}
        </label>
        <input
          class="form-control"
          id="search"
          type="search"
          autocomplete="off"
          autofocus
          value={query}
          onInput={event => setQuery(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Enter') list.current?.querySelector('a')?.click();
          }}
        />
        <p class="quiet" role="status">
          {hits === null ? said.hint : hits.length === 0 ? said.none(query.trim()) : said.found(hits.length)}
        </p>
        {problem && <Failure problem={problem} />}
        {hits && hits.length > 0 && (
          <ul class="hits" ref={list}>
            {hits.map(hit => {
              const page = pageOf(hit.kind, hit.id, may);
              return (
                <li key={hit.kind + hit.id}>
                  <a href={page ?? href('today')} onClick={props.close}>
                    <span class="badge tone-plain">{text.why.kinds[hit.kind] ?? hit.kind}</span> <b>{hit.title}</b>
                    {hit.text && <span class="quiet"> {hit.text}</span>}
                  </a>
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

/* --- keyboard help ----------------------------------------------------------------------------------------------------------- */

function Help(props: { caller: Caller; close: () => void }): JSX.Element {
  const [on, setOn] = useState(keysOn());
  const said = text.keys;
  const groups: [string, [string[], string][]][] = [
    [
      said.group.move,
      pages.filter(page => props.caller.may.includes(permission[page.name])).map(page => [['g', page.key], text.pages[page.name].name]),
    ],
    [
      said.group.list,
      [
        [['j'], said.rows.next],
        [['k'], said.rows.previous],
        [['Enter'], said.rows.open],
      ],
    ],
    ...(props.caller.may.includes('DECIDE')
      ? [
          [
            said.group.decide,
            [
              [['a'], said.rows.accept],
              [['r'], said.rows.reject],
              [['c'], said.rows.changes],
            ],
          ] as [string, [string[], string][]],
        ]
      : []),
    [
      said.group.other,
      [
        [['/'], said.rows.search],
        [['?'], said.rows.help],
        [['Esc'], said.rows.close],
      ],
    ],
  ];
  return (
    <Dialog title={said.title} wide close={props.close}>
      <p class="quiet">{said.lead}</p>
      <div class="key-groups">
        {groups.map(([name, rows]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl class="keys">
              {rows.map(([keys, what]) => (
                <div key={what}>
                  <dt>
                    {keys.map((key, index) => (
                      <span key={index}>
                        {index > 0 && <span class="quiet"> {said.then} </span>}
                        <kbd>{key}</kbd>
                      </span>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="check">
        <input
          type="checkbox"
          class="form-check-input"
          checked={on}
          onChange={event => {
            setKeysOn(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />
        <span>
          {said.off} <span class="quiet">{said.offLead}</span>
        </span>
      </label>
    </Dialog>
  );
}

/* --- what happened -------------------------------------------------------------------------------------------------------------- */

const TOAST_MILLISECONDS = 7000;

function Toast(): JSX.Element {
  const [said, setSaid] = useState<Said | null>(null);
  useEffect(() => {
    setSayListener(setSaid);
  }, []);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), TOAST_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div class="toast-place" role="status" aria-live="polite">
      {said && (
        <p class={'say say-' + said.tone} key={said.at}>
          {said.text}
        </p>
      )}
    </div>
  );
}

/* --- the frame ---------------------------------------------------------------------------------------------------------------------- */

function Waiting(): JSX.Element | null {
  const queue = useResource<{ proposals: Proposal[] }>('/approvals');
  const count = queue.data?.proposals.filter(one => one.mine && (one.state === 'proposed' || one.state === 'in approval')).length ?? 0;
  return count > 0 ? (
    <span class="count">
      <span aria-hidden="true">{count}</span>
      <span class="visually-hidden">, {text.shell.waiting(count)}</span>
    </span>
  ) : null;
}

function Navigation(props: { caller: Caller; route: Route; open: boolean; close: () => void }): JSX.Element {
  const shown = pages.filter(page => props.caller.may.includes(permission[page.name]));
  return (
    <nav id="pages" class={'pages' + (props.open ? ' open' : '')} aria-label={text.shell.navigation}>
      <ul>
        {shown.map(page => (
          <li key={page.name}>
            <a href={href(page.name)} aria-current={props.route.page === page.name ? 'page' : undefined} onClick={props.close}>
              <span>{text.pages[page.name].name}</span>
              {page.name === 'approvals' && <Waiting />}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Jobs(props: { route: Route }): JSX.Element | null {
  const running = useWorks().find(work => work.job?.state === 'running');
  if (!running || props.route.page === 'imports') return null;
  return (
    <a class="job-strip" href={href('imports')} role="status">
      {text.pages.imports.name}: {Math.round((running.job!.share ?? 0) * 100)}% {running.job!.step ?? ''}
    </a>
  );
}

function Shell(props: { caller: Caller; signOut: () => void }): JSX.Element {
  const { caller } = props;
  const until = (useResource<Caller>('/session').data ?? caller).data_until; /* moves on with every import */
  const route = useRoute();
  const [menu, setMenu] = useState(false);
  const [dialog, setDialog] = useState<'search' | 'help' | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const [look, setLook] = useState(theme.theme());
  const main = useRef<HTMLElement>(null);
  const page = pages.find(one => one.name === route.page && caller.may.includes(permission[one.name]));
  useEffect(() => {
    setWhyOpener(setWhy);
  }, []);
  useEffect(() => {
    setDialog(null);
    setWhy(null);
    setMenu(false);
  }, [route.page, route.id]);
  useEffect(
    () =>
      listen(
        Object.fromEntries(pages.filter(one => caller.may.includes(permission[one.name])).map(one => [one.key, () => go(href(one.name))])),
      ),
    [caller],
  );
  useKeys({ '/': () => setDialog('search'), '?': () => setDialog('help') });
  const said = text.shell;
  return (
    <CallerContext.Provider value={caller}>
      <a
        class="skip"
        href="#content"
        onClick={event => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {said.skip}
      </a>
      <div class="shell">
        <header class="bar">
          <a class="brand" href={href('today')} aria-label={`${text.product}, ${text.pages.today.name}`}>
            <Mark /> {text.product}
          </a>
          <button
            type="button"
            class="btn btn-sm btn-outline-secondary menu-button"
            aria-expanded={menu}
            aria-controls="pages"
            onClick={() => setMenu(!menu)}
          >
            {menu ? said.closeMenu : said.menu}
          </button>
          <p class="company">
            {caller.company && <b>{caller.company} </b>}
            <span class="quiet">{until ? said.dataUntil(day(until)) : said.noData}</span>
          </p>
          <div class="bar-tools">
            <button type="button" class="btn btn-sm btn-outline-secondary" aria-keyshortcuts="/" onClick={() => setDialog('search')}>
              {said.search} <kbd aria-hidden="true">/</kbd>
            </button>
            <button type="button" class="btn btn-sm btn-outline-secondary" onClick={() => setDialog('help')} aria-keyshortcuts="?">
              {said.help} <kbd aria-hidden="true">?</kbd>
            </button>
          </div>
        </header>
        <div class={'side' + (menu ? ' open' : '')}>
          <div class="side-inner">
            <Navigation caller={caller} route={route} open={menu} close={() => setMenu(false)} />
            <section class="me-box" aria-label={said.account}>
              <p>
                <b>{caller.name}</b>
                <br />
                <span class="quiet">{caller.roles.join(', ')}</span>
              </p>
              <button type="button" class="btn btn-sm btn-ghost-secondary" onClick={() => setLook(theme.nextTheme())}>
                {said.theme[look]}
              </button>
              <button type="button" class="btn btn-sm btn-ghost-secondary" onClick={props.signOut}>
                {said.signOut}
              </button>
            </section>
          </div>
        </div>
        <main id="content" ref={main} tabIndex={-1}>
          <Jobs route={route} />
          {page ? (
            <div key={page.name + (route.page === 'approvals' ? '' : (route.id ?? ''))}>{page.draw(route)}</div>
          ) : (
            <Page name={said.noPage} question="" answer={said.noPageLead}>
              <Empty lead={said.noPageRemedy} action={{ name: said.goToday, href: href('today') }} />
            </Page>
          )}
        </main>
      </div>
      {dialog === 'search' && <Search close={() => setDialog(null)} />}
      {dialog === 'help' && <Help caller={caller} close={() => setDialog(null)} />}
      {why && <WhyDrawer id={why} key={why} close={() => setWhy(null)} />}
      <Toast />
    </CallerContext.Provider>
  );
}

function App(): JSX.Element {
  const [caller, setCaller] = useState<Caller | null>(null);
  const [state, setState] = useState<'asking' | 'out' | 'in'>('asking');
  const [reason, setReason] = useState<'ended' | 'left' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const inside = useRef(false);
  const ask = async (): Promise<void> => {
    setProblem(null);
    try {
      const answer = await session.resume();
      inside.current = answer !== null;
      setCaller(answer);
      setState(answer ? 'in' : 'out');
    } catch (error) {
      if ((error as Problem).status === 401) {
        session.forget();
        setState('out');
      } else setProblem(error as Problem);
    }
  };
  useEffect(() => {
    setOnSignedOut(() => {
      if (inside.current) setReason('ended');
      inside.current = false;
      setCaller(null);
      setState('out');
    });
    void ask();
  }, []);
  const signOut = async (): Promise<void> => {
    try {
      await session.leave();
    } catch {
      /* whatever the server says, this tab forgets the session */
    }
    inside.current = false;
    setCaller(null);
    setReason('left');
    setState('out');
    go(href('today'), true);
  };
  if (problem)
    return (
      <main class="sign-in" id="content">
        <div class="sign-in-box">
          <h1>{text.product}</h1>
          <Failure problem={problem} retry={() => void ask()} />
        </div>
      </main>
    );
  if (state === 'asking')
    return (
      <main class="sign-in" id="content" aria-busy="true">
        <div class="sign-in-box">
          <h1 class="visually-hidden">{text.product}</h1>
          <Skeleton rows={1} />
        </div>
      </main>
    );
  if (state === 'out' || !caller)
    return (
      <SignIn
        reason={reason}
        entered={one => {
          inside.current = true;
          setCaller(one);
          setReason(null);
          setState('in');
        }}
      />
    );
  return <Shell caller={caller} signOut={() => void signOut()} key={caller.account} />;
}

document.documentElement.lang = text.lang;
render(<App />, document.getElementById('app')!);
