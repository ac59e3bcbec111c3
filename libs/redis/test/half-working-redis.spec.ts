import { type RedisAccess, RedisConnection, type RedisState } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';
import { PushingServer } from './pushing-server.js';

function connect(url: string, access?: () => RedisAccess): RedisConnection {
  const redis = new RedisConnection({ topology: { mode: 'single', url }, ...(access && { access }) });
  onTestFinished(() => redis.close());
  redis.open();
  return redis;
}

async function givenRedis(...args: string[]) {
  const server = await startRedis({ args });
  onTestFinished(() => server.kill());
  return server;
}

/** Starts Redis with the user `app`. */
async function givenUser(...rules: string[]) {
  const server = await givenRedis();
  const admin = connect(server.url);
  await admin.firstAttempt;
  await admin.run((client) => client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>secret', ...rules]));
  return { server, url: `redis://app:secret@127.0.0.1:${server.port}` };
}

async function protect({ url }: RedisServer): Promise<void> {
  const admin = connect(url);
  await admin.firstAttempt;
  await admin.run((client) => client.configSet('requirepass', 'right'));
}

const without = (...commands: string[]): string[] => ['~*', '&*', '+@all', ...commands.map((name) => `-${name}`)];

describe('a Redis user without INFO', () => {
  it('is connected, and each reconnect counts as another server', async () => {
    const { url } = await givenUser(...without('info'));
    const redis = connect(url);
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: true, identity: 'connection', lastError: undefined });
    const { serverId } = redis;
    expect(serverId).toMatch(/^[\w-]{36}$/);
    const killed = new Promise<RedisState>((resolve) => redis.onChange(resolve));
    await redis.run((client) => client.sendCommand(['CLIENT', 'KILL', 'USER', 'app', 'SKIPME', 'no'])).catch(() => {});
    expect(await killed).toMatchObject({ connected: false });
    await eventually(() => expect(redis.state.connected).toBe(true));
    expect(redis.serverId).not.toBe(serverId);
  });

  it('has the same server on the connection that subscribes', async () => {
    const { url } = await givenUser(...without('info'));
    const redis = connect(url);
    const subscriber = redis.duplicate('pushes');
    onTestFinished(() => subscriber.close());
    subscriber.open();
    await eventually(() => expect(subscriber.state).toMatchObject({ connected: true, identity: 'connection' }));
    await eventually(() => expect(redis.serverId).toBeDefined());
    expect(subscriber.serverId).toBe(redis.serverId);
  });

  it('does not use a replica', async () => {
    const { server, url } = await givenUser(...without('info'));
    const admin = connect(server.url);
    await admin.firstAttempt;
    await admin.run((client) => client.sendCommand(['REPLICAOF', '127.0.0.1', '1']));
    const redis = connect(url);
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'READONLY' });
  });
});

describe('a server that answers INFO without an identity', () => {
  it('is identified by the connection', async () => {
    const server = await PushingServer.start();
    onTestFinished(() => server.close());
    server.ids = '';
    const redis = connect(server.url);
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: true, identity: 'connection' });
  });
});

describe('a server whose data may have gone back', () => {
  it('is another server after a moment as a replica, although its run_id is the same', async () => {
    const server = await givenRedis();
    const [redis, admin] = [connect(server.url), connect(server.url)];
    await Promise.all([redis.firstAttempt, admin.firstAttempt]);
    const { serverId = '' } = redis;
    await admin.run((client) =>
      Promise.all([
        client.sendCommand(['REPLICAOF', '127.0.0.1', '1']),
        client.sendCommand(['REPLICAOF', 'NO', 'ONE']),
      ]),
    );
    await eventually(() => expect(redis.serverId ?? serverId).not.toBe(serverId), { within: 2_000 });
    expect(redis.serverId?.split('.')[0]).toBe(serverId.split('.')[0]);
  });
});

describe('a Redis that refuses operations', () => {
  const refused = (redis: RedisConnection, ...words: string[]) =>
    expect(redis.run((client) => client.sendCommand(words))).rejects.toThrow(/^(?:NOPERM|ERR) /);

  it.each([
    ['the prefix of the keys', ['~other:*', '&*', '+@all'], ['GET', 'nuthatch:k'], 'NOPERM'],
    ['EVAL', without('eval', 'evalsha'), ['EVAL', 'return 1', '0'], 'NOPERM'],
    ['a command that it does not know', without(), ['GETT', 'k'], 'ERR unknown command'],
  ])('is connected and reports its word for %s', async (_, rules, words, word) => {
    const { url } = await givenUser(...rules);
    const redis = connect(url);
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: true, lastError: undefined });
    await refused(redis, ...words);
    expect(redis.state).toMatchObject({ connected: true, lastError: word });
  });

  it('calls its listeners with the word once, and again when it accepts the operations', async () => {
    const { url } = await givenUser(...without('get'));
    const redis = connect(url);
    await redis.firstAttempt;
    const changes: RedisState['lastError'][] = [];
    redis.onChange(({ lastError }) => changes.push(lastError));
    for (let times = 0; times < 2; times += 1) await refused(redis, 'GET', 'k');
    await eventually(() => expect(changes).toEqual(['NOPERM', undefined]));
  });

  it('reports a refused SUBSCRIBE on the connection that commands use', async () => {
    const { url } = await givenUser(...without('subscribe'));
    const redis = connect(url);
    const subscriber = redis.duplicate('pushes');
    onTestFinished(() => subscriber.close());
    subscriber.open();
    await Promise.all([redis.firstAttempt, subscriber.firstAttempt]);
    await expect(subscriber.subscribe('channel', () => {})).rejects.toThrow(/^NOPERM/);
    expect(redis.state).toMatchObject({ connected: true, lastError: 'NOPERM' });
  });

  it('reports a full memory that evicts nothing as OOM', async () => {
    const server = await givenRedis('--maxmemory', '1mb', '--maxmemory-policy', 'noeviction');
    const redis = connect(server.url);
    await eventually(async () => {
      await redis.run((client) => client.set(`k${Math.random()}`, 'v'.repeat(10_000))).catch(() => {});
      expect(redis.state).toMatchObject({ connected: true, lastError: 'OOM' });
    });
  });
});

describe('a misconfiguration', () => {
  it('causes pauses between the attempts to connect that grow to 1 s, and is reported by its word', async () => {
    const closing = await PushingServer.start();
    onTestFinished(() => closing.close());
    closing.closesAt = 'INFO';
    const protectedServer = await givenRedis();
    await protect(protectedServer);
    const plain = await givenRedis();
    const cluster = await givenRedis('--cluster-enabled', 'yes');
    const replica = await givenRedis('--replicaof', '127.0.0.1 1');
    const at = (server: RedisServer, user = '', scheme = 'redis') => `${scheme}://${user}127.0.0.1:${server.port}`;
    const wrong = {
      WRONGPASS: at(protectedServer, ':wrong@'),
      NOAUTH: at(protectedServer),
      'ERR DB index is out of range': `${at(plain)}/99`,
      CONNECT_TIMEOUT: at(plain, '', 'rediss'),
      CLUSTER: at(cluster),
      READONLY: at(replica),
      CONNECTION_CLOSED: closing.url,
    };
    const startedAt = performance.now();
    const connections = Object.values(wrong).map((url) => {
      const attempts: number[] = [];
      const redis = connect(url, () => {
        attempts.push(performance.now());
        return {};
      });
      return { redis, attempts };
    });
    await eventually(() => expect(closing.acceptedAt.length).toBeGreaterThan(5), { within: 10_000 });
    await eventually(() =>
      expect(connections.map(({ redis }) => redis.state)).toEqual(
        Object.keys(wrong).map((lastError) => expect.objectContaining({ connected: false, lastError })),
      ),
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    for (const { attempts } of connections) expect(attempts.length).toBeLessThanOrEqual(6 + seconds);
    const [last = 0, before = 0] = closing.acceptedAt.toReversed();
    expect(last - before).toBeGreaterThanOrEqual(799);
  });
});

describe('close()', () => {
  it('leaves no socket when it is called at once after open()', async () => {
    const server = await PushingServer.start();
    onTestFinished(() => server.close());
    const redis = connect(server.url);
    const startedAt = performance.now();
    await redis.close();
    await eventually(() => expect([server.acceptedAt.length, server.connections]).toEqual([1, 0]), { within: 100 });
    expect(performance.now() - startedAt).toBeLessThan(100);
  });
});
