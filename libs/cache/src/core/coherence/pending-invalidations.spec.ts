import { describe, expect, it } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { CacheRegistry } from '../cache-registry.js';
import { PendingInvalidations } from './pending-invalidations.js';

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `n:c:test:s${index}`);

/** Creates a process whose steps take a moment, and counts the steps in flight. */
function givenProcess() {
  const steps = { now: 0, most: 0 };
  const fleet = givenFleet<number>({}, async (_, act) => {
    steps.now += 1;
    steps.most = Math.max(steps.most, steps.now);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    steps.now -= 1;
    return act();
  });
  return { ...fleet, ...fleet.instance(), steps };
}

describe(PendingInvalidations.name, () => {
  it('applies a batch of thousands of names with a bounded number of steps in flight', async () => {
    const { runtime, store, steps, definition } = givenProcess();
    const keys = Array.from({ length: 1_000 }, (_, index) => `${index}`);
    store.disconnect();
    const { applied } = await new CacheRegistry(runtime).write((tx) =>
      Promise.all(keys.map((key) => tx.invalidate(definition, key))),
    );
    expect(applied).toBe('pending');
    store.reconnect();
    await runtime.pending.flush(store);
    expect(runtime.pending.size).toBe(0);
    expect(steps.most).toBe(100);
  });

  it('announces and ends a write of thousands of names with a bounded number of steps in flight', async () => {
    const { runtime, steps, definition } = givenProcess();
    const keys = Array.from({ length: 1_000 }, (_, index) => `${index}`);
    const { applied } = await new CacheRegistry(runtime).write((tx) =>
      Promise.all(keys.map((key) => tx.invalidate(definition, key))),
    );
    expect(applied).toBe('applied');
    expect(steps.most).toBe(100);
  });

  it('applies the other batches if one cannot be applied, and stops once the connection is lost', async () => {
    const { runtime, store } = givenProcess();
    const invalidate = store.invalidate.bind(store);
    store.invalidate = (recordKey) =>
      recordKey === 'refused' ? Promise.reject(new Error('OOM')) : invalidate(recordKey);
    for (const recordKey of ['refused', 'a', 'b']) runtime.pending.add({ recordKeys: [recordKey], tags: [] });
    await runtime.pending.flush(store);
    expect(['refused', 'a', 'b'].filter((recordKey) => runtime.pending.affects(recordKey, []))).toEqual(['refused']);
    store.invalidate = async () => store.disconnect();
    runtime.pending.add({ recordKeys: ['c'], tags: [] });
    await runtime.pending.flush(store);
    expect(runtime.pending.size).toBe(2);
  });

  it('keeps only the tag of the namespace beyond its limit of names, in many batches or in one', () => {
    const { runtime } = givenProcess();
    const { pending, keys } = runtime;
    const everything = { recordKeys: [], tags: [keys.namespaceTag] };
    named(10_000).forEach((recordKey) => pending.add({ recordKeys: [recordKey], tags: [] }));
    expect([pending.size, pending.affects('other', everything.tags)]).toEqual([10_000, false]);
    pending.add({ recordKeys: ['other'], tags: [] });
    expect([pending.size, pending.affects('n:c:test:s1', [])]).toEqual([1, false]);
    expect(pending.affects('n:c:test:s1', everything.tags)).toBe(true);
    pending.add({ recordKeys: named(10_001), tags: [] });
    expect([pending.size, pending.affects('n:c:test:s1', [])]).toEqual([1, false]);
  });
});
