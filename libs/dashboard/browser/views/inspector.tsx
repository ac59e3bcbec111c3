import { useState } from 'preact/hooks';
import { get, messageOf, request } from '../api.js';
import { textOf } from '../form.js';
import { duration, time } from '../format.js';
import type { Explanation } from '../types.js';

interface Props {
  /** The size of the fleet. */
  readonly instances: number;
  readonly mayInvalidate: boolean;
}

/** Explains the entry of a URL or of a key, and invalidates it. */
export function Inspector({ instances, mayInvalidate }: Props) {
  const [found, setFound] = useState<Explanation>();
  const [message, setMessage] = useState<string>();
  const show = async (path: string): Promise<void> => {
    setMessage(undefined);
    try {
      setFound(await get<Explanation>(path));
    } catch (error) {
      setFound(undefined);
      setMessage(messageOf(error));
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void show(explainPath(textOf(event, 'address').trim()));
  };
  const invalidate = async (): Promise<void> => {
    if (!found) return;
    const { cache, key } = found;
    const body = { keys: [{ cache, key }], reason: 'dashboard' };
    try {
      const report = (await request('POST', 'admin/cache/invalidations', { body })) as { readonly applied: string };
      await show(
        `explain?${new URLSearchParams({ cache, key: typeof key === 'string' ? key : JSON.stringify(key) }).toString()}`,
      );
      setMessage(`Invalidated: ${report.applied}.`);
    } catch (error) {
      setMessage(messageOf(error));
    }
  };
  return (
    <>
      <form class="inspector" onSubmit={submit}>
        <label>
          URL, or cache and key
          <input name="address" required placeholder="/users/01941f29-…   or   users.byId 01941f29-…" />
        </label>
        <button type="submit">Explain</button>
      </form>
      {message !== undefined && <p role="alert">{message}</p>}
      {found && (
        <section>
          <h2>
            {found.cache} <code>{typeof found.key === 'string' ? found.key : JSON.stringify(found.key)}</code>
          </h2>
          <dl class="facts">
            <Fact name="A read would find" text={STATES[found.state] ?? found.state} />
            {found.lastMiss && <Fact name="Last miss" text={`${time(found.lastMiss.at)}, ${found.lastMiss.reason}`} />}
            {found.route && <Fact name="Route" text={found.route.handler} />}
            {found.ttlMs !== undefined && <Fact name="Fresh for" text={duration(found.ttlMs)} />}
            {found.ageMs !== undefined && <Fact name="Age" text={duration(found.ageMs)} />}
            {found.invalidatedBy.length > 0 && <Fact name="Invalidated by" text={found.invalidatedBy.join(', ')} />}
            <Fact name="Record" text={found.recordKey} />
            <Fact name="Tags" text={found.tags.map(({ recordKey }) => recordKey).join(', ')} />
          </dl>
          {mayInvalidate && (
            <button type="button" class="danger" onClick={() => void invalidate()}>
              Invalidate in Redis, for {instances === 1 ? 'this instance' : `all ${instances} instances`}
            </button>
          )}
        </section>
      )}
    </>
  );
}

/** A text with a slash is a URL. Others are the name of a cache, a space, and a key. */
function explainPath(text: string): string {
  if (text.includes('/') && !/^[\w.]+ /.test(text)) return `explain?${new URLSearchParams({ url: text }).toString()}`;
  const [cache = '', ...key] = text.split(' ');
  return `explain?${new URLSearchParams({ cache, key: key.join(' ') }).toString()}`;
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

const STATES: Readonly<Record<string, string>> = {
  l1: 'a fresh value in the memory of this instance',
  l2: 'a fresh value in Redis',
  stale: 'a stale value, which is served and refreshed',
  'stale-if-error': 'a stale value, which is served if the origin fails',
  absent: 'nothing: it loads the value',
  loading: 'a load in progress',
  writing: 'a write in progress: it loads and stores nothing',
  failed: 'an error of the origin a moment ago',
  invalidated: 'an invalidated value: it loads',
  'older-schema': 'a value of an older version: it loads',
  'newer-schema': 'a value of a newer version: it loads and stores nothing',
  unreadable: 'an unreadable value: it loads',
  pending: 'an invalidation that waits for Redis: it loads and stores nothing',
  unavailable: 'no connection to Redis: it loads and stores nothing',
};
