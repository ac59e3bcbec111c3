import { describe, expect, it } from 'vitest';
import { givenFleet, Refused } from '../../testing/fleet.js';
import { CacheRegistry } from '../cache-registry.js';
import { Journal } from './journal.js';

const batch = { recordKeys: ['n:c:test:sk'], tags: ['n:t:st'] };

function given() {
  const fleet = givenFleet<number>();
  const [here, there] = [fleet.instance(), fleet.instance()];
  const entries = () => [...new CacheRegistry(here.runtime).journal];
  return { ...fleet, ...here, there, entries };
}

describe(Journal.name, () => {
  it('lists writes and invalidations with their names and duration, the newest first', async () => {
    const { clock, cache, entries } = given();
    await cache.writeThrough('k', async () => (clock.advance(5), 1), { tags: ['t'] });
    await cache.invalidateTags(['t']);
    expect(entries()).toMatchObject([
      { kind: 'invalidation', recordKeys: [], tags: ['n:t:st'], names: 1 },
      { kind: 'write', ...batch, names: 2, durationMs: 5, appliedAt: expect.any(Number) },
    ]);
  });

  it('lists one entry for a write that invalidates more entries in its body', async () => {
    const { cache, entries } = given();
    await cache.writeInvalidate('k', async () => void (await cache.invalidateTags(['t'])));
    expect(entries()).toMatchObject([{ kind: 'write', ...batch }]);
  });

  it('lists a write that failed, unless it certainly changed nothing', async () => {
    const { cache, entries } = given();
    const rejects = (thrown: Error) =>
      expect(cache.writeThrough('k', () => Promise.reject(thrown))).rejects.toBe(thrown);
    await rejects(new Refused('rolled back'));
    expect(entries()).toEqual([]);
    await rejects(new Error('connection lost'));
    expect(entries()).toMatchObject([{ kind: 'failed-write', names: 1 }]);
  });

  it('marks a pending entry as applied once the store has acknowledged it', async () => {
    const { runtime, store, cache, entries } = given();
    store.disconnect();
    await cache.invalidate('k');
    expect(entries()).toMatchObject([{ appliedAt: undefined, verifiedAt: undefined }]);
    store.reconnect();
    await runtime.pending.flush(store);
    expect(entries()).toMatchObject([{ appliedAt: expect.any(Number) }]);
  });

  it('marks an entry as verified by the first heartbeat that was sent after it was applied', async () => {
    const { clock, runtime, cache, entries } = given();
    runtime.coherence.onChannelLost();
    clock.advance(100);
    await cache.invalidate('k');
    runtime.coherence.onHeartbeat(clock.now() - 1);
    expect(entries()).toMatchObject([{ verifiedAt: undefined }]);
    runtime.coherence.onHeartbeat(clock.now());
    expect(entries()).toMatchObject([{ verifiedAt: expect.any(Number) }]);
  });

  it('has the position of the newest entry that is applied with all before it', async () => {
    const { runtime, store, cache, entries } = given();
    const { journal } = runtime.observation;
    expect(journal.position).toBe(0);
    await cache.invalidate('a');
    store.disconnect();
    await cache.invalidate('b');
    expect(journal.position).toBe(1);
    store.reconnect();
    await cache.invalidateTags(['t']);
    await runtime.pending.flush(store);
    expect(journal.position).toBe(entries().length);
  });

  it('has the instances that confirmed an entry or a later one, each once', () => {
    const { journal, confirmations } = givenEntries(3);
    journal.confirm('other', 1);
    expect(confirmations()).toEqual([[], [], ['other']]);
    journal.confirm('other', 2);
    journal.confirm('third', 1);
    expect(confirmations()).toEqual([[], ['other'], ['other', 'third']]);
  });

  it('has 100 instances of each entry', () => {
    const { journal, confirmations } = givenEntries(2);
    for (let instance = 0; instance < 105; instance += 1) journal.confirm(`${instance}`, 2);
    journal.confirm('0', 2);
    expect(confirmations().map(({ length }) => length)).toEqual([100, 100]);
  });

  function givenEntries(count: number) {
    const journal = new Journal(given().clock, () => undefined);
    for (let entry = 0; entry < count; entry += 1)
      journal.record(batch, { kind: 'write', startedAt: 0, pending: undefined });
    const confirmations = () => [...journal].map(({ confirmedBy }) => confirmedBy.map(({ instance }) => instance));
    return { journal, confirmations };
  }

  it('keeps 1,000 entries, and 20 names of each', () => {
    const { clock } = given();
    const journal = new Journal(clock, () => undefined);
    const recordKeys = Array.from({ length: 25 }, (_, index) => `k${index}`);
    for (let count = 0; count < 1_005; count += 1)
      journal.record({ recordKeys, tags: [] }, { kind: 'write', startedAt: count, pending: undefined });
    const entries = [...journal];
    expect(entries).toHaveLength(1_000);
    expect(entries[0]).toMatchObject({ names: 25, recordKeys: recordKeys.slice(0, 20) });
  });

  it('has the actor of each entry, and none if the function throws', () => {
    const { clock } = given();
    let actor = (): string => 'request-1';
    const journal = new Journal(clock, () => actor());
    const record = () => journal.record(batch, { kind: 'write', startedAt: 0, pending: undefined });
    record();
    actor = () => {
      throw new Error('no request');
    };
    record();
    expect([...journal].map(({ who }) => who)).toEqual([undefined, 'request-1']);
  });
});
