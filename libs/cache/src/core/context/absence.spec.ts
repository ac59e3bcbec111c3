import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { Cache } from '../cache.js';
import type { ReadOptions } from '../operation-options.js';

type Read = (options?: ReadOptions) => Promise<number | undefined>;

/** A process with a stored absence under `k`, and a second cache on the same runtime. */
async function given() {
  const { clock, server, instance, definition } = givenFleet<number>({ negativeTtl: '5s' });
  const { cache, runtime, store } = instance();
  await cache.readThrough('k', async () => undefined);
  const entry = cache.at('k');
  if (!entry) throw new Error('k is a key');
  const load = vi.fn(async (): Promise<number | undefined> => 7);
  /** The value appears without an invalidation message, and the negative entry leaves L1. */
  const appear = (): void => {
    server.evict('n:c:test:sk');
    runtime.coherence.local.delete('n:c:test:sk');
  };
  return { clock, cache, entry, store, load, appear, other: new Cache({ ...definition, name: 'other' }, runtime) };
}

describe('LoadContext.absence', () => {
  it('a known absence answers reads of the entry, and counts no read of its own', async () => {
    const { cache, entry, load } = await given();
    expect(await entry.knowingAbsence(() => cache.readThrough('k', load))).toBeUndefined();
    expect(load).not.toHaveBeenCalled();
    expect(cache.counters().gets).toBe(1);
  });

  it('a known absence ends when the entry is written, here or elsewhere', async () => {
    const { cache, entry, load } = await given();
    const read = await entry.knowingAbsence(async () => {
      await cache.writeThrough('k', async () => 8);
      return cache.readThrough('k', load);
    });
    expect(read).toBe(8);
    expect(load).not.toHaveBeenCalled();
  });

  it('a known absence ends with its work, also for promises that outlive the work', async () => {
    const { cache, entry, load, appear } = await given();
    const ended = Promise.withResolvers<void>();
    const later: Promise<number | undefined>[] = [];
    await entry.knowingAbsence(async () => {
      later.push(ended.promise.then(() => cache.readThrough('k', load)));
    });
    appear();
    ended.resolve();
    expect(await later[0]).toBe(7);
  });

  it('a known absence ends after maxStaleness', async () => {
    const { clock, cache, entry, load, appear } = await given();
    await entry.knowingAbsence(async () => {
      appear();
      clock.advance(999);
      expect(await cache.readThrough('k', load)).toBeUndefined();
      clock.advance(1);
      expect(await cache.readThrough('k', load)).toBe(7);
    });
  });

  const ways: [string, (cache: Cache<string, number>, read: Read) => ReturnType<Read>][] = [
    ['a strong one', (_, read) => read({ strong: true })],
    ['one within a load', (other, read) => other.readThrough('list', () => read())],
    ['one in the body of a write', (other, read) => other.writeInvalidate('list', () => read())],
  ];
  it.each(ways)('a known absence does not answer a read that bypasses L1: %s', async (_, readAs) => {
    const { cache, entry, other, load, appear } = await given();
    appear();
    const read: Read = (options) => cache.readThrough('k', load, options);
    expect(await entry.knowingAbsence(() => readAs(other, read))).toBe(7);
  });

  it('reads of other entries use L1 and permits as they do elsewhere', async () => {
    const { entry, other, store, load } = await given();
    await other.readThrough('held', async () => 1);
    const read = vi.spyOn(store, 'read');
    const slow = Promise.withResolvers<number>();
    await entry.knowingAbsence(async () => {
      expect(await other.readThrough('held', async () => 2)).toBe(1);
      expect(read).not.toHaveBeenCalled();
      const others = Array.from({ length: 101 }, (_, index) =>
        other.readThrough(`${index}`, () => (index < 100 ? slow.promise : load())),
      );
      await settled();
      expect(load).not.toHaveBeenCalled();
      slow.resolve(0);
      await Promise.all(others);
    });
    expect(load).toHaveBeenCalledOnce();
  });
});

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
};
