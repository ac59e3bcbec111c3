import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { givenFleet, Refused } from '../../testing/fleet.js';
import { defineCache } from '../policy/define-cache.js';
import { CacheRegistry } from '../cache-registry.js';
import { CacheTransaction } from './transaction.js';

const byId = defineCache<number>('byId', { key: z.string().min(1), ttl: '30s' });
const byEmail = defineCache<number>('byEmail', { key: z.email(), ttl: '30s' });
const list = defineCache<number>('list', {
  ttl: '30s',
  tags: () => ['users'],
});

function givenRegistry() {
  const labels: string[] = [];
  const fleet = givenFleet<number>({}, async (label, act) => {
    labels.push(label);
    const acknowledged = act();
    // The reply is slow.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    return acknowledged;
  });
  const instance = () => {
    const { runtime, store } = fleet.instance();
    const caches = new CacheRegistry(runtime);
    return {
      runtime,
      store,
      caches,
      byId: caches.create(byId),
      byEmail: caches.create(byEmail),
      list: caches.create(list),
    };
  };
  return { ...fleet, labels, instance };
}

describe(CacheTransaction.name, () => {
  it('invalidates every entry and tag that the write names, in every process', async () => {
    const { instance } = givenRegistry();
    const [writer, reader] = [instance(), instance()];
    await reader.byId.readThrough('1', async () => 1);
    await reader.byEmail.readThrough('old@x.org', async () => 1);
    await reader.list.readThrough('all', async () => 1);
    const written = await writer.caches.write(async (tx) => {
      await tx.invalidate(byId, '1');
      await tx.invalidate(byEmail, 'old@x.org');
      await tx.invalidateTags(['users']);
      return 'renamed';
    });
    expect(written).toEqual({ result: 'renamed', applied: 'applied' });
    const read = [reader.byId.get('1'), reader.byEmail.get('old@x.org'), reader.list.get('all')];
    expect(await Promise.all(read)).toEqual([undefined, undefined, undefined]);
  });

  it('invalidates entries from a process that does not cache them (ZiggyCreatures/FusionCache#452)', async () => {
    const { instance } = givenFleet();
    const [service, other] = [instance(), instance()];
    const cache = new CacheRegistry(other.runtime).create(byId);
    await cache.readThrough('1', async () => 1);
    const written = await new CacheRegistry(service.runtime).write((tx) => tx.invalidate(byId, '1'));
    expect(written.applied).toBe('applied');
    expect(await cache.readThrough('1', async () => 2)).toBe(2);
  });

  it('announces every entry of a write before it removes the first (ZiggyCreatures/FusionCache#141)', async () => {
    const { labels, instance } = givenRegistry();
    const here = instance();
    const ids = ['1', '2', '3'];
    for (const id of ids) await here.byId.set(id, 1);
    labels.length = 0;
    await here.caches.write((tx) => Promise.all(ids.map((id) => tx.invalidate(byId, id))));
    expect(labels).toEqual(['intent', 'intent', 'intent', 'done', 'done', 'done']);
    expect(await Promise.all(ids.map((id) => here.byId.get(id)))).toEqual([undefined, undefined, undefined]);
  });

  it('announces each name before the body continues, and ends all after the body, keys before tags', async () => {
    const { labels, instance, server } = givenRegistry();
    const { caches } = instance();
    const invalidated: string[] = [];
    vi.spyOn(server.machine, 'done').mockImplementation((recordKey) => invalidated.push(recordKey) > 0);
    await caches.write(async (tx) => {
      await tx.invalidateTags(['users']);
      await tx.invalidate(byId, '1');
      expect([server.text('n:c:byId:s1'), server.text('n:t:susers')]).toEqual([
        expect.stringMatching(/^W\|/),
        expect.stringMatching(/^W\|/),
      ]);
      expect(invalidated).toEqual([]);
      labels.push('commit');
    });
    expect(labels).toEqual(['intent', 'intent', 'commit', 'done', 'done']);
    expect(invalidated).toEqual(['n:c:byId:s1', 'n:t:susers']);
  });

  it('prevents storing a load that began before the commit', async () => {
    const { instance } = givenRegistry();
    const [writer, reader] = [instance(), instance()];
    const loaded = Promise.withResolvers<number>();
    const reading = reader.byEmail.read('old@x.org', () => loaded.promise);
    await vi.waitFor(() => expect(reader.byEmail.counters().loads).toBe(1));
    await writer.caches.write(async (tx) => {
      await tx.invalidate(byEmail, 'old@x.org');
      loaded.resolve(1);
      expect(await reading).toMatchObject({ stored: false });
    });
    expect(await reader.byEmail.get('old@x.org')).toBeUndefined();
  });

  it('invalidates every entry of a cache with clear', async () => {
    const { instance } = givenRegistry();
    const here = instance();
    await here.byId.set('1', 1);
    await here.byEmail.set('a@x.org', 1);
    await here.caches.write((tx) => tx.clear(byId));
    expect([await here.byId.get('1'), await here.byEmail.get('a@x.org')]).toEqual([undefined, 1]);
  });

  it('announces each name once, so that one write does not overlap with itself', async () => {
    const { labels, instance } = givenRegistry();
    const here = instance();
    await here.byId.writeThrough(
      '1',
      async (tx) => {
        await Promise.all([tx.invalidate(byId, '1'), tx.invalidate(byId, '1'), tx.invalidateTags(['users', 'users'])]);
        return 2;
      },
      { tags: ['users'] },
    );
    expect(labels.filter((label) => label === 'intent')).toHaveLength(2);
    expect(await here.byId.get('1')).toBe(2);
    await here.byId.writeInvalidate('1', (tx) => tx.invalidate(byId, '1'));
    expect(labels.filter((label) => label === 'intent')).toHaveLength(3);
  });

  it('waits for a repeated name as for the first one, and rejects it likewise', async () => {
    const { instance, server } = givenRegistry();
    const { caches, store } = instance();
    await caches.write(async (tx) => {
      const first = tx.invalidate(byId, '1');
      await tx.invalidate(byId, '1');
      expect(server.text('n:c:byId:s1')).toMatch(/^W\|/);
      await first;
    });
    store.disconnect();
    const commit = vi.fn();
    const naming = async (tx: CacheTransaction): Promise<void> => {
      await tx.invalidate(byId, '1').catch(() => {});
      await tx.invalidate(byId, '1');
      commit();
    };
    await expect(caches.write(naming, { strict: true })).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    expect(commit).not.toHaveBeenCalled();
  });

  it('reports a failed announcement that was not awaited only at the end, as pending', async () => {
    const { caches, store } = givenRegistry().instance();
    store.disconnect();
    const naming = async (tx: CacheTransaction): Promise<void> => void tx.invalidate(byId, '1');
    expect(await caches.write(naming, { strict: true })).toMatchObject({ applied: 'pending' });
  });

  it('takes over invalidations made inside the body, which are pending if not announced', async () => {
    const { caches, store, runtime, byId: cache } = givenRegistry().instance();
    store.disconnect();
    const written = await caches.write(async () => cache.invalidate('1'));
    expect(written).toEqual({ result: 'pending', applied: 'pending' });
    expect(runtime.pending.size).toBe(1);
    const strict = caches.write(async () => cache.invalidate('1'), { strict: true });
    await expect(strict).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
  });

  it('lets the body of every write name more entries', async () => {
    const { instance } = givenRegistry();
    const here = instance();
    await here.byEmail.set('old@x.org', 1);
    await here.byId.writeInvalidate('1', (tx) => tx.invalidate(byEmail, 'old@x.org'));
    expect(await here.byEmail.get('old@x.org')).toBeUndefined();
  });

  it('includes names that were not awaited, and rejects names after the end', async () => {
    const { server, instance } = givenRegistry();
    const here = instance();
    await here.byId.set('1', 1);
    let late: CacheTransaction | undefined;
    await here.caches.write(async (tx) => {
      late = tx;
      void tx.invalidate(byId, '1');
    });
    expect(server.text('n:c:byId:s1')).toBeUndefined();
    await expect(late?.invalidate(byId, '1')).rejects.toMatchObject({ code: 'CACHE_WRITE_ENDED' });
  });

  it('rejects an invalid key, and a nested write', async () => {
    const { caches, byId: cache } = givenRegistry().instance();
    await caches.write(async (tx) => {
      await expect(tx.invalidate(byEmail, 'no address')).rejects.toMatchObject({ code: 'CACHE_KEY_INVALID' });
      await expect(caches.write(async () => {})).rejects.toMatchObject({ code: 'CACHE_WRITE_NESTED' });
      await expect(cache.writeInvalidate('1', async () => {})).rejects.toMatchObject({ code: 'CACHE_WRITE_NESTED' });
    });
  });

  it('rejects with the error of its body unchanged, and removes its intents after a rollback', async () => {
    const { server, caches } = ((fleet) => ({ ...fleet, ...fleet.instance() }))(givenRegistry());
    const refused = new Refused();
    const failing = caches.write(async (tx) => {
      await tx.invalidate(byId, '1');
      throw refused;
    });
    await expect(failing).rejects.toBe(refused);
    expect(server.text('n:c:byId:s1')).toBeUndefined();
  });

  it('continues as pending without the store, or rejects a strict write while the database can roll back', async () => {
    const { caches, store, runtime } = givenRegistry().instance();
    store.disconnect();
    const lenient = caches.write(async (tx) => {
      await tx.invalidate(byId, '1');
      return 1;
    });
    expect(await lenient).toEqual({ result: 1, applied: 'pending' });
    expect(runtime.pending.affects('n:c:byId:s1', [])).toBe(true);
    const commit = vi.fn();
    const strict = caches.write(
      async (tx) => {
        await tx.invalidate(byId, '1');
        commit();
      },
      { strict: true },
    );
    await expect(strict).rejects.toMatchObject({ code: 'CACHE_UNAVAILABLE' });
    expect(commit).not.toHaveBeenCalled();
  });
});
