import { RedisConnection } from '@nuthatch/redis';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';
import { checkOptions } from '../src/cache.options.js';
import { Cache } from '../src/core/cache.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { messagePack } from '../src/msgpack/index.js';
import { RuntimeProvider } from '../src/runtime-provider.js';

/** A value with every byte, a date, and a text outside Latin-1. */
const value = { bytes: Uint8Array.from({ length: 256 }, (_, byte) => byte), at: new Date(5), name: 'Zoë 𝄞' };
type Value = typeof value;

const policy = { ttl: '30s', tags: () => ['Zoë'] } as const;
const asJson = defineCache<Value>('values', policy);
const asMessagePack = defineCache<Value>('values', { ...policy, codec: messagePack });

describe('values in a real Redis', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of cleanUp.splice(0).toReversed()) await end();
  });

  async function givenRedis() {
    const server = await startRedis();
    const redis = new RedisConnection({ topology: { mode: 'single', url: server.url } });
    redis.open();
    cleanUp.push(
      () => server.kill(),
      () => redis.close(),
    );
    /** Creates a process with an empty L1. */
    async function cache(definition: typeof asJson) {
      const open = new RuntimeProvider(redis, checkOptions({ namespace: 'codecs' }));
      cleanUp.push(() => open.onApplicationShutdown());
      await eventually(() => expect(open.runtime.coherence.fresh).toBe(true));
      return new Cache(definition, open.runtime);
    }
    return { redis, cache };
  }
  const never = async (): Promise<Value> => Promise.reject(new Error('It was to be found.'));

  it.each([
    ['JSON', asJson],
    ['MessagePack', asMessagePack],
  ])(
    'are restored from %s after a fill, a write and a batch (jaredwray/cacheable#52, Julien-R44/bentocache#42)',
    async (_, definition) => {
      const { cache } = await givenRedis();
      const [writer, reader] = [await cache(definition), await cache(definition)];
      await writer.readThrough('filled', async () => value);
      await writer.writeThrough('written', async () => value);
      expect(await reader.readThrough('filled', never)).toEqual(value);
      const batch = await (await cache(definition)).readThroughMany(['filled', 'written'], async () => new Map());
      expect(batch).toEqual([value, value]);
    },
  );

  it('are stored by MessagePack as bytes, not as text', async () => {
    const { redis, cache } = await givenRedis();
    await (await cache(asMessagePack)).set('k', value);
    const length = await redis.run((client) => client.strLen('codecs:c:values:sk'));
    expect(length).toBeLessThan(256 + 250);
  });

  it('are read correctly across a change of codec in a rolling deploy', async () => {
    const { cache } = await givenRedis();
    const [before, after] = [await cache(asJson), await cache(asMessagePack)];
    await before.set('old', value);
    expect(await after.readThrough('old', never)).toEqual(value);
    await after.set('new', value);
    expect(await before.readThrough('new', async () => ({ ...value, name: 'loaded' }))).toMatchObject({
      name: 'loaded',
    });
    expect(await (await cache(asMessagePack)).readThrough('new', never)).toMatchObject({ name: 'loaded' });
  });
});
