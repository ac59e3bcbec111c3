import { ForbiddenException } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import type { Cache } from '../cache.js';
import { givenFleet } from '../../testing/fleet.js';
import { L2Read } from './l2-read.js';

describe(L2Read.name, () => {
  it('lets a read load on its own when the load that it shared was refused', async () => {
    const { cache, store } = givenFleet<number>().instance();
    store.disconnect();
    const gate = Promise.withResolvers<void>();
    const read = (load: () => Promise<number>) => cache.readThrough('k', load, { strong: true });
    const held = async () => (await gate.promise, 1);
    // Two runs are at work, and the next is shared by the third and the fourth read.
    const running = [read(held), read(held)];
    const refused = read(async () => {
      throw new ForbiddenException();
    });
    const sharing = read(async () => 4);
    gate.resolve();
    await Promise.all([
      ...running,
      expect(refused).rejects.toThrow(ForbiddenException),
      expect(sharing).resolves.toBe(4),
    ]);
  });

  it('lets many refused strong reads load at once, without a pause', async () => {
    const { clock, instance } = givenFleet<number>();
    const { cache, store } = instance();
    store.disconnect();
    const begunAt = clock.now();
    const load = async (): Promise<number> => {
      throw new ForbiddenException();
    };
    const reads = Array.from({ length: 100 }, () => cache.readThrough('k', load, { strong: true }));
    const results = await Promise.allSettled(reads);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(clock.now()).toBe(begunAt);
  });

  describe('while other processes load', () => {
    const turn = () => new Promise(setImmediate);

    /** One process reads while a second one loads. The load of the second one ends by `end`, and then a third one loads. */
    async function givenWaiting(end: (second: Cache<string, number>, fail: () => void) => unknown) {
      const { clock, instance } = givenFleet<number>();
      const [first, second, third] = [instance().cache, instance().cache, instance().cache];
      const held = Promise.withResolvers<number>();
      const [never, load] = [new Promise<number>(() => {}), vi.fn(async () => 1)];
      void second.readThrough('k', () => held.promise).catch(() => {});
      await turn();
      const reading = first.readThrough('k', load);
      await turn();
      await end(second, () => held.reject(new Error('down')));
      await turn();
      void third.readThrough('k', () => never);
      await turn();
      const pass = async (ms: number): Promise<void> => {
        for (let passed = 0; passed < ms; passed += 5) {
          clock.advance(5);
          await turn();
        }
      };
      return { reading, load, pass };
    }

    it('a read waits for no second load after a write has made the first one useless', async () => {
      const { reading, load, pass } = await givenWaiting((second) => second.invalidate('k'));
      expect(load).not.toHaveBeenCalled();
      await pass(60);
      expect(load).toHaveBeenCalledOnce();
      expect(await reading).toBe(1);
    });

    it('a read waits for a second load after the first one has failed', async () => {
      const { reading, load, pass } = await givenWaiting((_, fail) => fail());
      await pass(900);
      expect(load).not.toHaveBeenCalled();
      // The lease of the second load expires after a second.
      await pass(200);
      expect(await reading).toBe(1);
    });
  });

  it('loads what it waited for, once another server has come with the value from before an invalidation', async () => {
    const { clock, server, instance } = givenFleet<string>();
    const turn = () => new Promise(setImmediate);
    const [one, other] = [instance(), instance()];
    await one.cache.readThrough('k', async () => 'old');
    server.save();
    await one.cache.invalidate('k');
    const gate = Promise.withResolvers<string>();
    void other.cache.readThrough('k', () => gate.promise).catch(() => {});
    await turn();
    const reading = one.cache.readThrough('k', async () => 'new');
    await turn();
    server.restart();
    // The reaction of a process to another server. The step that invalidates all entries has not been taken yet.
    one.runtime.coherence.onChannelLost();
    one.runtime.pending.add({ recordKeys: [], tags: [one.runtime.keys.namespaceTag] });
    clock.advance(100);
    await turn();
    expect(await reading).toBe('new');
    gate.resolve('new');
  });
});
