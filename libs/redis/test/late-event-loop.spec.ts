import { setImmediate as turn } from 'node:timers/promises';
import { RedisConnection } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';

function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

async function givenConnection() {
  const server = await startRedis();
  onTestFinished(() => server.kill());
  const redis = new RedisConnection({ topology: { mode: 'single', url: server.url } });
  onTestFinished(() => redis.close());
  redis.open();
  await redis.firstAttempt;
  expect(redis.state.connected).toBe(true);
  const changes: unknown[] = [];
  redis.onChange((state) => changes.push(state));
  const get = (): Promise<string> =>
    redis
      .run((client) => client.get('k'))
      .then(
        () => 'answered',
        (error: Error) => error.message,
      );
  return { server, redis, changes, get };
}

describe('an event loop that stands still while Redis is up', () => {
  it('does not time out operations that were sent before, five times in a row', async () => {
    const { redis, changes, get } = await givenConnection();
    for (let round = 0; round < 5; round += 1) {
      const answers = Promise.all(Array.from({ length: 3 }, get));
      await turn();
      standStill(150);
      expect(await answers).toEqual(['answered', 'answered', 'answered']);
    }
    expect(changes).toEqual([]);
    expect(redis.state).toMatchObject({ connected: true, breaker: 'closed' });
  });

  it('does not time out operations that are not written yet', async () => {
    const { changes, get } = await givenConnection();
    const answers = Promise.all(Array.from({ length: 3 }, get));
    standStill(150);
    expect(await answers).toEqual(['answered', 'answered', 'answered']);
    expect(changes).toEqual([]);
  });

  it('keeps the connection for 1.2 s', async () => {
    const { changes, get } = await givenConnection();
    const answer = get();
    await turn();
    standStill(1_200);
    expect(await answer).toBe('answered');
    await turn();
    expect(await get()).toBe('answered');
    expect(changes).toEqual([]);
  });

  it.each([60, 130, 300])('opens no breaker under load with pauses of %i ms', async (pauseMs) => {
    const { changes, get } = await givenConnection();
    const load = { on: true };
    const failures: string[] = [];
    const clients = Array.from({ length: 32 }, async () => {
      while (load.on) {
        const answer = await get();
        if (answer !== 'answered') failures.push(answer);
      }
    });
    for (let pauses = 0; pauses < 4; pauses += 1) {
      standStill(pauseMs);
      for (let turns = 0; turns < 20; turns += 1) await turn();
    }
    load.on = false;
    await Promise.all(clients);
    expect({ failures, changes }).toEqual({ failures: [], changes: [] });
  });
});

describe('a Redis that stands still', () => {
  it('is found out by three operations, one after the other, within their deadlines', async () => {
    const { server, redis, get } = await givenConnection();
    server.freeze();
    const startedAt = performance.now();
    for (let round = 0; round < 3; round += 1) expect(await get()).toMatch(/did not answer within 100 ms/);
    expect(performance.now() - startedAt).toBeLessThan(600);
    expect(redis.state).toMatchObject({ connected: false, breaker: 'open', lastError: 'REDIS_TIMEOUT' });
    server.thaw();
    await eventually(() => expect(redis.state).toMatchObject({ connected: true, breaker: 'closed' }));
  });
});
