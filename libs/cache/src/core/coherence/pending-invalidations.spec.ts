import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { CacheRegistry } from '../cache-registry.js';
import type { RecordStore } from '../store/store.js';
import { applyInvalidation, PendingInvalidations } from './pending-invalidations.js';

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

  it('applies many batches together, a name of several batches once, and with a bounded number of steps in flight', async () => {
    const { runtime, store, steps } = givenProcess();
    const intent = vi.spyOn(store, 'intent');
    for (const recordKey of named(200)) runtime.pending.add({ recordKeys: [recordKey], tags: ['t'] });
    await runtime.pending.flush(store);
    expect([runtime.pending.size, steps.most]).toEqual([0, 100]);
    // The first batch alone, and then all others.
    expect(intent).toHaveBeenCalledTimes(2 + 200);
  });

  it('applies a batch that is added while the last ones are applied, if it is flushed then', async () => {
    const { runtime, store } = givenProcess();
    const { pending } = runtime;
    const [sent, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    vi.spyOn(store, 'invalidate').mockImplementation(async (recordKey) => {
      if (recordKey !== 'b') return;
      sent.resolve();
      await answered.promise;
    });
    for (const recordKey of ['a', 'b']) pending.add({ recordKeys: [recordKey], tags: [] });
    const first = pending.flush(store);
    await sent.promise;
    pending.add({ recordKeys: ['c'], tags: [] });
    const second = pending.flush(store);
    answered.resolve();
    await Promise.all([first, second]);
    expect(pending.size).toBe(0);
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

  it('applies a batch whose servers are available, and sends nothing of one whose servers are not all available', async () => {
    const { runtime, store } = givenProcess();
    const { session } = store;
    const servers: RecordStore = store;
    vi.spyOn(servers, 'sessionOf').mockImplementation((recordKey) => (recordKey === 'down' ? undefined : session));
    const intent = vi.spyOn(store, 'intent');
    runtime.pending.add({ recordKeys: ['down'], tags: ['up'] });
    runtime.pending.add({ recordKeys: ['up'], tags: [] });
    await runtime.pending.flush(store);
    expect([runtime.pending.size, intent.mock.calls]).toEqual([1, []]);
    expect([runtime.pending.affects('down', []), runtime.pending.affects('other', ['up'])]).toEqual([true, true]);
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

  it('tries one batch, and not thousands, while the server refuses writes', async () => {
    const { runtime, store } = givenProcess();
    Object.assign(store, { refusal: 'MISCONF' });
    const invalidate = vi.spyOn(store, 'invalidate').mockRejectedValue(new Error('MISCONF'));
    for (const recordKey of ['a', 'b', 'c']) runtime.pending.add({ recordKeys: [recordKey], tags: [] });
    await runtime.pending.flush(store);
    expect(invalidate).toHaveBeenCalledOnce();
    invalidate.mockRestore();
    await runtime.pending.flush(store);
    expect(runtime.pending.size).toBe(0);
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

  it('ignores a batch without names', () => {
    const { pending } = givenProcess().runtime;
    pending.add({ recordKeys: [], tags: [] });
    expect(pending.size).toBe(0);
  });

  it('affects a name until every batch that has it is applied', async () => {
    const { runtime, store } = givenProcess();
    const { pending } = runtime;
    pending.add({ recordKeys: ['a'], tags: [] });
    pending.add({ recordKeys: ['a'], tags: ['t'] });
    pending.add({ recordKeys: ['b'], tags: ['u'] });
    const refused = new Set(['t', 'u']);
    const intent = store.intent.bind(store);
    store.intent = (recordKey, ...rest) =>
      refused.has(recordKey) ? Promise.reject(new Error('OOM')) : intent(recordKey, ...rest);
    const affected = (): boolean[] => ['a', 'b', 'c'].map((recordKey) => pending.affects(recordKey, []));
    await pending.flush(store);
    expect([pending.size, ...affected(), pending.affects('c', ['t'])]).toEqual([2, true, true, false, true]);
    refused.delete('t');
    await pending.flush(store);
    expect([pending.size, ...affected(), pending.affects('c', ['t'])]).toEqual([1, false, true, false, false]);
  });

  it('keeps a batch if the store lost one of its intents', async () => {
    const { runtime, store } = givenProcess();
    const done = store.done.bind(store);
    store.done = async (recordKey, token) => (await done(recordKey, token)) && recordKey !== 't';
    runtime.pending.add({ recordKeys: ['a'], tags: ['t'] });
    await runtime.pending.flush(store);
    expect(runtime.pending.size).toBe(1);
  });

  it('attempts no further batch on another connection than the one it began with', async () => {
    const { runtime, store } = givenProcess();
    const invalidate = vi.spyOn(store, 'invalidate').mockImplementation(async () => {
      store.disconnect();
      store.reconnect();
    });
    for (const recordKey of ['a', 'b']) runtime.pending.add({ recordKeys: [recordKey], tags: [] });
    await runtime.pending.flush(store);
    expect(invalidate).toHaveBeenCalledExactlyOnceWith('a');
    expect(runtime.pending.size).toBe(2);
  });

  it('counts no name of an applied batch towards its limit', async () => {
    const { runtime, store } = givenProcess();
    const { pending, keys } = runtime;
    for (let round = 0; round < 3; round += 1) {
      pending.add({ recordKeys: named(6_000), tags: [] });
      expect([pending.affects('n:c:test:s1', []), pending.affects('other', [keys.namespaceTag])]).toEqual([
        true,
        false,
      ]);
      await pending.flush(store);
    }
    expect(pending.size).toBe(0);
  });
});

describe(applyInvalidation.name, () => {
  it.each([
    ['one name', { recordKeys: ['a'], tags: [] }, ['forget a', 'invalidate', 'forget a']],
    [
      'several names',
      { recordKeys: ['a'], tags: ['t'] },
      ['forget a', 'forget t', 'intent', 'intent', 'done', 'done', 'forget a', 'forget t'],
    ],
  ])('drops local copies before its first step and after its last one, for %s', async (_, batch, expected) => {
    const events: string[] = [];
    const { clock, instance } = givenFleet<number>({}, async (label, act) => {
      events.push(label);
      return act();
    });
    const { store } = instance();
    const apply = () => applyInvalidation({ store, clock }, batch, (name) => events.push(`forget ${name}`));
    expect(await apply()).toBe(true);
    expect(events).toEqual(expected);
    vi.spyOn(store, 'invalidate').mockRejectedValue(new Error('OOM'));
    vi.spyOn(store, 'done').mockRejectedValue(new Error('OOM'));
    events.length = 0;
    expect(await apply()).toBe(false);
    expect(events.filter((event) => event.startsWith('forget'))).toEqual(
      expected.filter((event) => event.startsWith('forget')),
    );
  });
});
