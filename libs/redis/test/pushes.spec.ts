import { RedisConnection, type RedisState } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { PushingServer } from './pushing-server.js';

/** A connection that pushes keep busy, so that silence never ends it. */
async function given({
  left = [],
  role = 'master',
  refusal,
}: {
  readonly left?: readonly string[];
  readonly role?: PushingServer['role'];
  readonly refusal?: PushingServer['refusal'];
} = {}) {
  const server = await PushingServer.start();
  server.role = role;
  server.refusal = refusal;
  onTestFinished(() => server.close());
  if (left.length > 0) server.leave(...left);
  const redis = new RedisConnection({
    topology: { mode: 'single', url: server.url },
    operationTimeoutMs: 30,
    protocol: 3,
  });
  onTestFinished(() => redis.close());
  redis.open();
  return { server, redis, epoch: () => redis.client.socketEpoch };
}

describe('a connection over which pushes never cease', () => {
  it('is replaced when it was given up, and the server answers again', async () => {
    const { server, redis, epoch } = await given();
    await eventually(() => expect(redis.state.connected).toBe(true));
    const before = epoch();

    server.leave();
    await eventually(() => expect(redis.state).toMatchObject({ connected: false, breaker: 'open' }));
    expect({ ready: redis.client.isReady, epoch: epoch() }).toEqual({ ready: true, epoch: before });

    server.answer();
    await eventually(() => expect(redis.state).toMatchObject({ connected: true, breaker: 'closed' }));
    expect(epoch()).toBeGreaterThan(before);
    await eventually(async () => expect(await redis.run((client) => client.ping())).toBe('PONG'));
  });

  it('is replaced when the server did not say who it is, and does later', async () => {
    const { server, redis } = await given({ left: ['INFO'] });
    await redis.firstAttempt;
    expect(redis.state.connected).toBe(false);
    server.answer();
    await eventually(() => expect(redis.state.connected).toBe(true));
    expect(redis.serverId).toBe('0123456789abcdef');
  });

  it('is replaced while the server is a replica, until it is none', async () => {
    const { server, redis, epoch } = await given({ role: 'slave' });
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'READONLY' });
    const before = epoch();
    await eventually(() => expect(epoch()).toBeGreaterThan(before));
    server.role = 'master';
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('is replaced while the server loads its data, until it has them', async () => {
    const { server, redis, epoch } = await given({ refusal: 'LOADING' });
    await redis.firstAttempt;
    expect(redis.state).toMatchObject({ connected: false, lastError: 'LOADING' });
    const before = epoch();
    await eventually(() => expect(epoch()).toBeGreaterThan(before));
    server.refusal = undefined;
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it.each(['LOADING', 'MASTERDOWN'] as const)('is replaced when a heartbeat is refused with %s', async (refusal) => {
    const { server, redis, epoch } = await given();
    await eventually(() => expect(redis.state.connected).toBe(true));
    const before = epoch();
    const away = new Promise<RedisState>((resolve) => redis.onChange(resolve));
    server.refusal = refusal;
    expect(await away).toMatchObject({ connected: false, lastError: refusal });
    server.refusal = undefined;
    await eventually(() => expect(redis.state.connected).toBe(true));
    expect(epoch()).toBeGreaterThan(before);
  });
});
