import { ForbiddenException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
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
});
