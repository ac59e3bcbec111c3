import { setTimeout as pause } from 'node:timers/promises';
import { RedisConnection } from '@nuthatch/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';
import { type RedisScript, runScript } from '../src/redis/steps/run-script.js';
import * as scripts from '../src/redis/scripts.generated.js';

const LONG_MS = 60_000;
const [mine, theirs] = ['000000000000000a', '00000000000000ff'];
const value = (fillId: string): string => `V|${fillId}|header|1`;

describe('the Lua scripts', () => {
  let server: RedisServer;
  let redis: RedisConnection;
  let records = 0;
  let recordKey = '';

  beforeAll(async () => {
    // A server of its own, because its memory is limited and its scripts are flushed.
    server = await startRedis();
    redis = new RedisConnection({ topology: { mode: 'single', url: server.url }, operationTimeoutMs: 5_000 });
    redis.open();
    await redis.firstAttempt;
  });
  afterAll(async () => {
    await redis.close();
    await server.stop();
  });
  beforeEach(() => {
    records += 1;
    recordKey = `scripts:${records}`;
  });

  async function run<Argument extends string>(
    script: RedisScript<Argument>,
    args: Readonly<Record<Argument, string | number>>,
    key = recordKey,
  ): Promise<unknown> {
    const replies = await redis.run((client) => runScript(client, script, [{ recordKey: key, args }]));
    if (replies[0] instanceof Error) throw replies[0];
    return script.repliesPerStep === 1 ? replies[0] : replies;
  }
  const announcement = { channel: 'scripts:channel' };
  const lookup = (token: string, replaces = '') =>
    run(scripts.lookup, { lastByte: 1_000, token, leaseMs: LONG_MS, replaces });
  const acquire = async (token: string, replaces?: string) =>
    JSON.stringify(await lookup(token, replaces)) === '["",-3]' ? 1 : 0;
  const fill = (expectedPrefix: string, text = value(mine)) =>
    run(scripts.fill, { expectedPrefix, value: text, expiryMs: LONG_MS });
  const release = (token: string, errorText = '') => run(scripts.release, { token, errorText, retryMs: LONG_MS });
  const create = (id: string, lifeMs = LONG_MS) => run(scripts.ensureTagVersion, { text: `V|${id}|`, lifeMs });
  const intent = (token: string, lifeMs = LONG_MS) => run(scripts.intent, { token, lifeMs, ...announcement });
  const done = (token: string) => run(scripts.done, { token, ...announcement });
  const doneWithValue = (token: string) =>
    run(scripts.doneWithValue, { token, value: value(mine), expiryMs: LONG_MS, ...announcement });
  const invalidate = () => run(scripts.invalidate, announcement);
  const put = (text = value(mine), ms = LONG_MS) =>
    redis.run((client) => client.set(recordKey, text, { expiration: { type: 'PX', value: ms } }));
  const text = () => redis.run((client) => client.get(recordKey));
  const ttl = () => redis.run((client) => client.pTTL(recordKey));
  const marks = async (): Promise<string[]> => (await text())?.split(/[|,]/) ?? [];

  describe('acquire', () => {
    it('leases an absent record', async () => {
      expect(await acquire(mine)).toBe(1);
      expect(await text()).toBe(`L|${mine}|`);
      expect(await ttl()).toBeGreaterThan(LONG_MS - 5_000);
    });

    it('leaves the lease of the first caller alone', async () => {
      await acquire(theirs);
      expect(await acquire(mine)).toBe(0);
      expect(await text()).toBe(`L|${theirs}|`);
    });

    it('replaces the invalid value, and no value with a longer id', async () => {
      await put(value(theirs));
      expect(await acquire(mine, `V|${theirs.slice(0, -1)}|`)).toBe(0);
      expect(await acquire(mine, `V|${theirs}|`)).toBe(1);
    });
  });

  describe('fill', () => {
    it('fills a record over the lease', async () => {
      await acquire(mine);
      expect(await fill(`L|${mine}|`)).toBe(1);
      expect(await text()).toBe(value(mine));
    });

    it('fills neither a foreign text nor an absent record', async () => {
      expect(await fill(`L|${mine}|`)).toBe(0);
      await acquire(theirs);
      expect(await fill(`L|${mine}|`)).toBe(0);
      expect(await text()).toBe(`L|${theirs}|`);
    });
  });

  describe('release', () => {
    it('empties the record, or stores the error', async () => {
      await acquire(mine);
      expect(await release(mine, 'origin')).toBe(1);
      expect(await text()).toBe('E|origin|');
      await put(`L|${mine}|`);
      expect(await release(mine)).toBe(1);
      expect(await text()).toBeNull();
    });

    it('releases no lease of another caller', async () => {
      expect(await release(mine)).toBe(0);
      await put();
      expect(await release(mine, 'origin')).toBe(0);
      expect(await text()).toBe(value(mine));
    });
  });

  describe('ensure tag version', () => {
    it('returns only as much of a foreign text as distinguishes it from a version', async () => {
      await put('x'.repeat(1_000));
      expect(await create(mine)).toBe('x'.repeat(`V|${mine}|`.length + 1));
    });

    it('stores the first version, and keeps it', async () => {
      expect(await create(mine)).toBe(`V|${mine}|`);
      expect(await create(theirs)).toBe(`V|${mine}|`);
    });

    it('extends a life and never shortens one, and leaves the life of a write alone', async () => {
      await create(mine, 1_000);
      await create(mine);
      await create(mine, 1_000);
      expect(await ttl()).toBeGreaterThan(LONG_MS - 5_000);
      await intent(mine, 1_000);
      expect(await create(theirs)).toMatch(/^W\|1000:/);
      expect(await ttl()).toBeLessThanOrEqual(1_000);
    });
  });

  describe('intent', () => {
    it.each([null, `L|${theirs}|`, value(theirs), 'E|origin|'])('replaces %s by an intent', async (before) => {
      if (before) await put(before);
      await intent(mine);
      expect(await text()).toBe(`W|${LONG_MS}:${mine}`);
    });

    it('flags overlapping writes', async () => {
      await intent(theirs);
      await intent(mine);
      expect((await text())?.replaceAll(/\d+:/g, '')).toBe(`W|${theirs},${mine},!`);
    });

    it('neither shortens a long life nor extends the life of another intent', async () => {
      await intent(theirs, 10_000);
      await pause(60);
      await intent(mine, 100);
      const [, life = '', own] = await marks();
      // Timers and Redis count whole milliseconds, from different moments.
      expect(Number(life.split(':')[0])).toBeLessThanOrEqual(9_950);
      expect(Number(life.split(':')[0])).toBeGreaterThan(5_000);
      expect(own).toBe(`100:${mine}`);
      expect(await ttl()).toBeGreaterThan(5_000);
    });

    it('expires the intent of a crashed writer under steady writes', async () => {
      await intent(theirs, 100);
      for (let write = 1; write <= 8; write += 1) {
        await intent(write.toString(16).padStart(16, '0'), 1_000);
        await pause(20);
      }
      await intent(mine);
      expect(await text()).not.toContain(theirs);
      expect(await text()).toContain(`:${'8'.padStart(16, '0')},`);
    });
  });

  describe('done', () => {
    it('empties a record in any state', async () => {
      for (const before of [`W|${LONG_MS}:${mine}`, value(theirs), `L|${theirs}|`]) {
        await put(before);
        await done(mine);
        expect(await text()).toBeNull();
      }
      await done(mine);
      expect(await text()).toBeNull();
    });

    it('keeps the intents of other writes with their lives', async () => {
      await intent(theirs, 10_000);
      await intent(mine);
      await done(mine);
      expect(await text()).toMatch(new RegExp(`^W\\|\\d+:${theirs},!$`));
      expect(await ttl()).toBeLessThanOrEqual(10_000);
    });
  });

  describe('done with value', () => {
    it('stores the value of a write without overlap', async () => {
      await intent(mine);
      expect(await doneWithValue(mine)).toBe(1);
      expect(await text()).toBe(value(mine));
    });

    it.each([
      null,
      `W|${LONG_MS}:${theirs}`,
      `W|1:${theirs},${LONG_MS}:${mine},!`,
      `W|${LONG_MS}:${mine},!`,
      value(theirs),
    ])('stores no value over %s', async (before) => {
      if (before) await put(before);
      expect(await doneWithValue(mine)).toBe(0);
      expect(await text()).toBe(before);
    });
  });

  describe('invalidate', () => {
    it.each([null, value(mine), `L|${mine}|`, 'E|origin|'])('empties a record with the text %s', async (before) => {
      if (before) await put(before);
      await invalidate();
      expect(await text()).toBeNull();
    });

    it('flags a write once, and keeps its life', async () => {
      await intent(mine, 10_000);
      await invalidate();
      await invalidate();
      expect(await text()).toBe(`W|10000:${mine},!`);
      expect(await ttl()).toBeLessThanOrEqual(10_000);
    });
  });

  it('look nothing up on a server that accepts no writes', async () => {
    await put();
    await redis.run((client) => client.configSet('min-replicas-to-write', '1'));
    onTestFinished(() => void redis.run((client) => client.configSet('min-replicas-to-write', '0')));
    await expect(lookup('')).rejects.toThrow(/NOREPLICAS/);
  });

  it('count the heartbeats in a record with a TTL', async () => {
    const beat = () => run(scripts.heartbeat, { lifeMs: LONG_MS });
    expect([await beat(), await beat()]).toEqual([1, 2]);
    expect(await ttl()).toBeGreaterThan(0);
  });

  it('limit the TTL of intents to their longest life, and leave every other record alone', async () => {
    const limit = () => run(scripts.limitIntents, {});
    for (const other of [value(mine), `L|${mine}|`]) {
      await put(other);
      expect(await limit()).toBe(0);
    }
    await put(`W|500:${theirs},1000:${mine},!`);
    expect(await limit()).toBe(1);
    expect(await ttl()).toBeLessThanOrEqual(1_000);
    expect(await limit()).toBe(0);
  });

  it.each(Object.entries({ intent, done, doneWithValue, invalidate }))(
    '%s publishes its message after its change',
    async (_, script) => {
      const watching = redis.client.duplicate();
      await watching.connect();
      const acts: string[] = [];
      await watching.monitor(
        (line) => line.includes(' lua] ') && acts.push(line.replace(/.* lua\] "(\w+)".*/, '$1').toUpperCase()),
      );
      await put(`W|${LONG_MS}:${mine}`);
      await script(mine);
      await eventually(() => expect(acts).toContain('PUBLISH'));
      watching.destroy();
      expect(acts.at(-1)).toBe('PUBLISH');
      expect(acts.at(-2)).toMatch(/^(SET|DEL)$/);
    },
  );

  it('are sent again to a server that has flushed them', async () => {
    await redis.run((client) => client.scriptFlush());
    expect(await acquire(mine)).toBe(1);
    expect(await fill(`L|${mine}|`)).toBe(1);
  });

  it('change nothing harmful when they run late', async () => {
    await put(value(theirs));
    for (const late of [
      () => fill(`L|${mine}|`),
      () => release(mine),
      () => doneWithValue(mine),
      () => create(mine),
      () => acquire(mine),
    ]) {
      await late();
      expect(await text()).toBe(value(theirs));
    }
    await intent(mine, 20);
    await eventually(async () => expect(await text()).toBeNull());
  });

  describe('on a server that is out of memory', () => {
    const maxMemory = (bytes: '0' | '1') => redis.run((client) => client.configSet('maxmemory', bytes));
    afterEach(() => maxMemory('0'));

    it('fail if they store values', async () => {
      const storing: [string | null, () => Promise<unknown>][] = [
        [`L|${mine}|`, () => fill(`L|${mine}|`)],
        [null, () => create(mine)],
        [`W|${LONG_MS}:${mine}`, () => doneWithValue(mine)],
      ];
      for (const [before, store] of storing) {
        await maxMemory('0');
        if (before) await put(before);
        else await redis.run((client) => client.del(recordKey));
        await maxMemory('1');
        await expect(store()).rejects.toThrow(/OOM/);
        expect(await text()).toBe(before);
      }
    });

    it('run if they invalidate', async () => {
      await maxMemory('1');
      await intent(mine);
      await intent(theirs);
      await invalidate();
      await done(mine);
      await done(theirs);
      expect(await text()).toBeNull();
    });

    it('run if they acquire or release a lease or write the heartbeat', async () => {
      await maxMemory('1');
      expect(await acquire(mine)).toBe(1);
      expect(await release(mine, 'origin')).toBe(1);
      const heartbeat = `${recordKey}:heartbeat`;
      expect(await run(scripts.heartbeat, { lifeMs: LONG_MS }, heartbeat)).toBe(1);
    });
  });
});
