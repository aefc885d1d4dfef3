/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sign-in. It says why one stands here (signed out, session ended) and keeps the address, so that one goes on after. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../text.en.ts';
import { session, type Problem } from '../client.ts';
import { Failure } from '../ui/parts.tsx';
import type { Caller } from '../api.ts';

export function SignIn(props: { reason: 'ended' | 'left' | null; entered: (caller: Caller) => void }): JSX.Element {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [message, setMessage] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const login = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const said = text.signIn;
  useEffect(() => {
    document.title = `${said.title}`;
    login.current?.focus();
  }, []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem(null);
    const name = login.current!.value.trim(),
      secret = password.current!.value;
    if (!name || !secret) {
      setMessage(said.missing);
      (name ? password : login).current?.focus();
      return;
    }
    setMessage(null);
    setBusy(true);
    try {
      props.entered(await session.enter(name, secret));
    } catch (error) {
      const failed = error as Problem;
      setBusy(false);
      if (failed.status === 401 || failed.status === 403) {
        setMessage(said.wrong);
        password.current?.focus();
        password.current?.select();
      } else if (failed.status === 429) setMessage(said.tooMany);
      else setProblem(failed);
    }
  };
  return (
    <main class="sign-in" id="content">
      <div class="sign-in-box">
        <p class="brand">
          <Mark /> {text.product}
        </p>
        <h1>{said.title}</h1>
        <p class="quiet">{props.reason ? said[props.reason] : said.lead}</p>
        <form onSubmit={event => void submit(event)} noValidate aria-busy={busy}>
          <div role="alert">
            {message && (
              <p class="form-error" id="sign-in-error">
                {message}
              </p>
            )}
          </div>
          {problem && <Failure problem={problem} acted />}
          <label class="form-label" for="login">
            {said.login}
          </label>
          <input
            class="form-control"
            id="login"
            ref={login}
            name="username"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            aria-invalid={message !== null}
            aria-describedby={message ? 'sign-in-error' : undefined}
          />
          <label class="form-label" for="password">
            {said.password}
          </label>
          <div class="with-button">
            <input
              class="form-control"
              id="password"
              ref={password}
              name="password"
              type={shown ? 'text' : 'password'}
              autocomplete="current-password"
              required
              aria-invalid={message !== null}
              aria-describedby={message ? 'sign-in-error' : undefined}
            />
            <button
              type="button"
              class="btn btn-outline-secondary"
              aria-pressed={shown}
              aria-label={said.showPassword}
              onClick={() => setShown(!shown)}
            >
              {shown ? said.hide : said.show}
            </button>
          </div>
          <button type="submit" class="btn btn-primary w-100" disabled={busy}>
            {busy ? said.busy : said.submit}
          </button>
        </form>
      </div>
    </main>
  );
}

export function Mark(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path
        d="M4 26V8l8 10 4-5 4 5 8-10v18"
        fill="none"
        stroke="currentColor"
        stroke-width="4"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  );
}
