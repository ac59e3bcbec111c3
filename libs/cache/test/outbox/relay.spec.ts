import { Pool } from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startFaultProxy } from '../../src/testing/fault-proxy.js';
import { eventually } from '../../../../test/support/eventually.js';
import { startTransactionPooler } from '../../../../test/support/transaction-pooler.js';
import { passWriteToken } from '../../src/outbox/write-token.js';
import { givenFollower } from './given-outbox.js';
import { caches, type Instance, givenUsers, names, userById } from './given-users.js';

describe('the relay of the outbox', () => {
  it('makes a foreign UPDATE visible in the memory of each instance, without a message', async () => {
    const { instance, foreignWrite } = await givenUsers();
    const instances = [await instance(), await instance()];
    for (const { read } of instances) await eventually(async () => expect(await read(1)).toMatchObject({ tier: 'l1' }));
    await foreignWrite('v2');
    await Promise.all(instances.map(({ read }) => eventually(async () => expect((await read(1)).name).toBe('v2'))));
  });

  it('invalidates the lists of a changed row after its entries', async () => {
    const { instance, foreignWrite } = await givenUsers(false);
    const { registry, relay, read } = await instance();
    await relay.poll();
    await relay.poll();
    const list = () => registry.find(names).readThrough('all', async () => [(await read(1)).name]);
    expect(await list()).toEqual(['v1']);
    await foreignWrite('v2');
    await relay.poll();
    expect(await list()).toEqual(['v2']);
  });

  it('keeps the value of a write through a cache that passes its token', async () => {
    const { pool, instance } = await givenUsers(false);
    const [writer, other] = [await instance(), await instance()];
    for (const { relay } of [writer, other]) await relay.poll();
    await writer.byId.writeThrough(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
      return { id: 1, name: 'v2' };
    });
    for (const { relay } of [other, writer, other]) await relay.poll();
    expect(await other.read(1)).toEqual({ name: 'v2', tier: 'l2' });
  });

  /** Lets a relay read the row of a write before the write ends. `meanwhile` runs after that, before the relay continues. */
  async function relayedEarly(
    { pool, writer, relaying }: Record<'writer' | 'relaying', Instance> & { pool: Pool },
    meanwhile = async (): Promise<void> => {},
  ): Promise<void> {
    const [committed, relayed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = writer.byId.writeThrough(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
      committed.resolve();
      await relayed.promise;
      return { id: 1, name: 'v2' };
    });
    await committed.promise;
    vi.spyOn(relaying.runtime.clock, 'sleep').mockImplementation(async () => {
      relayed.resolve();
      await writing;
      await meanwhile();
    });
    await relaying.relay.poll();
  }

  it('keeps the value of a write that another relay reads before its writer has stored it', async () => {
    const { pool, instance } = await givenUsers(false);
    const [writer, other] = [await instance(), await instance()];
    for (const { relay } of [writer, other]) await relay.poll();
    await relayedEarly({ pool, writer, relaying: other });
    expect(await other.read(1)).toEqual({ name: 'v2', tier: 'l2' });
  });

  it('keeps in memory what was read after a write that its own relay reads before it ends', async () => {
    const { pool, instance } = await givenUsers(false);
    const writer = await instance();
    await writer.relay.poll();
    await writer.relay.poll();
    const inMemory = () => eventually(async () => expect(await writer.read(1)).toMatchObject({ tier: 'l1' }));
    await inMemory();
    await relayedEarly({ pool, writer, relaying: writer }, inMemory);
    expect(await writer.read(1)).toEqual({ name: 'v2', tier: 'l1' });
  });

  it('invalidates what a write through a cache has forgotten, although it passed its token', async () => {
    const { pool, instance } = await givenUsers(false);
    const { relay, registry, byId } = await instance();
    await relay.poll();
    await relay.poll();
    await registry.find(names).readThrough('all', async () => ['v1']);
    await byId.writeInvalidate(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
    });
    await relay.poll();
    expect(await registry.find(names).readThrough('all', async () => ['v2'])).toEqual(['v2']);
  });

  it('ends the intent of a writer that has crashed after its commit', async () => {
    const { pool, instance, redisHas } = await givenUsers(false);
    const [crashed, other] = [await instance(), await instance()];
    await other.relay.poll();
    await other.relay.poll();
    const committed = Promise.withResolvers<void>();
    // The body never returns, as if the process had ended.
    void crashed.byId.writeInvalidate(1, async () => {
      await pool.query(`UPDATE users SET name = 'v2' WHERE id = 1 RETURNING ${passWriteToken()}`);
      committed.resolve();
      await new Promise(() => {});
    });
    await committed.promise;
    expect(await redisHas('app:c:users.byId:j1')).toMatch(/^W\|/);
    await other.relay.poll();
    expect(await redisHas('app:c:users.byId:j1')).toBeNull();
    expect((await other.read(1)).name).toBe('v2');
  });

  it('applies a change to its own memory although another relay has applied it to Redis', async () => {
    const { instance, foreignWrite } = await givenUsers(false);
    const [first, second] = [await instance(), await instance()];
    for (const { relay } of [first, second]) await relay.poll();
    for (const { read } of [first, second]) await read(1);
    await second.read(1);
    await foreignWrite('v2');
    await first.relay.poll();
    expect((await first.read(1)).name).toBe('v2');
    // As if the message of the first relay had been lost.
    const { coherence } = second.runtime;
    const record = second.runtime.keys.record('users.byId', 1).key;
    const read = await second.byId.read(1, async () => ({ id: 1, name: 'v2' }));
    expect(read?.answer.value).toMatchObject({ name: 'v2' });
    let dropped = false;
    const forget = coherence.forget.bind(coherence);
    coherence.forget = (recordKey) => {
      dropped ||= recordKey === record;
      forget(recordKey);
    };
    await second.relay.poll();
    expect(dropped).toBe(true);
    // And the value in Redis, which is newer than the change, stays.
    expect(await second.read(1)).toEqual({ name: 'v2', tier: 'l2' });
  });

  it('works through a pooler that gives each transaction another connection', async () => {
    const { redis, url, foreignWrite } = await givenUsers(false);
    const pooler = await startTransactionPooler(url);
    const pool = new Pool({ connectionString: pooler.url });
    pool.on('error', () => {});
    onTestFinished(async () => {
      await pool.end();
      await pooler.close();
    });
    const { relay, registry } = await givenFollower(pool, redis.url, { caches, polls: false });
    await relay.poll();
    await relay.poll();
    const read = (name: string) => registry.find(userById).readThrough(1, async () => ({ id: 1, name }));
    expect((await read('v1')).name).toBe('v1');
    await foreignWrite('v2');
    await relay.poll();
    expect((await read('v2')).name).toBe('v2');
  });

  it('applies the changes to the memory of an instance without Redis', async () => {
    const { pool, foreignWrite } = await givenUsers(false);
    const { relay, registry } = await givenFollower(pool, null, { caches, polls: false });
    await relay.poll();
    const read = (name: string) => registry.find(userById).readThrough(1, async () => ({ id: 1, name }));
    await read('v1');
    await foreignWrite('v2');
    await relay.poll();
    expect((await read('v2')).name).toBe('v2');
  });

  it('follows the database in the memory of an instance that is cut off from Redis', async () => {
    const { redis, instance, foreignWrite } = await givenUsers(false);
    const proxy = await startFaultProxy({ port: redis.port });
    onTestFinished(() => proxy.close());
    const { relay, read, runtime } = await instance(proxy.port);
    await relay.poll();
    await relay.poll();
    await read(1);
    await eventually(async () => expect(await read(1)).toMatchObject({ tier: 'l1' }));
    proxy.freeze('both');
    await foreignWrite('v2');
    await relay.poll();
    expect((await read(1)).name).toBe('v2');
    proxy.thaw();
    await eventually(() => expect(runtime.coherence.fresh).toBe(true));
  });
});
