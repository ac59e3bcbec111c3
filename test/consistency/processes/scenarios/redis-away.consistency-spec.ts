import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runScenario } from './scenario.js';

describe('Redis is down for all processes', () => {
  it('is killed, and comes back empty', async () => {
    const { broken } = await runScenario({
      name: 'Redis is killed, and is empty 2 s later',
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
      name: 'Redis stops to answer for 5 s (SIGSTOP)',
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
      name: 'Redis stops to answer for 0.7 s',
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
      name: 'connections are refused for 3 s',
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
      name: 'connections are accepted for 3 s, and never answered',
      async fault({ proxies }) {
        proxies.forEach((proxy) => (proxy.ignore(), proxy.cut()));
        await pause(3_000);
        await Promise.all(proxies.map((proxy) => proxy.accept()));
      },
    });
    expect(broken).toEqual([]);
  });

  // At the second rate, short replies arrive in time, and messages arrive later and later.
  it.each([
    [1, 'Redis sends 1 byte per second for 3 s'],
    [2_000, 'Redis sends 2,000 bytes per second for 3 s'],
  ])('sends %i bytes per second', async (bytesPerSecond, name) => {
    const { broken } = await runScenario({
      name,
      async fault({ proxies }) {
        proxies.forEach((proxy) => proxy.drip(bytesPerSecond));
        await pause(3_000);
        proxies.forEach((proxy) => proxy.drip(Number.POSITIVE_INFINITY));
      },
    });
    expect(broken).toEqual([]);
  });

  it.each([
    [5, 'Redis is 5 ms away for 3 s'],
    [50, 'Redis is 50 ms away for 3 s'],
    [500, 'Redis is 500 ms away for 3 s'],
  ])('is %i ms away', async (roundTripMs, name) => {
    const { broken } = await runScenario({
      name,
      async fault({ proxies }) {
        proxies.forEach((proxy) => proxy.delay(roundTripMs / 2));
        await pause(3_000);
        proxies.forEach((proxy) => proxy.delay(0));
      },
    });
    expect(broken).toEqual([]);
  });
});
