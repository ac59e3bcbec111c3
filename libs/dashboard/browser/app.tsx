import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { request } from './api.js';
import { useLive } from './live.js';
import { Login } from './login.js';
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
  const [session, setSession] = useState<'unknown' | 'none' | 'open'>('unknown');
  useEffect(() => {
    request('GET', 'dashboard/session').then(
      () => setSession('open'),
      () => setSession('none'),
    );
  }, []);
  if (session === 'unknown') return <main />;
  if (session === 'none') return <Login onOpen={() => setSession('open')} />;
  return <Page onEnd={() => setSession('none')} />;
}

function Page({ onEnd }: { readonly onEnd: () => void }) {
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
        <Shown view={view} live={live} />
      </main>
    </>
  );
}

function Shown({ view, live }: { readonly view: View; readonly live: ReturnType<typeof useLive> }): ComponentChildren {
  const instances = live.ticks.at(-1)?.instances ?? [];
  switch (view) {
    case 'now':
      return <Now ticks={live.ticks} />;
    case 'caches':
      return <Caches />;
    case 'inspector':
      return <Inspector instances={instances.length} />;
    case 'writes':
      return <Writes />;
    case 'topology':
      return <Topology instances={instances} />;
  }
}
