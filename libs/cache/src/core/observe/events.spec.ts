import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Counters } from '../counters.js';
import { type CacheEvents, events, onCacheEvent } from './events.js';
import { writeEnds } from './write-ends.js';

const recordKey = 'n:c:test:sk';

function given<Name extends keyof CacheEvents>(name: Name) {
  const fleet = givenFleet<number>();
  const received: CacheEvents[Name][] = [];
  onTestFinished(onCacheEvent(name, (event) => received.push(event)));
  return { ...fleet, ...fleet.instance(), received };
}

describe(onCacheEvent, () => {
  it('reports each read with its result, its tier and its duration', async () => {
    const { clock, cache, received } = given('read');
    const load = async () => (clock.advance(7), 1);
    await cache.readThrough('k', load);
    await cache.readThrough('k', load);
    const common = { cache: 'test', recordKey, detail: undefined, collapsed: false };
    expect(received).toEqual([
      { ...common, result: 'miss', tier: undefined, durationMs: 7 },
      { ...common, result: 'hit', tier: 'l1', durationMs: undefined },
    ]);
  });

  it('reports each key of a batch', async () => {
    const { cache, received } = given('read');
    const load = async (keys: string[]) => new Map(keys.map((key) => [key, 1]));
    await cache.readThroughMany(['k', 'l'], load);
    await cache.readThroughMany(['k', 'm'], load);
    expect(received.map(({ recordKey: key, result }) => `${key.at(-1)} ${result}`)).toEqual([
      'k miss',
      'l miss',
      'k hit',
      'm miss',
    ]);
  });

  it.each([
    ['loaded', undefined],
    ['refused', Object.assign(new Error('There is none.'), { status: 404 })],
    ['failed', new Error('down')],
  ])('reports a call of a loader as %s', async (outcome, error) => {
    const { cache, received } = given('load');
    await cache.readThrough('k', async () => (error ? Promise.reject(error) : 1)).catch(() => 0);
    expect(received).toEqual([{ cache: 'test', recordKeys: [recordKey], outcome, durationMs: 0 }]);
  });

  it('reports that a value was stored, and why another one was not', async () => {
    const { server, cache, received } = given('store');
    await cache.readThrough('k', async () => 1);
    await cache.readThrough('l', async () => (server.evict('n:c:test:sl'), 1));
    expect(received).toEqual([
      { cache: 'test', recordKey, notStored: undefined },
      { cache: 'test', recordKey: 'n:c:test:sl', notStored: 'overtaken' },
    ]);
  });

  it('reports writes and invalidations of this process', async () => {
    const { cache, received } = given('invalidate');
    await cache.writeThrough('k', async () => 1, { tags: ['t'] });
    await cache.clear();
    expect(received).toMatchObject([
      { kind: 'write', recordKeys: [recordKey], tags: ['n:t:st'] },
      { kind: 'invalidation', tags: ['n:all:test'] },
    ]);
  });

  it('reports the messages, the heartbeats and the losses of the channel', async () => {
    const { clock, instance, runtime, received } = given('coherence');
    await instance().cache.invalidate('k');
    clock.advance(10);
    runtime.coherence.onHeartbeat(clock.now() - 4);
    runtime.coherence.onChannelLost();
    expect(received.filter((event) => event.kind !== 'invalidated' || event.recordKey === recordKey)).toContainEqual({
      kind: 'invalidated',
      step: 'done',
      recordKey,
    });
    expect(received.slice(-2)).toEqual([{ kind: 'heartbeat', lagMs: 4 }, { kind: 'channel-lost' }]);
  });

  it('calls the listener until the returned function is called', async () => {
    const received: unknown[] = [];
    const stop = onCacheEvent('read', (event) => received.push(event));
    const { cache } = givenFleet<number>().instance();
    await cache.readThrough('k', async () => 1);
    stop();
    await cache.readThrough('k', async () => 1);
    expect(received).toHaveLength(1);
    expect(Object.values(events).map(({ hasSubscribers }) => hasSubscribers)).not.toContain(true);
  });

  it('makes no message without a listener, and each message with one', async () => {
    const publish = [...Object.values(events), writeEnds].map((each) => vi.spyOn(each, 'publish'));
    await causeEachEvent();
    const made = publish.flatMap(({ mock }) => mock.calls);
    publish.forEach((spy) => spy.mockRestore());
    expect(made).toEqual([]);
    const received = new Set<string>();
    const receiveWriteEnd = (): void => void received.add('write-end');
    writeEnds.subscribe(receiveWriteEnd);
    onTestFinished(() => writeEnds.unsubscribe(receiveWriteEnd));
    onTestFinished(onCacheEvent('read', ({ result }) => received.add(result)));
    onTestFinished(onCacheEvent('load', ({ outcome }) => received.add(outcome)));
    onTestFinished(onCacheEvent('store', ({ notStored = 'stored' }) => received.add(notStored)));
    onTestFinished(onCacheEvent('invalidate', ({ kind }) => received.add(kind)));
    onTestFinished(onCacheEvent('coherence', ({ kind }) => received.add(kind)));
    await causeEachEvent();
    expect([...received].toSorted()).toEqual([
      'awaited',
      'channel-lost',
      'heartbeat',
      'hit',
      'invalidated',
      'invalidation',
      'loaded',
      'miss',
      'overtaken',
      'stored',
      'write',
      'write-end',
    ]);
  });
});

async function causeEachEvent(): Promise<void> {
  const { clock, server, instance } = givenFleet<number>();
  const { cache, runtime } = instance();
  for (const load of ['miss', 'hit']) await cache.readThrough('k', async () => load.length);
  await cache.readThrough('l', async () => (server.evict('n:c:test:sl'), 1));
  new Counters('test').awaited({ cache: 'test', key: recordKey }, 1);
  await cache.writeThrough('k', async () => 1);
  await cache.invalidate('k');
  await instance().cache.invalidate('k');
  runtime.coherence.onHeartbeat(clock.now());
  runtime.coherence.onChannelLost();
}
