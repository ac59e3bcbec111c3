import { RedisConnection, type SentinelGroup as Topology } from '@nuthatch/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { freePort } from '../../../test/support/free-port.js';
import { MASTER, order, type SentinelGroup, startSentinelGroup } from '../../../test/support/redis/sentinel-group.js';

let group: SentinelGroup;
beforeAll(async () => {
  group = await startSentinelGroup();
});
afterAll(() => group.stop());
beforeEach(async () => {
  await group.settled();
});

async function connect(topology: Partial<Topology> = {}) {
  const sentinels = group.addresses;
  const redis = new RedisConnection({ topology: { mode: 'sentinel', master: MASTER, sentinels, ...topology } });
  onTestFinished(() => redis.close());
  redis.open();
  await redis.firstAttempt;
  return redis;
}

const set = (redis: RedisConnection) => redis.run((client) => client.set('k', 'v'));

describe('a master that Sentinels monitor', () => {
  it('is found at the first attempt, and named in the state', async () => {
    const redis = await connect();
    const { port } = await group.master();
    expect(redis.state).toMatchObject({ mode: 'sentinel', connected: true, master: `127.0.0.1:${port}` });
  });

  it('is followed to another server at once, by both connections, and has another identity there', async () => {
    const redis = await connect();
    const subscriber = redis.duplicate('pushes');
    onTestFinished(() => subscriber.close());
    subscriber.open();
    await eventually(() => expect(subscriber.state.connected).toBe(true));
    const { serverId } = redis;
    const master = await group.failOver();
    const agreedAt = performance.now();
    await eventually(() => set(redis));
    const tookMs = performance.now() - agreedAt;
    expect(redis.state.master).toBe(`127.0.0.1:${master.port}`);
    await eventually(() => expect(subscriber.serverId).toBe(redis.serverId));
    expect(redis.serverId).not.toBe(serverId);
    expect(tookMs).toBeLessThan(1_500);
  });

  it('is used no longer once no majority of the Sentinels confirms it, and again once one does', async () => {
    const redis = await connect();
    const session = redis.session;
    const [first, second] = group.sentinels;
    await Promise.all([first?.kill(), second?.kill()]);
    await eventually(() => expect(redis.state).toMatchObject({ connected: false, lastError: 'SENTINEL_ECONNREFUSED' }));
    await expect(set(redis)).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await Promise.all([first?.start(), second?.start()]);
    await eventually(() => expect(redis.state.connected).toBe(true));
    expect(redis.session, 'the same connection').toBe(session);
  });

  it('is used again if the connection was lost while no majority confirmed it', async () => {
    const redis = await connect();
    const { port } = await group.master();
    const [first, second] = group.sentinels;
    await Promise.all([first?.kill(), second?.kill()]);
    await eventually(() => expect(redis.state.lastError).toBe('SENTINEL_ECONNREFUSED'));
    await order(port, 'CLIENT', 'KILL', 'TYPE', 'normal');
    await eventually(() => expect(redis.state.lastError).toBe('CONNECTION_CLOSED'));
    await Promise.all([first?.start(), second?.start()]);
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('is found while one of the Sentinels is down', async () => {
    const [, ...others] = group.addresses;
    const redis = await connect({ sentinels: [{ host: '127.0.0.1', port: await freePort() }, ...others] });
    await eventually(() => expect(redis.state.connected).toBe(true));
  });

  it('is reported as unknown if the Sentinels do not monitor it', async () => {
    const redis = await connect({ master: 'other' });
    expect(redis.state).toMatchObject({
      connected: false,
      master: undefined,
      lastError: 'SENTINEL_ERR No such master with that name',
    });
  });

  it('is found through Sentinels that require a password', async () => {
    for (const { port } of group.sentinels) await order(port, 'ACL', 'SETUSER', 'app', 'on', '>secret', '+@all', '&*');
    const access = { username: 'app', password: 'wrong' };
    const redis = await connect({ sentinelAccess: () => access });
    expect(redis.state.lastError).toBe('SENTINEL_WRONGPASS');
    access.password = 'secret';
    await eventually(() => expect(redis.state.connected).toBe(true));
  });
});
