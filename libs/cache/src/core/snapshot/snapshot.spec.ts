import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import type { ManualClock } from '../../testing/manual-clock.js';
import { CacheRegistry, type SnapshotRead } from '../cache-registry.js';
import { defineCache } from '../policy/define-cache.js';

const accounts = defineCache<number>('accounts', { ttl: '30s' });
const transfers = defineCache<number>('transfers', { ttl: '30s', tags: (id) => [`of-${id}`] });

/** Two instances, and rows that every write changes together. */
function given() {
  const { instance, clock } = givenFleet<number>();
  const register = () => {
    const { runtime, store } = instance();
    const registry = new CacheRegistry(runtime);
    registry.create(accounts);
    registry.create(transfers);
    return { registry, store, runtime };
  };
  const [reader, writer] = [register(), register()];
  const rows = { account: 1, transfer: 1 };
  const loadAccount = vi.fn(async () => rows.account);
  const loadTransfer = vi.fn(async () => rows.transfer);
  /** Changes both rows as one transaction. */
  const write = async (): Promise<void> => {
    await writer.registry.write(async (tx) => {
      await Promise.all([tx.invalidate(accounts, '1'), tx.invalidate(transfers, '1')]);
      rows.account += 1;
      rows.transfer += 1;
    });
  };
  const both = (read: SnapshotRead) =>
    Promise.all([read(accounts, '1', loadAccount), read(transfers, '1', loadTransfer)]);
  return { ...reader, clock, writer, rows, loadAccount, loadTransfer, write, both };
}

/** Lets the time pass, and whatever wakes meanwhile run. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1) {
    clock.advance(1);
    await new Promise(setImmediate);
  }
}

describe('a snapshot', () => {
  it('loads and stores what is missing, and then costs one round trip', async () => {
    const { registry, store, loadAccount, loadTransfer, both } = given();
    expect(await registry.snapshot(both)).toEqual([1, 1]);
    const read = vi.spyOn(store, 'read');
    expect(await registry.snapshot(both)).toEqual([1, 1]);
    expect(read).toHaveBeenCalledOnce();
    expect([loadAccount.mock.calls.length, loadTransfer.mock.calls.length]).toEqual([1, 1]);
  });

  it('counts each entry once', async () => {
    const { registry, both } = given();
    await registry.snapshot(both);
    await registry.snapshot((read) => Promise.all([both(read), both(read)]));
    expect(registry.counters()['accounts']).toMatchObject({ gets: 3, hits: 2, misses: 1, loads: 1 });
  });

  it('does not use the memory of the process', async () => {
    const { registry, store, write, both } = given();
    const cache = registry.find(accounts);
    await registry.snapshot(both);
    store.dropMessages();
    await write();
    // Within `maxStaleness`, a default read may be older.
    expect(await cache.readThrough('1', async () => 7)).toBe(1);
    expect(await registry.snapshot(both)).toEqual([2, 2]);
  });

  it('runs again when an entry that it has read changes before its last read', async () => {
    const { registry, write, loadAccount, loadTransfer } = given();
    const work = vi.fn(async (read: SnapshotRead) => {
      const account = await read(accounts, '1', loadAccount);
      if (work.mock.calls.length === 1) await write();
      return [account, await read(transfers, '1', loadTransfer)];
    });
    expect(await registry.snapshot(work)).toEqual([2, 2]);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('sees no part of a write on several servers, which answer at different moments', async () => {
    const { registry, store, write, both } = given();
    await registry.snapshot(both);
    Object.defineProperty(store, 'servers', { value: [] });
    const read = store.read.bind(store);
    let reads = 0;
    vi.spyOn(store, 'read').mockImplementation(async ([first = '', ...others], tags, options) => {
      const one = await read([first], [], options);
      reads += 1;
      if (reads === 1) {
        await write();
        // Another process loads the new rows before the other servers answer.
        await registry.snapshot(both);
      }
      const rest = await read(others, tags, options);
      return { records: [...one.records, ...rest.records], tags: rest.tags };
    });
    expect(await registry.snapshot(both)).toEqual([2, 2]);
  });

  it('runs again although its callback has handled the interruption', async () => {
    const { registry, write, loadAccount, loadTransfer } = given();
    const work = vi.fn(async (read: SnapshotRead) => {
      const account = await read(accounts, '1', loadAccount);
      if (work.mock.calls.length === 1) await write();
      return [account, await read(transfers, '1', loadTransfer).catch(() => 0)];
    });
    expect(await registry.snapshot(work)).toEqual([2, 2]);
  });

  it('sees an invalidated tag', async () => {
    const { registry, writer, rows, both } = given();
    await registry.snapshot(both);
    await writer.registry.write(async (tx) => {
      await tx.invalidateTags(['of-1']);
      rows.transfer = 5;
    });
    expect(await registry.snapshot(both)).toEqual([1, 5]);
  });

  it('waits for a write in progress', async () => {
    const { registry, clock, writer, rows, both } = given();
    await registry.snapshot(both);
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = writer.registry.write(async (tx) => {
      await Promise.all([tx.invalidate(accounts, '1'), tx.invalidate(transfers, '1')]);
      rows.account = 2;
      begun.resolve();
      await end.promise;
      rows.transfer = 2;
    });
    await begun.promise;
    const taken = registry.snapshot(both);
    await pass(clock, 100);
    end.resolve();
    await writing;
    await pass(clock, 100);
    expect(await taken).toEqual([2, 2]);
  });

  it('loads in the transaction while an entry is written for too long, and stores nothing', async () => {
    const { registry, clock, writer, both } = given();
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = writer.registry.write(async (tx) => {
      await tx.invalidate(accounts, '1');
      begun.resolve();
      await end.promise;
    });
    await begun.promise;
    const begin = vi.fn();
    const transaction = <T>(work: () => Promise<T>): Promise<T> => (begin(), work());
    const taken = registry.snapshot(both, { transaction, patienceMs: 50 });
    const refused = registry.snapshot(both, { patienceMs: 50 }).catch((error: unknown) => error);
    await pass(clock, 100);
    expect(await taken).toEqual([1, 1]);
    expect(await refused).toMatchObject({ code: 'CACHE_SNAPSHOT_FAILED' });
    expect(begin).toHaveBeenCalledOnce();
    end.resolve();
    await writing;
  });

  it('rejects, or loads in the transaction, while the store is unavailable', async () => {
    const { registry, store, both } = given();
    store.disconnect();
    await expect(registry.snapshot(both)).rejects.toMatchObject({
      code: 'CACHE_SNAPSHOT_FAILED',
      message: expect.stringContaining('unavailable'),
    });
    expect(await registry.snapshot(both, { transaction: (work) => work() })).toEqual([1, 1]);
  });

  it('gives up at once on an absence that is not stored', async () => {
    const { registry } = given();
    const load = vi.fn(async () => undefined);
    const taking = registry.snapshot((read) => read(accounts, 'absent', load));
    await expect(taking).rejects.toMatchObject({
      code: 'CACHE_SNAPSHOT_FAILED',
      message: expect.stringContaining('does not store'),
    });
    expect(load).toHaveBeenCalledOnce();
  });

  it('gives up on a value that is too large after a few loads', async () => {
    const { registry, clock } = given();
    const texts = defineCache<string>('texts', { ttl: '30s' });
    registry.create(texts);
    const load = vi.fn(async () => 'x'.repeat(20_000));
    const taking = registry.snapshot((read) => read(texts, '1', load));
    const [refusal] = await Promise.all([taking.catch((error: unknown) => error), pass(clock, 1_200)]);
    expect(refusal).toMatchObject({ code: 'CACHE_SNAPSHOT_FAILED' });
    expect(load.mock.calls.length).toBeLessThan(50);
  });

  it('passes an error of a loader, and of its callback, on unchanged', async () => {
    const { registry } = given();
    const failing = registry.snapshot((read) => read(accounts, '1', () => Promise.reject(new Error('no rows'))));
    await expect(failing).rejects.toThrow('no rows');
    await expect(registry.snapshot(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  it('is refused within a write', async () => {
    const { registry, both } = given();
    const nested = registry.write(() => registry.snapshot(both));
    await expect(nested).rejects.toMatchObject({ code: 'CACHE_WRITE_NESTED' });
  });

  it('refuses a cache with a codec', async () => {
    const { registry } = given();
    const codec = { name: 'own', form: 'text', encode: () => ({ payload: '' }), decode: () => 1 } as const;
    const own = defineCache<number>('own', { ttl: '30s', codec });
    registry.create(own);
    const taking = registry.snapshot((read) => read(own, '1', async () => 1));
    await expect(taking).rejects.toMatchObject({ code: 'CACHE_OPTIONS_INVALID' });
  });
});
