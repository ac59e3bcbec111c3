import { describe, expect, it } from 'vitest';
import { Cache } from '../cache.js';
import { defineCache } from '../policy/define-cache.js';
import { givenRuntime } from '../../testing/given-runtime.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { RedisSimulator, type SimulatedStore } from '../../testing/redis-simulator.js';
import { type SampledEntry, SAMPLE_AGES } from './staleness-counts.js';
import { StalenessSampler } from './staleness-sampler.js';

const RECORD = 'n:c:users:sk';
/** Lets all that is ready run: the simulated server answers at once. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Two instances that exchange their samples. Lists are loaded from users. */
function given({ share = 1, tagged = true } = {}) {
  const clock = new ManualClock();
  const server = new RedisSimulator(clock);
  const users = defineCache<string>('users', { ttl: '60s', staleWhileRevalidate: '5s', staleIfError: '1h' });
  const lists = defineCache<string>('lists', { ttl: '60s', ...(tagged && { tags: () => ['users'] }) });

  function instance() {
    const stores: SimulatedStore[] = [];
    const { runtime } = givenRuntime({
      clock,
      rolledBack: () => true,
      stalenessSamples: share,
      store: (_, listener) => {
        const store = server.connect(listener);
        stores.push(store);
        return store;
      },
    });
    const [user, list] = [new Cache(users, runtime), new Cache(lists, runtime)];
    const read = () => user.readThrough('k', async () => 'old');
    const readList = () => list.readThrough('all', read);
    const write = () => user.writeThrough('k', async () => 'new', { tags: ['users'] });
    const counted = (entry: SampledEntry = 'written') => runtime.staleness?.counts[entry];
    return { runtime, store: stores[0], user, read, readList, write, counted };
  }

  const [here, there] = [instance(), instance()];
  const sent: { readonly marker: string }[] = [];
  here.runtime.staleness?.connect((text) => {
    sent.push(JSON.parse(text));
    there.runtime.staleness?.receive(text);
  });
  there.runtime.staleness?.connect((text) => here.runtime.staleness?.receive(text));
  /** Moves the time to the last comparison. */
  const pass = async (ms = 10_000): Promise<void> => {
    await settled();
    clock.advance(ms);
    await settled();
  };
  return { clock, server, here, there, sent, pass };
}

const atEachAge = (counts: object) => Object.fromEntries(Object.keys(SAMPLE_AGES).map((age) => [age, counts]));
const CURRENT = atEachAge({ compared: 1, stale: 0, unknown: 0 });
const STALE = atEachAge({ compared: 1, stale: 1, unknown: 0 });
const UNKNOWN = atEachAge({ compared: 0, stale: 0, unknown: 1 });
const NONE = atEachAge({ compared: 0, stale: 0, unknown: 0 });

describe(StalenessSampler.name, () => {
  it('counts the answers of both instances as current after a write that the channel has passed', async () => {
    const { clock, here, there, pass } = given();
    await there.read();
    clock.advance(500);
    await here.write();
    await there.read();
    await pass();
    expect([here.counted(), there.counted()]).toEqual([CURRENT, CURRENT]);
  });

  it('counts an instance without the entry as current, because a read would load it', async () => {
    const { here, there, pass } = given();
    await here.user.writeInvalidate('k', async () => {});
    await pass();
    expect([here.counted(), there.counted()]).toEqual([CURRENT, CURRENT]);
  });

  it('counts a value in memory as stale if the instance has lost the message', async () => {
    const { clock, here, there, pass } = given();
    await there.read();
    there.store?.dropMessages();
    clock.advance(500);
    await here.write();
    await pass();
    expect([here.counted(), there.counted()]).toEqual([CURRENT, STALE]);
  });

  it('counts an older value in Redis as stale', async () => {
    const { clock, server, here, there, pass } = given();
    await here.read();
    clock.advance(500);
    const old = server.machine.read(RECORD);
    await here.write();
    server.put(RECORD, old.text ?? '', old.ttlMs);
    await pass();
    expect([here.counted(), there.counted()]).toEqual([STALE, STALE]);
  });

  it('does not count a value as stale that is kept for failures of the origin only', async () => {
    const { clock, server, here, pass } = given();
    await here.read();
    clock.advance(80_000);
    const old = server.machine.read(RECORD);
    await here.write();
    server.put(RECORD, old.text ?? '', old.ttlMs);
    await pass();
    expect(here.counted()).toEqual(CURRENT);
  });

  it('compares the same entry at each age once, and nothing before it', async () => {
    const { here, pass } = given();
    await here.write();
    await pass(99);
    expect(here.counted()).toMatchObject({ '10ms': { compared: 1 }, '100ms': { compared: 0 } });
    await pass(901);
    expect(here.counted()).toMatchObject({ '10ms': { compared: 1 }, '1s': { compared: 1 }, '10s': { compared: 0 } });
  });

  it('counts as stale an entry that was loaded from the written one and has no tag of it', async () => {
    const { clock, here, there, pass } = given({ tagged: false });
    await there.readList();
    clock.advance(500);
    await here.write();
    await pass();
    expect(there.counted('derived')).toEqual(STALE);
    // This instance has not loaded the list, so it does not know what the list was loaded from.
    expect(here.counted('derived')).toEqual(NONE);
  });

  it('counts as current an entry that was loaded from the written one and whose tag was invalidated', async () => {
    const { clock, there, here, pass } = given();
    await there.readList();
    clock.advance(500);
    await here.write();
    await pass();
    expect(there.counted('derived')).toEqual(CURRENT);
  });

  it('does not know the result if Redis has lost the marker, or is down', async () => {
    const { server, here, there, pass } = given();
    await here.write();
    there.store?.disconnect();
    await settled();
    server.flush();
    await pass();
    expect([here.counted(), there.counted()]).toEqual([UNKNOWN, UNKNOWN]);
  });

  it('does not know the result if the clock of Redis was set back', async () => {
    const { server, here, there, sent, pass } = given();
    await here.write();
    await settled();
    // After ten seconds, the marker still has its whole life.
    server.put(sent[0]?.marker ?? '', 'V|', 40_000);
    await pass();
    expect([here.counted(), there.counted()]).toEqual([UNKNOWN, UNKNOWN]);
  });

  it('samples a share of the writes, and no write that failed or is pending', async () => {
    const { here, pass } = given({ share: 0.5 });
    await here.write();
    await pass();
    expect(here.counted()).toEqual(NONE);
    const all = given();
    await all.here.user.writeThrough('k', () => Promise.reject(new Error('down'))).catch(() => {});
    all.here.store?.disconnect();
    await all.here.write();
    await all.pass();
    expect(all.here.counted()).toEqual(NONE);
  });

  it('follows at most 100 writes at once', async () => {
    const { here, there, sent, pass } = given();
    for (let count = 0; count < 150; count += 1) {
      await here.write();
      await settled();
    }
    await pass();
    expect(here.counted()?.['10s'].compared).toBe(100);
    expect(there.counted()?.['10s'].compared).toBe(100);
    expect(sent).toHaveLength(100);
    await here.write();
    await pass();
    expect(here.counted()?.['10s'].compared).toBe(101);
  });

  it('ignores messages of other programs', async () => {
    const { here, pass } = given();
    for (const text of ['', 'null', '{"from":1}', '{"from":"a","marker":"m","markedWithinMs":1,"recordKeys":[1]}'])
      here.runtime.staleness?.receive(text);
    await pass();
    expect(here.counted()).toEqual(NONE);
  });

  it('does not exist without the option', () => {
    expect(given({ share: 0 }).here.runtime.staleness).toBeUndefined();
  });
});
