import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import { expect, it, onTestFinished } from 'vitest';
import { CacheModule } from '../cache.module.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { KeyvFactory } from './keyv-factory.js';
import { KeyvModule } from './keyv.module.js';

async function given() {
  const testing = await Test.createTestingModule({ imports: [CacheModule.forRoot(), KeyvModule] }).compile();
  onTestFinished(() => testing.close());
  return { keyvs: testing.get(KeyvFactory), names: () => Object.keys(testing.get(CacheRegistry).counters()) };
}

it('a key on a shared store belongs to the longest namespace that it begins with', async () => {
  const { keyvs } = await given();
  const store = keyvs.store();
  const outer = new Keyv({ store, namespace: 'a' });
  const inner = new Keyv({ store, namespace: 'a:b' });
  await outer.set('key', 'outer');
  await inner.set('key', 'inner');
  expect(await keyvs.create({ namespace: 'a' }).get('key')).toBe('outer');
  expect(await keyvs.create({ namespace: 'a:b' }).get('key')).toBe('inner');
});

it.each([
  ['is its namespace up to 48 characters', 'n'.repeat(48), `cache-manager.${'n'.repeat(48)}`],
  ['is a hash for a longer namespace', 'n'.repeat(49), expect.stringMatching(/^cache-manager-[0-9a-f]{32}$/)],
  ['is a hash for a namespace with other characters', 'a b', expect.stringMatching(/^cache-manager-[0-9a-f]{32}$/)],
])('the name of the cache of a Keyv %s', async (_, namespace, name) => {
  const { keyvs, names } = await given();
  await keyvs.create({ namespace }).set('key', 1);
  expect(names()).toEqual([name]);
});
