import { useEffect, useState } from 'preact/hooks';
import { ApiError, messageOf, request } from './api.js';
import { textOf } from './form.js';

/** A link of the console has a token behind the `#`, which browsers do not send. */
const TOKEN_IN_HASH = /^#token=(.+)$/;
/** The characters of a token (RFC 6750 §2.1). No other may be in a header. */
const TOKEN = /^[\w.~+/=-]+$/;

/** Asks for a token of the admin API, and begins a session with it. */
export function Login({ onOpen }: { readonly onOpen: () => void }) {
  const [problem, setProblem] = useState<string>();
  const open = async (token: string): Promise<void> => {
    try {
      if (!TOKEN.test(token)) throw new ApiError(401, 'The text has a character that no token has.');
      await request('POST', 'dashboard/session', { body: {}, token });
      onOpen();
    } catch (error) {
      const refused = error instanceof ApiError && error.status === 401;
      setProblem(refused ? 'This token is not valid.' : messageOf(error));
    }
  };
  useEffect(() => {
    const [, token] = TOKEN_IN_HASH.exec(location.hash) ?? [];
    if (token === undefined) return;
    // Otherwise the token would stay in the address bar and in the history.
    history.replaceState(null, '', location.pathname);
    void open(decodeURIComponent(token));
  }, []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void open(textOf(event, 'token').trim());
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
