import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { request } from './api.js';
import { type Live, useLive } from './live.js';
import { Login } from './login.js';
import type { Session } from './types.js';
import { Caches } from './views/caches.js';
import { Inspector } from './views/inspector.js';
import { Now } from './views/now.js';
import { Topology } from './views/topology.js';
import { Writes } from './views/writes.js';

const VIEWS = [
  ['now', 'Now'],
  ['caches', 'Caches'],
  ['inspector', 'Inspector'],
  ['writes', 'Writes and misses'],
  ['topology', 'Instances'],
] as const;

type View = (typeof VIEWS)[number][0];

function viewOf(hash: string): View {
  return VIEWS.find(([id]) => hash === `#${id}`)?.[0] ?? 'now';
}

/** Shows the page to a browser with a session, and a form for a token to others. */
export function App() {
  const [session, setSession] = useState<Session | 'unknown' | 'none'>('unknown');
  const load = (): void => {
    request('GET', 'dashboard/session').then(
      (found) => setSession(found as Session),
      () => setSession('none'),
    );
  };
  useEffect(load, []);
  if (session === 'unknown') return <main />;
  if (session === 'none') return <Login onOpen={load} />;
  return <Page session={session} onEnd={() => setSession('none')} />;
}

function Page({ session, onEnd }: { readonly session: Session; readonly onEnd: () => void }) {
  const live = useLive(onEnd);
  const [view, setView] = useState(viewOf(location.hash));
  useEffect(() => {
    const show = (): void => setView(viewOf(location.hash));
    addEventListener('hashchange', show);
    return () => removeEventListener('hashchange', show);
  }, []);
  const end = (): void => void request('DELETE', 'dashboard/session').finally(onEnd);
  return (
    <>
      <header>
        <h1>Nuthatch</h1>
        <nav aria-label="Views">
          {VIEWS.map(([id, title]) => (
            <a key={id} href={`#${id}`} aria-current={view === id ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <p class={live.connected ? 'live' : 'live lost'} role="status">
          {live.connected ? 'live' : live.ticks.length > 0 ? 'connection lost' : 'connecting'}
        </p>
        <button type="button" onClick={end}>
          Log out
        </button>
      </header>
      <main>
        <Shown view={view} live={live} mayInvalidate={session.scopes.includes('invalidate')} />
      </main>
    </>
  );
}

interface ShownProps {
  readonly view: View;
  readonly live: Live;
  readonly mayInvalidate: boolean;
}

function Shown({ view, live, mayInvalidate }: ShownProps): ComponentChildren {
  const last = live.ticks.at(-1);
  switch (view) {
    case 'now':
      return <Now ticks={live.ticks} />;
    case 'caches':
      return <Caches />;
    case 'inspector':
      return <Inspector instances={last?.fleet.instances ?? 1} mayInvalidate={mayInvalidate} />;
    case 'writes':
      return <Writes />;
    case 'topology':
      return <Topology tick={last} />;
  }
}
