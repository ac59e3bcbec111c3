import { setTimeout as pause } from 'node:timers/promises';
import type { Cache as CacheManager } from '@nestjs/cache-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { startFaultProxy } from '../../src/testing/fault-proxy.js';
import { at, CleanUp, givenManager, givenRedis, sure } from './given-manager.js';

describe('CACHE_MANAGER after Redis is available again with its old entries', () => {
  const cleanUp = new CleanUp();
  afterEach(() => cleanUp.run());

  /** Creates a process whose connection to Redis can be broken, and another one with a stable connection. */
  async function givenBrokenWay() {
    const server = await givenRedis(cleanUp);
    const proxy = await startFaultProxy({ port: server.port });
    cleanUp.add(() => proxy.close());
    const here = await givenManager(cleanUp, at({ url: `redis://127.0.0.1:${proxy.port}` }));
    const there = await givenManager(cleanUp, at(server));
    return { here, there, proxy };
  }

  type Given = Awaited<ReturnType<typeof givenBrokenWay>>;

  const breaks: Record<string, (proxy: Given['proxy']) => { mend: () => unknown }> = {
    cut: (proxy) => {
      proxy.refuse();
      proxy.cut();
      return { mend: () => proxy.accept() };
    },
    frozen: (proxy) => {
      proxy.freeze('both');
      return { mend: () => proxy.thaw() };
    },
    'frozen on the way back': (proxy) => {
      proxy.freeze('down');
      return { mend: () => proxy.thaw() };
    },
  };

  const changes: Record<string, (manager: CacheManager) => Promise<unknown>> = {
    del: (manager) => manager.del('key'),
    mdel: (manager) => manager.mdel(['key', 'other']),
    set: (manager) => manager.set('key', 'new'),
    mset: (manager) => manager.mset([{ key: 'key', value: 'new' }]),
    clear: (manager) => manager.clear(),
  };
  const cases = Object.keys(breaks).flatMap((how) => Object.keys(changes).map((verb) => ({ how, verb })));

  it.each(cases)(
    'never serves a value that $verb was to replace after the connection was $how (jaredwray/keyv#1472)',
    async ({ how, verb }) => {
      const { here, there, proxy } = await givenBrokenWay();
      await eventually(async () => {
        await here.manager.set('key', 'old');
        expect(await there.manager.get('key')).toBe('old');
      });
      const { mend } = sure(breaks[how])(proxy);
      await changes[verb]?.(here.manager);
      const read: unknown[] = [];
      const reading = new AbortController();
      const reads = (async () => {
        while (!reading.signal.aborted) {
          read.push(await here.manager.get('key'));
          await pause(2);
        }
      })();
      await mend();
      await eventually(() => {
        expect(here.connection?.state.connected).toBe(true);
        expect(here.registry.pending).toBe(0);
      });
      await pause(100);
      reading.abort();
      await reads;
      expect(read).not.toContain('old');
      await eventually(async () => expect(await there.manager.get('key')).not.toBe('old'), { within: 1_000 });
      await here.manager.set('key', 'newest');
      // An intent that arrived late blocks the entry for its ten seconds.
      const mayBeBlocked = how !== 'cut' && verb.endsWith('set');
      const expected = mayBeBlocked ? ['newest', undefined] : ['newest'];
      await eventually(async () => {
        for (const { manager } of [here, there]) expect(expected).toContain(await manager.get('key'));
      });
    },
  );
});
