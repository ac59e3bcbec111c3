import { RedisConnection } from '@nuthatch/redis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { RefreshLock, refreshLockOf } from '../src/core/store/refresh-lock.js';
import { RedisStore } from '../src/redis/redis-store.js';
import { startFaultProxy } from '../src/testing/fault-proxy.js';

/** Far longer than a test waits. */
const A_MINUTE_MS = 60_000;
const lease = { token: 'the-token', leaseMs: A_MINUTE_MS, replaces: undefined };

async function givenStore() {
  const server = new URL(inject('redisUrl'));
  const proxy = await startFaultProxy({ port: Number(server.port) });
  const url = `redis://127.0.0.1:${proxy.port}`;
  const redis = new RedisConnection({ topology: { mode: 'single', url } });
  const direct = new RedisConnection({ topology: { mode: 'single', url: server.href }, operationTimeoutMs: 5_000 });
  for (const connection of [redis, direct]) connection.open();
  onTestFinished(async () => {
    await Promise.all([redis.close(), direct.close()]);
    await proxy.close();
  });
  const store = new RedisStore(redis, { channel: 'unacknowledged' });
  const key = `unacknowledged:${proxy.port}`;
  await eventually(() => expect([redis.state.connected, direct.state.connected]).toEqual([true, true]));
  const exists = (...keys: string[]) => direct.run((client) => client.exists(keys));
  const disconnected = () => eventually(() => expect(store.session).toBeUndefined());
  const acquired = async () => (await store.read([key], [], { lease })).records[0]?.acquired;
  return { store, key, acquired, proxy, exists, disconnected };
}

describe(RedisStore.name, () => {
  it('releases a lease and a refresh lock on the next connection when the last one ended before', async () => {
    const { store, key, acquired, proxy, exists, disconnected } = await givenStore();
    const lock = new RefreshLock(store, key, lease.token);
    expect(await acquired()).toBe(true);
    expect(await lock.acquire(A_MINUTE_MS)).toBe(true);
    proxy.refuse();
    proxy.cut();
    await disconnected();
    await expect(store.release(key, lease.token)).rejects.toThrow(/Redis/);
    await expect(lock.release()).rejects.toThrow(/Redis/);
    expect(await exists(key, refreshLockOf(key))).toBe(2);
    await proxy.accept();
    await eventually(async () => expect(await exists(key, refreshLockOf(key))).toBe(0));
  });

  it('releases a lease whose grant was lost with the connection', async () => {
    const { key, acquired, proxy, exists, disconnected } = await givenStore();
    proxy.freeze('down');
    await expect(acquired()).rejects.toThrow(/Redis/);
    expect(await exists(key)).toBe(1);
    proxy.cut();
    await disconnected();
    proxy.thaw();
    await eventually(async () => expect(await exists(key)).toBe(0));
  });
});
