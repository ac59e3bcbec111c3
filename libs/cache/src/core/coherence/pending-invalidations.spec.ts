import { describe, expect, it } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { CacheRegistry } from '../cache-registry.js';
import { PendingInvalidations } from './pending-invalidations.js';

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => `n:c:test:s${index}`);

/** A process whose steps take a moment, and are counted while they do. */
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
  it('applies a unit of thousands of names, and sends no more of its steps at once than are answered in time', async () => {
    const { tiers, store, steps, definition } = givenProcess();
    const keys = Array.from({ length: 1_000 }, (_, index) => `${index}`);
    store.disconnect();
    const { applied } = await new CacheRegistry(tiers).write((tx) =>
      Promise.all(keys.map((key) => tx.touches(definition, key))),
    );
    expect(applied).toBe('pending');
    store.reconnect();
    await tiers.pending.flush(store);
    expect(tiers.pending.size).toBe(0);
    expect(steps.most).toBe(100);
  });

  it('announces and ends a write of thousands of names in the same way', async () => {
    const { tiers, steps, definition } = givenProcess();
    const keys = Array.from({ length: 1_000 }, (_, index) => `${index}`);
    const { applied } = await new CacheRegistry(tiers).write((tx) =>
      Promise.all(keys.map((key) => tx.touches(definition, key))),
    );
    expect(applied).toBe('applied');
    expect(steps.most).toBe(100);
  });

  it('applies the others when one cannot be applied, and stops when the connection is gone', async () => {
    const { tiers, store } = givenProcess();
    const invalidate = store.invalidate.bind(store);
    store.invalidate = (slot) => (slot === 'refused' ? Promise.reject(new Error('OOM')) : invalidate(slot));
    for (const slot of ['refused', 'a', 'b']) tiers.pending.add({ slots: [slot], tags: [] });
    await tiers.pending.flush(store);
    expect(['refused', 'a', 'b'].filter((slot) => tiers.pending.concerns(slot, []))).toEqual(['refused']);
    store.invalidate = async () => store.disconnect();
    tiers.pending.add({ slots: ['c'], tags: [] });
    await tiers.pending.flush(store);
    expect(tiers.pending.size).toBe(2);
  });

  it('keeps the tag of everything for more names than it can remember, in many units or in one', () => {
    const { tiers } = givenProcess();
    const { pending, names } = tiers;
    const everything = { slots: [], tags: [names.namespaceTag] };
    named(10_000).forEach((slot) => pending.add({ slots: [slot], tags: [] }));
    expect([pending.size, pending.concerns('other', everything.tags)]).toEqual([10_000, false]);
    pending.add({ slots: ['other'], tags: [] });
    expect([pending.size, pending.concerns('n:c:test:s1', [])]).toEqual([1, false]);
    expect(pending.concerns('n:c:test:s1', everything.tags)).toBe(true);
    pending.add({ slots: named(10_001), tags: [] });
    expect([pending.size, pending.concerns('n:c:test:s1', [])]).toEqual([1, false]);
  });
});
