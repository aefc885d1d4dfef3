/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog in which somebody gives a reason or says in words what will be done. It asks for the words, keeps what was typed
 * when the server refuses, and shows the refusal; what else is to be filled in stands before or after the field. */
import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import type { Problem } from '../client.ts';
import { Dialog, Failure } from './parts.tsx';

const LONGEST = 4000;

/* The last line of every dialog that does something: what happens, what else may (children), and the way out. Without a form, `act` is what
 * is done. */
export function DialogActions(props: { submit: string; close: () => void; act?: () => void; danger?: boolean; disabled?: boolean; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="actions">
      <button type={props.act ? 'button' : 'submit'} class={'btn ' + (props.danger ? 'btn-danger' : 'btn-primary')} disabled={props.disabled} onClick={props.act}>
        {props.submit}
      </button>
      {props.children}
      <button type="button" class="btn btn-outline-secondary" onClick={props.close}>
        {text.shell.cancel}
      </button>
    </div>
  );
}

export function ReasonDialog(props: {
  id: string; /* of the field */
  title: string;
  label: string;
  missing: string; /* said where nothing was typed */
  help?: string;
  submit: string;
  danger?: boolean;
  wide?: boolean;
  focus?: boolean; /* false: another field comes first */
  disabled?: boolean;
  before?: ComponentChildren;
  after?: ComponentChildren;
  ready?: () => boolean; /* asked first: is all else filled in? It says itself what is not */
  send: (words: string) => Promise<void>; /* throws a Problem; closes the dialog when it is done */
  close: () => void;
}): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const words = field.current!.value.trim(),
      ready = props.ready?.() ?? true;
    setMissing(ready && words === '');
    if (ready && words === '') field.current!.focus();
    if (!ready || words === '') return;
    setBusy(true);
    try {
      await props.send(words);
    } catch (failed) {
      setProblem(failed as Problem);
    }
    setBusy(false);
  };
  return (
    <Dialog title={props.title} wide={props.wide} close={props.close}>
      <form onSubmit={event => void submit(event)} noValidate>
        {problem && <Failure problem={problem} acted />}
        {props.before}
        <label class="form-label" for={props.id}>
          {props.label}
        </label>
        <textarea
          class="form-control"
          id={props.id}
          ref={field}
          rows={3}
          maxLength={LONGEST}
          autofocus={props.focus !== false}
          aria-invalid={missing}
          aria-describedby={`${props.id}-missing${props.help ? ` ${props.id}-help` : ''}`}
        />
        <p class="form-error" id={props.id + '-missing'} role="alert">
          {missing ? props.missing : ''}
        </p>
        {props.help && (
          <p class="quiet" id={props.id + '-help'}>
            {props.help}
          </p>
        )}
        {props.after}
        <DialogActions submit={props.submit} close={props.close} danger={props.danger} disabled={busy || props.disabled} />
      </form>
    </Dialog>
  );
}
