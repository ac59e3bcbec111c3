import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { MASTER, startSentinelGroup } from '../../../../test/support/redis/sentinel-group.js';
import { CleanUp, givenManager } from './given-manager.js';

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

it(
  'CACHE_MANAGER follows a failover of the Sentinels, and serves nothing from before it',
  { timeout: 60_000 },
  async () => {
    const group = await startSentinelGroup();
    cleanUp.add(() => group.stop());
    const topology = { mode: 'sentinel', master: MASTER, sentinels: group.addresses } as const;
    const { manager } = await givenManager(cleanUp, { topology });
    await manager.set('key', 'before');
    expect(await manager.get('key')).toBe('before');
    await group.failOver();
    await eventually(
      async () => {
        await manager.set('key', 'after');
        expect(await manager.get('key')).toBe('after');
      },
      { within: 10_000 },
    );
    await manager.del('key');
    expect(await manager.get('key')).toBeUndefined();
  },
);
