/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Credentials: the programs that may send and read statements. A secret is shown once, in a dialog that only a deliberate step
 * closes; what cannot be taken back is asked about once more. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { moment, sentence } from '../format.ts';
import { invalidate, post, useResource, type Problem } from '../client.ts';
import { answered, Dialog, Empty, Failure, Load, None, Page, Rows, say, type Column } from '../ui/parts.tsx';
import { DialogActions } from '../ui/reason.tsx';
import type { Credential, MadeCredential } from '../api.ts';

const said = text.credentials;
const SCOPES = Object.keys(said.words);

/* --- a secret, once --------------------------------------------------------------------------------------------------------- */

function Copyable(props: { name: string; value: string }): JSX.Element {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(props.value);
    say(text.shell.copied);
  };
  return (
    <div>
      <dt>{props.name}</dt>
      <dd class="copyable">
        <code>{props.value}</code>
        <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={said.copy(props.name)} onClick={() => void copy()}>
          {text.shell.copy}
        </button>
      </dd>
    </div>
  );
}

function Secret(props: { made: MadeCredential; title: string; close: () => void }): JSX.Element {
  return (
    <Dialog title={props.title} wide close={props.close}>
      <p>{said.madeLead}</p>
      <dl class="secret">
        <Copyable name={said.endpoint} value={location.origin + '/xapi'} />
        <Copyable name={said.key} value={props.made.key} />
        <Copyable name={said.secret} value={props.made.secret} />
      </dl>
      <div class="actions">
        <button type="button" class="btn btn-primary" onClick={props.close}>
          {said.kept}
        </button>
      </div>
    </Dialog>
  );
}

/* --- a new one -------------------------------------------------------------------------------------------------------------- */

function Add(props: { close: () => void; made: (made: MadeCredential) => void }): JSX.Element {
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState<{ label: boolean; scopes: boolean; room: boolean }>({ label: false, scopes: false, room: false });
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const given = new FormData(form.current!);
    const label = String(given.get('label')).trim(),
      scopes = given.getAll('scope').map(String),
      room = String(given.get('room')).trim();
    const bad = { label: label === '', scopes: scopes.length === 0, room: room !== '' && !/^[A-Za-z0-9._-]{1,60}$/.test(room) };
    setMissing(bad);
    if (bad.label || bad.room) form.current!.querySelector<HTMLInputElement>(bad.label ? '#credential-label' : '#credential-room')!.focus();
    if (bad.label || bad.scopes || bad.room) return;
    try {
      props.made(await post<MadeCredential>('/credentials', { label, scopes: scopes.join(' '), ...(room ? { room } : {}) }));
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={said.add} wide close={props.close}>
      {problem && <Failure problem={problem} acted />}
      <form ref={form} onSubmit={event => void submit(event)} noValidate>
        <label class="form-label" for="credential-label">
          {said.label}
        </label>
        <input class="form-control" id="credential-label" name="label" maxLength={200} autocomplete="off" autofocus aria-describedby="credential-label-hint credential-label-error" aria-invalid={missing.label} />
        <p class="quiet" id="credential-label-hint">
          {said.labelHint}
        </p>
        <p class="form-error" id="credential-label-error" role="alert">
          {missing.label ? said.labelMissing : ''}
        </p>
        <fieldset class="scopes">
          <legend>{said.scopes}</legend>
          {SCOPES.map(scope => (
            <label class="check" key={scope}>
              <input type="checkbox" class="form-check-input" name="scope" value={scope} defaultChecked={said.usual.includes(scope)} />
              <span>
                {said.words[scope]} <code>{scope}</code>
              </span>
            </label>
          ))}
          <p class="form-error" role="alert">
            {missing.scopes ? said.scopesMissing : ''}
          </p>
        </fieldset>
        <label class="form-label" for="credential-room">
          {said.room}
        </label>
        <input class="form-control room" id="credential-room" name="room" maxLength={60} autocomplete="off" aria-describedby="credential-room-hint credential-room-error" aria-invalid={missing.room} />
        <p class="quiet" id="credential-room-hint">
          {said.roomHint}
        </p>
        <p class="form-error" id="credential-room-error" role="alert">
          {missing.room ? said.roomBad : ''}
        </p>
        <DialogActions submit={said.create} close={props.close} />
      </form>
    </Dialog>
  );
}

/* --- asking once more ------------------------------------------------------------------------------------------------------- */

type Change = 'rotate' | 'revoke';
const asking = {
  rotate: { title: said.rotateTitle, lead: said.rotateLead, act: said.rotateDo, danger: false },
  revoke: { title: said.revokeTitle, lead: said.revokeLead, act: said.revokeDo, danger: true },
};

function Confirm(props: { of: Credential; change: Change; close: () => void; done: (answer: MadeCredential) => void }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = asking[props.change];
  const act = async (): Promise<void> => {
    try {
      props.done(await post<MadeCredential>(`/credentials/${encodeURIComponent(props.of.id)}/${props.change}`));
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <Dialog title={words.title(props.of.label)} close={props.close}>
      <p>{words.lead}</p>
      {problem && <Failure problem={problem} acted />}
      <DialogActions submit={words.act} act={() => void act()} close={props.close} danger={words.danger} />
    </Dialog>
  );
}

/* --- the page --------------------------------------------------------------------------------------------------------------- */

/* Where the table is a list, each figure says what it is. */
const Narrow = (props: { of: string }): JSX.Element => <span class="narrow quiet">{props.of} </span>;

function columns(ask: ((of: Credential, change: Change) => void) | null): Column<Credential>[] {
  return [
    {
      name: said.columns.label,
      of: one => (
        <>
          {one.label} <span class="key-of">{said.keyIs(one.key)}</span>
        </>
      ),
    },
    {
      name: said.columns.scopes,
      of: one => (
        <span title={one.scopes.join(' ')}>
          {sentence(one.scopes.map(scope => (said.words[scope] ?? scope).replace(/^./, first => first.toLowerCase())).join('; '))}
        </span>
      ),
    },
    {
      name: said.columns.room,
      of: one =>
        one.room ? (
          <>
            <Narrow of={said.columns.room} />
            <span class="badge tone-plain">{one.room}</span>
          </>
        ) : (
          <None />
        ),
    },
    {
      name: said.columns.used,
      of: one => (
        <>
          <Narrow of={said.columns.used} />
          {one.used ? moment(one.used) : <span class="quiet">{said.never}</span>}
        </>
      ),
    },
    {
      name: said.columns.created,
      of: one => (
        <>
          <Narrow of={said.columns.created} />
          {moment(one.created)} {one.by && <span class="key-of">{said.by(one.by)}</span>}
        </>
      ),
    },
    ask
      ? {
          name: said.columns.act,
          unseen: true,
          of: one => (
            <div class="actions">
              <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={`${said.rotate}: ${one.label}`} onClick={() => ask(one, 'rotate')}>
                {said.rotate}
              </button>
              <button type="button" class="btn btn-sm btn-outline-secondary" aria-label={`${said.revoke}: ${one.label}`} onClick={() => ask(one, 'revoke')}>
                {said.revoke}
              </button>
            </div>
          ),
        }
      : { name: said.revokedOn, of: one => moment(one.revoked!) },
  ];
}

export function CredentialsPage(): JSX.Element {
  const list = useResource<{ credentials: Credential[] }>('/credentials');
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<{ of: Credential; change: Change } | null>(null);
  const [shown, setShown] = useState<{ made: MadeCredential; title: string } | null>(null);
  const living = (data: { credentials: Credential[] }): Credential[] => data.credentials.filter(one => !one.revoked);
  const changed = (answer: MadeCredential): void => {
    const change = changing!.change;
    setChanging(null);
    if (change === 'rotate') setShown({ made: answer, title: said.rotated(answer.label) });
    else say(said.revoked(answer.label));
    invalidate();
  };
  return (
    <Page
      {...text.pages.credentials}
      answer={answered(list, data => said.answer(living(data).length, living(data).filter(one => !one.used).length))}
      actions={
        <button type="button" class="btn btn-primary" onClick={() => setAdding(true)}>
          {said.add}
        </button>
      }
    >
      <Load of={list} rows={3}>
        {data => {
          const over = data.credentials.filter(one => one.revoked);
          return (
            <>
              {living(data).length > 0 ? (
                <Rows<Credential> label={said.list} class="credentials" of={living(data)} columns={columns((of, change) => setChanging({ of, change }))} />
              ) : (
                <Empty lead={said.empty} />
              )}
              {over.length > 0 && (
                <details>
                  <summary>{said.over(over.length)}</summary>
                  <Rows<Credential> label={said.over(over.length)} class="credentials table-sm" of={over} columns={columns(null)} />
                </details>
              )}
            </>
          );
        }}
      </Load>
      {adding && (
        <Add
          close={() => setAdding(false)}
          made={made => {
            setAdding(false);
            setShown({ made, title: said.made(made.label) });
            invalidate();
          }}
        />
      )}
      {changing && <Confirm {...changing} close={() => setChanging(null)} done={changed} />}
      {shown && <Secret {...shown} close={() => setShown(null)} />}
    </Page>
  );
}
