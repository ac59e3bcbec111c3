import { RedisConnection, type RedisState } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { PushingServer } from './pushing-server.js';

/** Opens a connection that pushed messages keep busy. */
async function given({
  unanswered = [],
  role = 'master',
  refusal,
}: {
  readonly unanswered?: readonly string[];
  readonly role?: PushingServer['role'];
  readonly refusal?: PushingServer['refusal'];
} = {}) {
  const server = await PushingServer.start();
  server.role = role;
  server.refusal = refusal;
  onTestFinished(() => server.close());
  if (unanswered.length > 0) server.suspend(...unanswered);
  const redis = new RedisConnection({
    topology: { mode: 'single', url: server.url },
    operationTimeoutMs: 30,
    protocol: 3,
  });
  onTestFinished(() => redis.close());
  redis.open();
  return { server, redis, session: () => redis.session };
}

describe('a connection that receives pushed messages without a pause', () => {
  it('is replaced after the breaker opened, once the server answers again', async () => {
    const { server, redis, session } = await given();
    await eventually(() => expect(redis.state.connected).toBe(true));
    const before = session();

    server.suspend();
    await eventually(() => expect(redis.state).toMatchObject({ connected: false, breaker: 'open' }));
    expect(() => redis.client).toThrow('Redis is unavailable');

    server.resume();
    await eventually(() => expect(redis.state).toMatchObject({ connected: true, breaker: 'closed' }));
    expect(session()).not.toBe(before);
    await eventually(async () => expect(await redis.run((client) => client.ping())).toBe('PONG'));
  });

  it('is replaced when the server did not answer INFO, and is used once it does', async () => {
    const { server, redis } = await given({ unanswered: ['INFO'] });
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'REDIS_TIMEOUT' });
    server.resume();
    await eventually(() => expect(redis.state).toMatchObject({ connected: true, identity: 'server' }));
    expect(redis.serverId).toBe('0123456789abcdef');
  });

  it('is given up when the server never answers the handshake', async () => {
    const { server, redis } = await given({ unanswered: ['HELLO'] });
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'REDIS_TIMEOUT' });
    server.resume();
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('is replaced when the server answers INFO with another identity', async () => {
    const { server, redis } = await given();
    await eventually(() => expect(redis.state.connected).toBe(true));
    const lost = new Promise<RedisState>((resolve) => redis.onChange(resolve));
    server.ids = 'run_id:0123456789abcdef\r\nmaster_replid2:1\r\n';
    expect(await lost).toMatchObject({ connected: false, lastError: 'SERVER_CHANGED' });
    await eventually(() => expect(redis.serverId).toBe('0123456789abcdef.1'));
  });

  it('is replaced while the server is a replica, and is used once the server is a master', async () => {
    const { server, redis } = await given({ role: 'slave' });
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'READONLY' });
    const before = server.acceptedAt.length;
    await eventually(() => expect(server.acceptedAt.length).toBeGreaterThan(before));
    server.role = 'master';
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('is replaced while the server loads its data, and is used once the data is loaded', async () => {
    const { server, redis } = await given({ refusal: 'LOADING' });
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'LOADING' });
    const before = server.acceptedAt.length;
    await eventually(() => expect(server.acceptedAt.length).toBeGreaterThan(before));
    server.refusal = undefined;
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it.each(['LOADING', 'MASTERDOWN'] as const)(
    'is replaced when the server rejects a heartbeat with %s',
    async (refusal) => {
      const { server, redis, session } = await given();
      await eventually(() => expect(redis.state.connected).toBe(true));
      const before = session();
      const down = new Promise<RedisState>((resolve) => redis.onChange(resolve));
      server.refusal = refusal;
      expect(await down).toMatchObject({ connected: false, lastError: refusal });
      server.refusal = undefined;
      await eventually(() => expect(redis.state.connected).toBe(true));
      expect(session()).not.toBe(before);
    },
  );
});
