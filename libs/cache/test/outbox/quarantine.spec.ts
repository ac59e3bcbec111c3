import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { givenFollower } from './given-outbox.js';
import { caches, givenUsers, userById } from './given-users.js';

/** An instance whose last poll had nothing to apply. */
async function givenFollowing() {
  const { instance, ...users } = await givenUsers(false);
  const first = await instance();
  await first.relay.poll();
  await first.relay.poll();
  return { ...users, instance, first };
}

describe('the quarantine', () => {
  it('reads nothing from Redis until the first poll has applied what was missed while no instance ran', async () => {
    const { instance, first: before, foreignWrite } = await givenFollowing();
    await before.read(1);
    expect(await before.read(1, true)).toEqual({ name: 'v1', tier: 'l2' });
    await before.stop();
    await foreignWrite('v2');
    const after = await instance();
    // Without the outbox, Redis is read after the first heartbeat, at most 250 ms later.
    for (let count = 0; count < 60; count += 1) {
      expect(await after.read(1)).toEqual({ name: 'v2', tier: undefined });
      await pause(10);
    }
    await after.relay.poll();
    expect((await after.read(1)).name).toBe('v2');
    expect(await after.read(1, true)).toEqual({ name: 'v2', tier: 'l2' });
  });

  it('reads nothing from Redis after a poll that found no checkpoint, or applied only some changes to Redis', async () => {
    const { first, foreignWrite } = await givenFollowing();
    const { relay, read, runtime } = first;
    const failures = [
      () => vi.spyOn(runtime.outbox.progress, 'checkpoint').mockRejectedValueOnce(new Error('down')),
      () => vi.spyOn(runtime.store, 'invalidate').mockRejectedValueOnce(new Error('down')),
    ];
    for (const [index, fail] of failures.entries()) {
      await read(1);
      expect((await read(1, true)).tier).toBe('l2');
      await foreignWrite(`after ${index}`);
      fail();
      await relay.poll();
      expect(await read(1, true)).toEqual({ name: `after ${index}`, tier: undefined });
      await relay.poll();
      expect((await read(1, true)).name).toBe(`after ${index}`);
    }
  });

  it('keeps the entries that no change names', async () => {
    const { instance, first: before, foreignWrite } = await givenFollowing();
    await before.read(2);
    await before.stop();
    await foreignWrite('v2', 1);
    const after = await instance();
    await after.relay.poll();
    expect(await after.read(2)).toEqual({ name: 'v1', tier: 'l2' });
  });

  it('invalidates all entries if Redis has no checkpoint', async () => {
    const { first } = await givenFollowing();
    const { relay, read, redis: connection } = first;
    await read(1);
    await connection?.run((client) => client.del('app:{outbox}'));
    await relay.poll();
    expect(await read(1, true)).toEqual({ name: 'v1', tier: undefined });
  });

  it('invalidates all entries if the changes since the checkpoint are no longer retained', async () => {
    const { redis, pool, foreignWrite, first: before } = await givenFollowing();
    await before.read(1);
    await before.stop();
    await foreignWrite('v2');
    await pool.query('DELETE FROM cache_outbox');
    const after = await givenFollower(pool, redis.url, { caches, polls: false, retentionMs: 1 });
    await after.relay.poll();
    const result = await after.registry.find(userById).readThrough(1, async () => ({ id: 1, name: 'v2' }));
    expect(result.name).toBe('v2');
  });

  it('invalidates all entries if the database was restored to a time before the checkpoint', async () => {
    const { first } = await givenFollowing();
    const { relay, read, redis: connection } = first;
    await read(1);
    const ahead = `${Date.now()} 900000000:900000000:`;
    await connection?.run((client) => client.set('app:{outbox}', ahead));
    await relay.poll();
    expect(await read(1, true)).toEqual({ name: 'v1', tier: undefined });
    expect(await connection?.run((client) => client.get('app:{outbox}'))).not.toBe(ahead);
  });

  it('invalidates all entries instead of more than 10,000 names', async () => {
    const { first, pool } = await givenFollowing();
    const { relay, read } = first;
    await read(1);
    await pool.query(`
      INSERT INTO cache_outbox (keys, tags)
      SELECT jsonb_build_object('users.byId', jsonb_build_array((1000 + n)::text)), '{}' FROM generate_series(1, 10001) AS n`);
    await relay.poll();
    expect(await read(1, true)).toEqual({ name: 'v1', tier: undefined });
  });

  it('goes back with a Redis that goes back to older data', async () => {
    const { first, foreignWrite } = await givenFollowing();
    const { relay, read, redis: connection } = first;
    await read(1);
    const dump = async (key: string) => String(await connection?.run((client) => client.get(key)));
    const [checkpoint, record] = [await dump('app:{outbox}'), await dump('app:c:users.byId:j1')];
    await foreignWrite('v2');
    await relay.poll();
    expect((await read(1, true)).name).toBe('v2');
    // As a file of a moment ago restores them together: the record, the checkpoint, and no report of a later change.
    await connection?.run(async (client) => client.del(await client.keys('app:{outbox}:*')));
    const expiration = { type: 'PX', value: 50_000 } as const;
    await connection?.run((client) => client.set('app:c:users.byId:j1', record, { expiration }));
    expect(await read(1, true)).toEqual({ name: 'v1', tier: 'l2' });
    await connection?.run((client) => client.set('app:{outbox}', checkpoint));
    await relay.poll();
    expect((await read(1, true)).name).toBe('v2');
  });
});
