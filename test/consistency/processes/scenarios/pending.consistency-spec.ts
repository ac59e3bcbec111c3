import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.js';
import { type Fleet, withFleet } from '../fleet/fleet.js';
import { SPARE_ROWS } from '../worker/rows.js';

const [KEY] = SPARE_ROWS;

/** Returns the version that each process reads now. */
async function versions({ instances }: Fleet, strong: boolean): Promise<number[]> {
  const answers = await Promise.all(instances.map((instance) => instance.send('read', { key: KEY, strong })));
  return answers.flatMap((answer) => [...answer.versions]);
}

describe('an invalidation while Redis is unreachable', () => {
  it('is pending, and is applied once Redis is back: no process reads the old version', async () => {
    await withFleet({}, async (fleet) => {
      const { proxies, instances } = fleet;
      // The row is in each L1 and in Redis, which keeps it.
      expect(await versions(fleet, false)).toEqual([1, 1, 1]);
      proxies.forEach((proxy) => (proxy.refuse(), proxy.cut()));
      await eventually(async () => expect(await fleet.unsettled()).toBe(3));

      expect(await instances[0]?.send('changeAndInvalidate', KEY)).toEqual({ version: 2, applied: 'pending' });
      expect(await versions(fleet, false)).toEqual([2, 2, 2]);

      await Promise.all(proxies.map((proxy) => proxy.accept()));
      await fleet.settled();
      expect(await versions(fleet, true)).toEqual([2, 2, 2]);
      expect(await versions(fleet, false)).toEqual([2, 2, 2]);
    });
  });

  it('protects its own process, even if the other processes reconnect much earlier', async () => {
    await withFleet({}, async (fleet) => {
      const { proxies, instances } = fleet;
      const [proxy] = proxies;
      const [deleter] = instances;
      expect(await versions(fleet, false)).toEqual([1, 1, 1]);
      proxy?.freeze('both');
      await pause(300);
      expect(await deleter?.send('changeAndInvalidate', KEY)).toMatchObject({ applied: 'pending' });
      for (let count = 0; count < 20; count += 1) {
        // The other processes cannot detect the write while their entries live. Its own process can.
        expect((await versions(fleet, count % 2 === 0))[0]).toBe(2);
        await pause(50);
      }
      proxy?.thaw();
      await fleet.settled();
      expect(await versions(fleet, true)).toEqual([2, 2, 2]);
      expect(await versions(fleet, false)).toEqual([2, 2, 2]);
    });
  });
});
