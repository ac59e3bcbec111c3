import { RedisConnection } from '@nuthatch/redis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RefreshLock, refreshLockOf } from '../src/core/store/refresh-lock.js';
import { givenInstance } from './given-instance.js';

const HOUR_MS = 3_600_000;
/** Less than the time for which a read waits for the load of another process. */
const AT_ONCE_MS = 1_000;

const backingOff = defineCache<number>('backing-off', {
  ttl: '60s',
  errorBackOff: '1s',
});

/** After a step back of the server's clock, each record lives longer by that step. So does one that a foreign program wrote. */
describe('a record in Redis that lives longer than it may', () => {
  const url = inject('redisUrl');
  const redis = new RedisConnection({ topology: { mode: 'single', url }, operationTimeoutMs: 5_000 });
  const command = (...words: string[]) => redis.run((client) => client.sendCommand<unknown>(words));
  let namespaces = 0;
  beforeAll(async () => {
    redis.open();
    await redis.firstAttempt;
  });
  afterAll(() => redis.close());

  async function given() {
    namespaces += 1;
    const namespace = `clock-${namespaces}`;
    const instance = await givenInstance({ url }, namespace);
    const record = `${namespace}:c:numbers:sk`;
    const put = (key: string, text: string) => command('SET', key, text, 'PX', String(HOUR_MS));
    const setBack = (key: string) => command('PEXPIRE', key, String(HOUR_MS));
    return { ...instance, namespace, record, put, setBack };
  }

  async function readFast(read: Promise<unknown>): Promise<unknown> {
    const startedAt = performance.now();
    const result = await read;
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
    return result;
  }

  it('is replaced at once if it is a lease', async () => {
    const { cache, record, put } = await given();
    await put(record, 'L|0123456789abcdef|');
    expect(await readFast(cache.read('k', async () => 1))).toMatchObject({ status: 'miss', stored: true });
  });

  it('delays no read if it is a lease of no known form', async () => {
    const { cache, record } = await given();
    await command('SET', record, 'L|who knows', 'PX', '4000');
    expect(await readFast(cache.readThrough('k', async () => 1))).toBe(1);
  });

  it('is replaced at once if it is an error', async () => {
    const { cache, registry, namespace, record, put } = await given();
    const backing = registry.create(backingOff);
    for (const [key, read] of [
      [record, () => cache.readThrough('k', async () => 1)],
      [`${namespace}:c:backing-off:sk`, () => backing.readThrough('k', async () => 1)],
    ] as const) {
      await put(key, 'E|origin|');
      expect(await readFast(read())).toBe(1);
    }
  });

  it('is a miss if it is a value', async () => {
    const { cache, record, setBack } = await given();
    await cache.readThrough('k', async () => 1);
    await setBack(record);
    expect(await cache.read('k', async () => 2, { strong: true })).toMatchObject({ status: 'miss', stored: true });
    expect(await cache.read('k', async () => 3, { strong: true })).toMatchObject({
      status: 'hit',
      answer: { value: 2 },
    });
  });

  it.each(['c:numbers:sk', 'all:numbers'])(
    'ends one life after a reader has found it, if it is the intent on %s',
    async (name) => {
      const { cache, namespace, put } = await given();
      const key = `${namespace}:${name}`;
      await put(key, 'W|10000:0123456789abcdef');
      expect(await cache.read('k', async () => 1)).toMatchObject({ detail: 'write-intent' });
      await eventually(async () => expect(await command('PTTL', key)).toBeLessThanOrEqual(10_000));
    },
  );

  it('ends one life after another write, if it is an intent', async () => {
    const { runtime, record, put } = await given();
    await put(record, 'W|10000:0123456789abcdef');
    await runtime.store.intent(record, '00000000000000ff', 1_000);
    expect(await command('GET', record)).toBe('W|10000:0123456789abcdef,1000:00000000000000ff,!');
    await command('PEXPIRE', record, String(HOUR_MS));
    await runtime.store.done(record, '00000000000000ff');
    expect(await command('GET', record)).toBe('W|10000:0123456789abcdef,!');
    expect(await command('PTTL', record)).toBeLessThanOrEqual(10_000);
  });

  it('is replaced if it is the lock of a refresh', async () => {
    const { runtime, record, put } = await given();
    const acquire = (token: string) => new RefreshLock(runtime.store, record, token).acquire(1_000);
    expect([await acquire('a'), await acquire('b')]).toEqual([true, false]);
    await put(refreshLockOf(record), 'L|a|');
    expect([await acquire('b'), await acquire('c')]).toEqual([true, false]);
  });
});
