import { afterEach, expect, it } from 'vitest';
import { startClusterGroup } from '../../../../test/support/redis/cluster-group.js';
import { CleanUp, givenManager } from './given-manager.js';

const KEYS = Array.from({ length: 12 }, (_, index) => `key-${index}`);

const cleanUp = new CleanUp();
afterEach(() => cleanUp.run());

it('CACHE_MANAGER sets, reads, deletes and clears keys of all masters of a cluster', { timeout: 60_000 }, async () => {
  const group = await startClusterGroup();
  cleanUp.add(() => group.stop());
  const topology = { mode: 'cluster', nodes: group.addresses } as const;
  const { manager } = await givenManager(cleanUp, { topology });
  await manager.mset(KEYS.map((key, index) => ({ key, value: index })));
  expect(await manager.mget(KEYS)).toEqual(KEYS.map((_, index) => index));
  for (const key of KEYS) expect(await manager.del(key)).toBe(true);
  expect(await manager.mget(KEYS)).toEqual(KEYS.map(() => undefined));
  for (const key of KEYS) await manager.set(key, 'again');
  expect(await manager.get('key-0')).toBe('again');
  await manager.clear();
  expect(await manager.mget(KEYS)).toEqual(KEYS.map(() => undefined));
});
