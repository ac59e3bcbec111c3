import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { RedisConnection } from '@nuthatch/redis';
import { startRedis } from '../../../test/support/redis-server.js';
import { redisFacts } from '../src/doctor/redis-facts.js';
import { givenAdmin } from './given-admin.js';

describe('the doctor', () => {
  const connected = async (url: string): Promise<RedisConnection> => {
    const redis = new RedisConnection({ topology: { mode: 'single', url }, operationTimeoutMs: 5_000 });
    onTestFinished(() => redis.close());
    redis.open();
    await redis.firstAttempt;
    return redis;
  };

  it('reads the facts of a real Redis', async () => {
    const facts = await redisFacts(await connected(inject('redisUrl')));
    expect(facts).toMatchObject({ kind: 'redis', version: expect.stringMatching(/^7\./), user: 'default' });
    expect(Math.abs(facts.clockAheadMs ?? Number.NaN)).toBeLessThan(5_000);
  });

  it('reads what a user may ask for who has no INFO, no ACL and no TIME', async () => {
    const server = await startRedis();
    onTestFinished(() => server.kill());
    await (
      await connected(server.url)
    ).run((client) =>
      client.sendCommand(['ACL', 'SETUSER', 'limited', 'on', '>secret', '~*', '+ping', '+hello', '+client']),
    );
    const redis = await connected(server.url.replace('redis://', 'redis://limited:secret@'));
    const facts = await redisFacts(redis);
    expect(facts).toMatchObject({ version: undefined, user: undefined, clockAheadMs: undefined });
    expect(facts.roundTripMs).toBeGreaterThan(0);
    // A command that only the doctor sends is no refusal of what the caches need.
    expect(redis.state.lastError).toBeUndefined();
  });

  it('adds the advice of the application, the most urgent first, and survives an adviser that fails', async () => {
    const problem = { level: 'problem', about: 'Queue', finding: 'It is full.', fix: 'Add a worker.' } as const;
    const { reader } = await givenAdmin('Fastify', {
      advisers: [async () => [problem], () => Promise.reject(new Error('down'))],
    });
    const advice = await reader.get('/admin/cache/doctor').expect(200);
    expect(advice.body).toEqual([problem, expect.objectContaining({ level: 'warning', about: 'Redis' })]);
  });

  it('advises through the API to configure a Redis where there is none', async () => {
    const { reader } = await givenAdmin('Fastify');
    const advice = await reader.get('/admin/cache/doctor').expect(200);
    expect(advice.body).toEqual([expect.objectContaining({ level: 'warning', about: 'Redis' })]);
  });
});
