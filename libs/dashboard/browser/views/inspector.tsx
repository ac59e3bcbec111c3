import { useState } from 'preact/hooks';
import { get, messageOf } from '../api.js';
import { textOf } from '../form.js';
import { duration, time } from '../format.js';
import { receivers } from './receivers.js';
import type { ExplainedMiss, ExplainedState, Explanation } from '../types.js';
import { TagInvalidation } from './tag-invalidation.js';
import { TwoStepInvalidation } from './two-step-invalidation.js';

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
            {found.cache} <code>{keyText(found)}</code>
          </h2>
          <dl class="facts">
            <Fact name="A read would find" text={stateText(found)} />
            {found.lastMiss && <Fact name="Last miss" text={missText(found.lastMiss)} />}
            {found.lastMiss?.by && <Fact name="Received by" text={receivers(found.lastMiss.by)} />}
            {found.route && <Fact name="Route" text={found.route.handler} />}
            {found.ttlMs !== undefined && <Fact name="Fresh for" text={duration(found.ttlMs)} />}
            {found.ageMs !== undefined && <Fact name="Age" text={duration(found.ageMs)} />}
            {found.invalidatedBy.length > 0 && <Fact name="Invalidated by" text={found.invalidatedBy.join(', ')} />}
            <Fact name="Record" text={found.recordKey} />
            <Fact name="Tags" text={found.tags.map(({ recordKey }) => recordKey).join(', ')} />
          </dl>
          {mayInvalidate && (
            <TwoStepInvalidation
              key={found.recordKey}
              label="Dry run of an invalidation"
              instances={instances}
              targetOf={() => ({ keys: [{ cache: found.cache, key: found.key }] })}
              describe={(report) => `A read would find ${report.found.map(stateText).join(', ')}.`}
              onInvalidated={() => show(explainEntry(found.cache, keyText(found)))}
            />
          )}
        </section>
      )}
      {mayInvalidate && <TagInvalidation instances={instances} />}
    </>
  );
}

/** A text with a slash is a URL. Others are the name of a cache, a space, and a key. */
function explainPath(text: string): string {
  if (text.includes('/') && !/^[\w.]+ /.test(text)) return `explain?${new URLSearchParams({ url: text }).toString()}`;
  const [cache = '', ...key] = text.split(' ');
  return explainEntry(cache, key.length === 0 ? undefined : key.join(' '));
}

/** Without a key, the server says what it takes. */
function explainEntry(cache: string, key: string | undefined): string {
  return `explain?${new URLSearchParams({ cache, ...(key !== undefined && { key }) }).toString()}`;
}

function keyText({ key }: Explanation): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function stateText({ state }: Explanation): string {
  return STATES[state];
}

/** When and why a read loaded the entry, and which write or invalidation was the cause. */
function missText({ at, reason, invalidated, invalidatedAt, by }: ExplainedMiss): string {
  const miss = `${time(at)}, ${reason}`;
  if (invalidated.length === 0) return miss;
  const when = invalidatedAt === undefined ? 'at an unknown time' : `at ${time(invalidatedAt)}`;
  const actor = by ? `${by.who ?? 'this instance'} (${by.kind})` : 'another instance';
  return `${miss}: ${invalidated.join(', ')} was invalidated ${when} by ${actor}`;
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

const STATES: Readonly<Record<ExplainedState, string>> = {
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
  'other-schema': 'a value of another version: it loads',
  'newer-schema': 'a value of a newer version: it loads and stores nothing',
  unreadable: 'an unreadable value: it loads',
  pending: 'an invalidation that waits for Redis: it loads and stores nothing',
  unavailable: 'no connection to Redis: it loads and stores nothing',
};
