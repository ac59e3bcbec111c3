import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runScenario } from './scenario.js';

describe('Redis is down for all processes', () => {
  it('is killed, and comes back empty', async () => {
    const { broken } = await runScenario({
      name: 'redis-killed',
      async fault({ redis }) {
        await redis.kill();
        await pause(2_000);
        await redis.start();
      },
    });
    expect(broken).toEqual([]);
  });

  it('is frozen, and comes back with all its data', async () => {
    const { broken } = await runScenario({
      name: 'redis-frozen',
      async fault({ redis }) {
        redis.freeze();
        await pause(5_000);
        redis.thaw();
      },
    });
    expect(broken).toEqual([]);
  });

  it('is frozen briefly: connections survive, and receive messages but no replies', async () => {
    const { broken } = await runScenario({
      name: 'redis-frozen-briefly',
      async fault({ redis }) {
        redis.freeze();
        await pause(700);
        redis.thaw();
      },
    });
    expect(broken).toEqual([]);
  });

  it('is unreachable, and comes back with all its data', async () => {
    const { broken } = await runScenario({
      name: 'redis-refused',
      async fault({ proxies }) {
        proxies.forEach((proxy) => (proxy.refuse(), proxy.cut()));
        await pause(3_000);
        await Promise.all(proxies.map((proxy) => proxy.accept()));
      },
    });
    expect(broken).toEqual([]);
  });

  it('accepts connections, and never replies', async () => {
    const { broken } = await runScenario({
      name: 'accepts-never-answers',
      async fault({ proxies }) {
        proxies.forEach((proxy) => (proxy.ignore(), proxy.cut()));
        await pause(3_000);
        await Promise.all(proxies.map((proxy) => proxy.accept()));
      },
    });
    expect(broken).toEqual([]);
  });

  // At the second rate, short replies arrive in time, and messages arrive later and later.
  it.each([1, 2_000])('sends %i bytes per second', async (bytesPerSecond) => {
    const { broken } = await runScenario({
      name: `drip-${bytesPerSecond}`,
      async fault({ proxies }) {
        proxies.forEach((proxy) => proxy.drip(bytesPerSecond));
        await pause(3_000);
        proxies.forEach((proxy) => proxy.drip(Number.POSITIVE_INFINITY));
      },
    });
    expect(broken).toEqual([]);
  });

  it.each([5, 50, 500])('is %i ms away', async (roundTripMs) => {
    const { broken } = await runScenario({
      name: `redis-slow-${roundTripMs}`,
      async fault({ proxies }) {
        proxies.forEach((proxy) => proxy.delay(roundTripMs / 2));
        await pause(3_000);
        proxies.forEach((proxy) => proxy.delay(0));
      },
    });
    expect(broken).toEqual([]);
  });
});
