import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { REDIS_CONNECTION } from '@nuthatch/redis';
import { Keyv } from 'keyv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { freePort } from '../../../../test/support/free-port.js';
import { startRedis } from '../../../../test/support/redis-server.js';
import { at, CleanUp, entriesOf, givenManager, givenRedis, storeOf, sure, timed } from './given-manager.js';

/** Twice the deadline of an operation, with a margin for a busy machine. */
const SETTLED_MS = 1_000;

describe('CACHE_MANAGER while Redis is unavailable', () => {
  const cleanUp = new CleanUp();
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(async () => {
    await cleanUp.run();
    process.off('unhandledRejection', note);
    if (unhandled.length > 0) throw new AggregateError(unhandled, 'Unhandled rejections');
  });

  const ways = {
    'frozen (SIGSTOP)': async () => {
      const server = await givenRedis(cleanUp);
      const given = await givenManager(cleanUp, at(server));
      await given.manager.set('key', 'old');
      return { ...given, leave: async () => server.freeze() };
    },
    'refused (killed)': async () => {
      const server = await givenRedis(cleanUp);
      const given = await givenManager(cleanUp, at(server));
      await given.manager.set('key', 'old');
      return { ...given, leave: () => server.kill() };
    },
    'absent at boot': async () => {
      const url = `redis://127.0.0.1:${await freePort()}`;
      const given = await givenManager(cleanUp, at({ url }), { atOnce: true });
      return { ...given, leave: async () => {} };
    },
  };

  async function givenAway(way: string) {
    const [, make] = sure(Object.entries(ways).find(([name]) => name === way));
    const given = await make();
    await given.leave();
    return given;
  }

  describe.each(Object.keys(ways))('%s', (way) => {
    it.each([
      ['get', 'nestjs/cache-manager#797'],
      ['set', 'jaredwray/cacheable#1046'],
      ['del', 'jaredwray/cacheable#1046'],
      ['clear', 'jaredwray/cacheable#1046'],
      ['mget', 'jaredwray/cacheable#1046'],
      ['mset', 'jaredwray/cacheable#1046'],
      ['mdel', 'jaredwray/cacheable#1046'],
      ['wrap', 'cache-manager 7.2.9 with @keyv/redis 5.1.6'],
      ['ttl', 'cache-manager 7.2.9 with @keyv/redis 5.1.6'],
    ])('%s settles within the deadline, with the result of an empty cache (%s)', async (verb) => {
      const { manager } = await givenAway(way);
      const calls: Record<string, () => Promise<unknown>> = {
        get: () => manager.get('other'),
        set: () => manager.set('key', 'new'),
        del: () => manager.del('key'),
        clear: () => manager.clear(),
        mget: () => manager.mget(['other', 'another']),
        mset: () => manager.mset([{ key: 'key', value: 'new' }]),
        mdel: () => manager.mdel(['key', 'other']),
        wrap: () => manager.wrap('other', async () => 'loaded', 1_000),
        ttl: () => manager.ttl('other'),
      };
      const answers: Record<string, unknown> = {
        get: undefined,
        set: 'new',
        del: true,
        clear: true,
        mget: [undefined, undefined],
        mset: [{ key: 'key', value: 'new' }],
        mdel: true,
        wrap: 'loaded',
        ttl: undefined,
      };
      for (let time = 0; time < 3; time += 1) {
        const { answer, ms } = await timed(sure(calls[verb]));
        expect(answer).toEqual(answers[verb]);
        expect(ms).toBeLessThan(SETTLED_MS);
      }
    });

    it('each call of a Keyv settles, with an error listener and without (jaredwray/keyv#1349)', async () => {
      const { keyvs } = await givenAway(way);
      const emitted: unknown[] = [];
      for (const listens of [false, true]) {
        const keyv = keyvs.create({ namespace: `listens.${listens}` });
        if (listens) keyv.on('error', (error: unknown) => emitted.push(error));
        const { ms } = await timed(async () => {
          expect([await keyv.get('other'), await keyv.getMany(['other'])]).toEqual([undefined, [undefined]]);
          expect([await keyv.has('other'), await keyv.hasMany(['other'])]).toEqual([false, [false]]);
          expect(await keyv.set('key', 1)).toBe(false);
          expect(await keyv.setMany([{ key: 'key', value: 1 }])).toEqual([false]);
          expect([await keyv.delete('key'), await keyv.deleteMany(['key'])]).toEqual([false, false]);
          expect(await keyv.clear()).toBeUndefined();
        });
        expect(ms).toBeLessThan(9 * SETTLED_MS);
      }
      expect(emitted.map((error) => (error instanceof Error && 'code' in error ? error.code : error))).toEqual([
        ...Array.from({ length: 4 }, () => expect.stringMatching(/^REDIS_(UNAVAILABLE|TIMEOUT)$/)),
        ...Array.from({ length: 5 }, () => 'CACHE_UNAVAILABLE'),
      ]);
    });

    it('the iterator rejects, instead of ending early', async () => {
      const { keyvs } = await givenAway(way);
      await expect(entriesOf(keyvs.create())).rejects.toThrow('Redis');
    });

    it('each call of a Keyv with throwOnErrors rejects (jaredwray/keyv#1472)', async () => {
      const { keyvs } = await givenAway(way);
      const keyv = keyvs.create({ throwOnErrors: true });
      const calls = [
        () => keyv.get('other'),
        () => keyv.getMany(['other']),
        () => keyv.has('other'),
        () => keyv.set('key', 1),
        () => keyv.setMany([{ key: 'key', value: 1 }]),
        () => keyv.delete('key'),
        () => keyv.deleteMany(['key']),
        () => keyv.clear(),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow('Redis');
    });

    it('the application shuts down, and leaves no socket open (nestjs/nest#8020, #1621)', async () => {
      const sockets = (): number =>
        process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
      const before = sockets();
      const { manager, close } = await givenAway(way);
      await manager.set('key', 1);
      const { ms } = await timed(close);
      expect(ms).toBeLessThan(3 * SETTLED_MS);
      // A call after the shutdown still settles, and opens no socket.
      expect(await manager.get('key')).toBeUndefined();
      await eventually(() => expect(sockets()).toBeLessThanOrEqual(before));
    });
  });

  it('the application boots without Redis, and uses it once it is available (nestjs/nest#2125)', async () => {
    const port = await freePort();
    const { answer, ms } = await timed(() =>
      givenManager(cleanUp, at({ url: `redis://127.0.0.1:${port}` }), { atOnce: true }),
    );
    expect(ms).toBeLessThan(3 * SETTLED_MS);
    expect(await answer.manager.wrap('key', async () => 'loaded')).toBe('loaded');
    const server = await startRedis({ port });
    cleanUp.add(() => server.kill());
    await eventually(async () => {
      await answer.manager.set('key', 1);
      expect(await answer.manager.get('key')).toBe(1);
    });
  });

  it('entries in memory are served while Redis is frozen (jaredwray/keyv#1496)', async () => {
    const server = await givenRedis(cleanUp);
    const { manager, registry } = await givenManager(cleanUp, at(server));
    await manager.set('key', 1);
    await eventually(async () => {
      expect(await manager.get('key')).toBe(1);
      expect(registry.counters()['cache-manager']?.tiers.l1.entries).toBe(1);
    });
    server.freeze();
    const { answer, ms } = await timed(() => manager.get('key'));
    expect(answer).toBe(1);
    expect(ms).toBeLessThan(90);
  });

  it('50 concurrent calls settle within the deadline by default (cacheable README "Non-Blocking with @keyv/redis")', async () => {
    const server = await givenRedis(cleanUp);
    const { manager } = await givenManager(cleanUp, at(server));
    server.freeze();
    const keys = Array.from({ length: 50 }, (_, index) => `${index}`);
    const { answer, ms } = await timed(() =>
      Promise.all(keys.map((key) => manager.wrap(key, async () => key, 60_000))),
    );
    expect(answer).toEqual(keys);
    expect(ms).toBeLessThan(SETTLED_MS);
  });

  it('the process reconnects each time that Redis restarts (jaredwray/keyv#1315)', async () => {
    const server = await givenRedis(cleanUp);
    const { manager } = await givenManager(cleanUp, at(server));
    for (let time = 0; time < 2; time += 1) {
      await server.restart();
      await eventually(async () => {
        await manager.set('key', time);
        expect(await manager.get('key')).toBe(time);
      });
    }
  });

  it.each([
    'the client has an error listener, and calls settle after a lost connection (jaredwray/keyv#1798)',
    'a Redis that restarts repeatedly does not end the process (jaredwray/keyv#1473)',
    'a socket that closes unexpectedly does not end the process (redis/node-redis#2624, #2026)',
    'reconnects add no listener (jaredwray/keyv#2069)',
  ])('%s', async () => {
    const server = await givenRedis(cleanUp);
    const { manager, connection } = await givenManager(cleanUp, at(server));
    const store: NodeJS.EventEmitter = storeOf(manager).store;
    const listeners = (): number[] => [
      ...(connection?.client.eventNames().map((event) => connection.client.listenerCount(event)) ?? []),
      store.listenerCount('error'),
    ];
    const before = listeners();
    expect(connection?.client.listenerCount('error')).toBeGreaterThan(0);
    for (let time = 0; time < 3; time += 1) {
      await server.kill();
      const { ms } = await timed(() => Promise.all([manager.get('key'), manager.set('key', 1), manager.del('key')]));
      expect(ms).toBeLessThan(SETTLED_MS);
      await server.start();
      await eventually(() => expect(connection?.state.connected).toBe(true));
      await manager.get('key');
    }
    expect(listeners()).toEqual(before);
  });

  it.each([
    'a Keyv adds no listener to the shared connection (jaredwray/keyv#925)',
    'an unused Keyv is garbage-collected (danny-avila/LibreChat#16148)',
  ])('%s', async () => {
    setFlagsFromString('--expose_gc');
    const collect: () => void = runInNewContext('gc');
    const { keyvs, connection } = await givenManager(cleanUp, at(await givenRedis(cleanUp)));
    const count = (): number =>
      connection?.client.eventNames().reduce((sum, event) => sum + connection.client.listenerCount(event), 0) ?? 0;
    const before = count();
    const made = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const keyv = index % 2 ? keyvs.create() : new Keyv({ store: keyvs.store(), namespace: 'n' });
        keyv.on('error', () => {});
        await keyv.set(`${index}`, index);
        return new WeakRef(keyv);
      }),
    );
    expect(count()).toBe(before);
    await eventually(() => {
      collect();
      expect(made.filter((ref) => ref.deref()).length).toBeLessThan(10);
    });
  });

  it('the application owns the connection, can inject it, and closes it (node-cache-manager/node-cache-manager-redis-yet#392)', async () => {
    const server = await givenRedis(cleanUp);
    const { testing, close, manager } = await givenManager(cleanUp, at(server));
    const connection = testing.get(REDIS_CONNECTION);
    await manager.disconnect();
    expect(connection.state.connected).toBe(true);
    await manager.set('key', 1);
    expect(await manager.get('key')).toBe(1);
    await close();
    expect(() => connection.client).toThrow('Redis is unavailable');
  });
});
