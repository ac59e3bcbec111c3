import { describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { givenInstance, givenRedis } from './given-instance.js';

/** Longer than the interval of the heartbeats. */
const BEATS_MS = 300;

const beats = () => new Promise((resolve) => setTimeout(resolve, BEATS_MS));

describe('a Redis whose data is from an earlier time', () => {
  it('is noticed by the first heartbeat or strong read, also under the same identity', async () => {
    const { server, command } = await givenRedis('--enable-debug-command', 'yes');
    const [writer, reader] = [await givenInstance(server), await givenInstance(server)];
    for (const { cache } of [writer, reader]) await cache.readThrough('k', async () => 1);
    await command('SAVE');
    await beats();
    await writer.cache.writeInvalidate('k', async () => {});

    await command('DEBUG', 'RELOAD', 'NOSAVE');
    const strong = [writer, reader].map(({ cache }) => cache.readThrough('k', async () => 2, { strong: true }));
    expect(await Promise.all(strong)).toEqual([2, 2]);
    await eventually(async () => {
      for (const { cache, runtime } of [writer, reader]) {
        expect(await cache.readThrough('k', async () => 2), 'the invalidated entry').toBe(2);
        expect(runtime.pending.size).toBe(0);
        expect((await cache.read('k', async () => 2))?.status).toBe('hit');
      }
    });
  });

  it('is noticed by the first process that starts on it, and by no later one', async () => {
    const old = await givenRedis('--repl-diskless-sync-delay', '0');
    const earlier = await givenInstance(old.server);
    await earlier.cache.readThrough('k', async () => 1);
    // A server that starts from a file has another identity, and the data of the old one. So does a copy.
    const { server, command } = await givenRedis();
    await eventually(async () => {
      await command('REPLICAOF', '127.0.0.1', String(old.server.port));
      expect(await command('INFO', 'replication')).toContain('master_link_status:up');
    });
    await command('REPLICAOF', 'NO', 'ONE');
    await earlier.stop();

    const [first, second] = [await givenInstance(server), await givenInstance(server)];
    expect(await first.cache.readThrough('k', async () => 2)).toBe(2);
    expect(await second.cache.read('k', async () => 3)).toMatchObject({ status: 'hit', answer: { value: 2 } });
    await first.stop();
    await second.stop();
    const later = await givenInstance(server);
    expect(await later.cache.read('k', async () => 3)).toMatchObject({ status: 'hit', answer: { value: 2 } });
  });
});
