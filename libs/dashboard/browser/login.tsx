import { useEffect, useState } from 'preact/hooks';
import { ApiError, request } from './api.js';
import { textOf } from './form.js';

/** A link of the console has a token behind the `#`, which browsers do not send. */
const TOKEN_IN_HASH = /^#token=(.+)$/;

/** Asks for a token of the admin API, and begins a session with it. */
export function Login({ onOpen }: { readonly onOpen: () => void }) {
  const [problem, setProblem] = useState<string>();
  const open = (token: string): void => {
    request('POST', 'dashboard/session', { token }).then(onOpen, (error: unknown) => {
      const refused = error instanceof ApiError && error.status === 401;
      setProblem(refused ? 'This token is not valid.' : String(error));
    });
  };
  useEffect(() => {
    const [, token] = TOKEN_IN_HASH.exec(location.hash) ?? [];
    if (token === undefined) return;
    // Otherwise the token would stay in the address bar and in the history.
    history.replaceState(null, '', location.pathname);
    open(decodeURIComponent(token));
  }, []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    open(textOf(event, 'token'));
  };
  return (
    <main class="login">
      <form onSubmit={submit}>
        <h1>Nuthatch</h1>
        <label>
          Token
          <input name="token" type="password" autocomplete="current-password" required autofocus />
        </label>
        <button type="submit">Log in</button>
        {problem !== undefined && <p role="alert">{problem}</p>}
        <p>
          A token of the setting <code>ADMIN_TOKENS</code>. In development, the start of the application prints one.
        </p>
      </form>
    </main>
  );
}
