import { type RedisClient, RedisConnection, type RedisOptions, type RedisState } from '@nuthatch/redis';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { freePort } from '../../../test/support/free-port.js';
import { type RedisServer, startRedis } from '../../../test/support/redis-server.js';
import { createDriverClient } from '../src/connection/driver.js';

describe(RedisConnection.name, () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of cleanUp.splice(0).toReversed()) await end();
  });

  async function givenConnection(options: Partial<RedisOptions> = {}) {
    const server = await startRedis();
    cleanUp.push(() => server.kill());
    const redis = connect(server.url, options);
    await eventually(() => expect(redis.state.connected).toBe(true));
    return { server, redis };
  }

  function connect(url: string, options: Partial<RedisOptions> = {}): RedisConnection {
    const redis = new RedisConnection({ topology: { mode: 'single', url }, ...options });
    redis.open();
    cleanUp.push(() => redis.close());
    return redis;
  }

  /** Returns a client that sends whatever the state of the server is. */
  async function givenAdmin(server: RedisServer): Promise<RedisClient> {
    const admin = createDriverClient({ host: '127.0.0.1', port: server.port, clientName: 'admin', protocol: 2 });
    admin.on('error', () => {});
    await admin.connect();
    cleanUp.push(async () => {
      if (admin.isOpen) admin.destroy();
    });
    return admin;
  }

  const listeners = (redis: RedisConnection): number[] =>
    ['ready', 'error', 'end', 'reconnecting'].map((event) => redis.client.listenerCount(event));

  it('nestjs/nest#2125 · does not wait for a Redis that is not running, reports it, and connects once Redis runs', async () => {
    const port = await freePort();
    const redis = connect(`redis://127.0.0.1:${port}`);
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'ECONNREFUSED' });
    await expect(redis.run((client) => client.ping())).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    const server = await startRedis({ port });
    cleanUp.push(() => server.kill());
    await eventually(async () => expect(await redis.run((client) => client.ping())).toBe('PONG'));
    expect(redis.state.lastError).toBeUndefined();
  });

  it('settles every operation within its deadline while Redis is frozen, then fails at once, then reconnects', async () => {
    const { server, redis } = await givenConnection({ operationTimeoutMs: 50 });
    server.freeze();
    const startedAt = performance.now();
    await expect(redis.run((client) => client.get('k'))).rejects.toMatchObject({ code: 'REDIS_TIMEOUT' });
    expect(performance.now() - startedAt).toBeLessThan(500);
    await eventually(() => expect(redis.state).toMatchObject({ connected: false, breaker: 'open' }), { within: 2_000 });
    await expect(redis.run((client) => client.get('k'))).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    server.thaw();
    await eventually(() => expect(redis.state).toMatchObject({ connected: true, breaker: 'closed' }));
    expect(await redis.run((client) => client.ping())).toBe('PONG');
  });

  it('treats a server that became a replica as down, and reconnects once it is a master again', async () => {
    const { server, redis } = await givenConnection();
    const admin = await givenAdmin(server);
    const replicaOf = (...master: string[]) => admin.sendCommand(['REPLICAOF', ...master]);
    // No master listens there, so the replica stays empty.
    await replicaOf('127.0.0.1', '1');
    await expect(redis.run((client) => client.set('k', 'v'))).rejects.toThrow(/^READONLY/);
    expect(redis.state).toMatchObject({ connected: false, lastError: 'READONLY' });
    await expect(redis.run((client) => client.get('k'))).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await eventually(() => expect(redis.state).toMatchObject({ connected: false, lastError: 'READONLY' }));
    expect(redis.session).toBeUndefined();
    const other = connect(server.url);
    await other.firstAttempt;
    expect(other.state).toMatchObject({ connected: false, lastError: 'READONLY' });
    await replicaOf('NO', 'ONE');
    await eventually(() => expect([redis, other].map(({ state }) => state.connected)).toEqual([true, true]));
  });

  it('destroys a frozen socket, so that another server can replace a Redis that stays frozen', async () => {
    const { server, redis } = await givenConnection({ operationTimeoutMs: 50 });
    server.freeze();
    await eventually(() => expect(() => redis.client).toThrow('Redis is unavailable'));
    await server.kill();
    await server.start();
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('jaredwray/keyv#2069, #1315, #1798 · adds no listener across reconnects', async () => {
    const { server, redis } = await givenConnection();
    const before = listeners(redis);
    const changes: RedisState[] = [];
    redis.onChange((state) => changes.push(state));
    for (let restarts = 0; restarts < 3; restarts += 1) await restartOnce(server, redis);
    expect(listeners(redis)).toEqual(before);
    const connected = changes.map((state) => state.connected);
    expect(connected.filter((state, index) => state !== connected[index - 1])).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('reports a wrong password as WRONGPASS, and connects once the password is right', async () => {
    const { server, redis } = await givenConnection();
    await redis.run((client) => client.configSet('requirepass', 'secret'));
    const wrong = connect(`redis://:wrong@127.0.0.1:${server.port}`);
    await wrong.firstAttempt;
    expect(wrong.state).toMatchObject({ connected: false, lastError: 'WRONGPASS' });
    await expect(wrong.run((client) => client.ping())).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await redis.run((client) => client.configSet('requirepass', 'wrong'));
    await eventually(() => expect(wrong.state.connected).toBe(true));
  });

  it('has the identity of the server and a session of its own per connection, while connected', async () => {
    const { server, redis } = await givenConnection();
    const { serverId, session } = redis;
    const info = await redis.run((client) => client.info());
    const ids = ['run_id', 'master_replid2', 'second_repl_offset'].map(
      (name) => new RegExp(`^${name}:([\\w-]+)`, 'm').exec(info)?.[1],
    );
    expect(serverId).toBe(ids.join('.'));
    const socket = await redis.run((client) => client.sendCommand<number>(['CLIENT', 'ID']));
    const admin = connect(server.url);
    await eventually(() => expect(admin.state.connected).toBe(true));
    expect(admin.serverId).toBe(serverId);
    const changes: unknown[] = [];
    redis.onChange(({ lastError }) => changes.push([lastError, redis.serverId, redis.session]));
    await admin.run((client) => client.sendCommand(['CLIENT', 'KILL', 'ID', String(socket)]));
    await eventually(() => expect(changes).toHaveLength(2));
    // The system reports a reset if the server closes the socket before it reads a heartbeat.
    const closed = expect.stringMatching(/^(CONNECTION_CLOSED|ECONNRESET)$/);
    expect(changes[0]).toEqual([closed, undefined, undefined]);
    expect(changes[1]).toEqual([undefined, serverId, redis.session]);
    expect(redis.serverId).toBe(serverId);
    expect(redis.session).not.toBe(session);
  });

  it('rejects an operation whose connection ends before the answer, with its own error', async () => {
    const { server, redis } = await givenConnection({ operationTimeoutMs: 5_000 });
    const admin = await givenAdmin(server);
    for (const end of ['by the server', 'by this process']) {
      await eventually(() => expect(redis.state.connected).toBe(true));
      const socket = await redis.run((client) => client.sendCommand<number>(['CLIENT', 'ID']));
      const { client } = redis;
      const running = redis.run(() => client.sendCommand(['BLPOP', 'nothing', '0'])).catch((error: unknown) => error);
      if (end === 'by the server') await admin.sendCommand(['CLIENT', 'KILL', 'ID', String(socket)]);
      else client.destroy();
      expect(await running, end).toMatchObject({ code: 'REDIS_DISCONNECTED', cause: expect.any(Error) });
    }
  });

  it('reports the duration of a heartbeat, and since when it is connected or not', async () => {
    const { server, redis } = await givenConnection();
    await eventually(() => expect(redis.state.roundTripMs).toBeGreaterThan(0));
    const { since } = redis.state;
    await server.kill();
    await eventually(() => expect(redis.state.connected).toBe(false));
    const down = redis.state.since;
    expect(down.getTime()).toBeGreaterThan(since.getTime());
    await redis.run((client) => client.ping()).catch(() => {});
    expect(redis.state.since).toBe(down);
  });

  it('calls a listener until it is removed, and none after close', async () => {
    const { server, redis } = await givenConnection();
    const changes: string[] = [];
    const stop = redis.onChange(() => changes.push('removed'));
    redis.onChange(({ connected }) => changes.push(`kept: ${connected}`));
    stop();
    await server.kill();
    await eventually(() => expect(changes).toContain('kept: false'));
    await server.start();
    await eventually(() => expect(changes.at(-1)).toBe('kept: true'));
    const { length } = changes;
    await redis.close();
    expect(redis.state.connected).toBe(false);
    expect(changes.slice(length)).toEqual([]);
    expect(new Set(changes)).toEqual(new Set(['kept: false', 'kept: true']));
  });

  it('waits at close for the answers in flight', async () => {
    const { redis } = await givenConnection();
    const answers: string[] = [];
    const inFlight = redis.run((client) => client.ping()).then((answer) => answers.push(answer));
    await redis.close();
    expect(answers).toEqual(['PONG']);
    await inFlight;
  });

  it('opens a duplicate over which a subscriber still sends commands', async () => {
    const { redis } = await givenConnection();
    const other = redis.duplicate('other');
    cleanUp.push(() => other.close());
    other.open();
    await eventually(() => expect(other.state.connected).toBe(true));
    await other.run((client) => client.subscribe('channel', () => {}));
    expect(await other.run((client) => client.sendCommand(['CLIENT', 'GETNAME']))).toBe('other');
  });

  it('has a deadline of 100 ms by default', async () => {
    const { server, redis } = await givenConnection();
    expect(redis.operationTimeoutMs).toBe(100);
    server.freeze();
    await expect(redis.run((client) => client.ping())).rejects.toThrow('Redis did not answer within 100 ms.');
    server.thaw();
  });

  it('closes within its deadline while Redis is frozen', async () => {
    const { server, redis } = await givenConnection({ operationTimeoutMs: 50 });
    server.freeze();
    void redis.run((client) => client.get('k')).catch(() => {});
    const startedAt = performance.now();
    await redis.close();
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(() => redis.client).toThrow('Redis is unavailable');
  });
});

async function restartOnce(server: RedisServer, redis: RedisConnection): Promise<void> {
  await server.kill();
  await eventually(() => expect(redis.state.connected).toBe(false));
  await server.start();
  await eventually(() => expect(redis.state.connected).toBe(true));
}
