import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { RedisConnection } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { checkOptions } from '../src/cache.options.js';
import { Cache } from '../src/core/cache.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RuntimeProvider } from '../src/runtime-provider.js';
import { givenRedis } from './given-instance.js';

const items = defineCache<number>('items', { ttl: '60s', tags: () => ['list'] });

/** Commands that managed services refuse. */
const FORBIDDEN = ['-config', '-client', '-acl', '-debug'];
/** Fields of INFO that some of them hide. */
const HIDDEN = /(?:run_id|master_replid2?|second_repl_offset|redis_mode):/g;

async function givenService() {
  const { server, command } = await givenRedis();
  await command('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', ...FORBIDDEN);
  return server;
}

/** Starts a proxy that renames fields of INFO. A name of the same length leaves the length of the reply as it is. */
async function hidingFields(port: number): Promise<number> {
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    client.pipe(server);
    server.on('data', (bytes) => {
      const shown = bytes.toString('latin1').replaceAll(HIDDEN, (name) => `${'x'.repeat(name.length - 1)}:`);
      client.write(Buffer.from(shown, 'latin1'));
    });
    for (const socket of [client, server]) {
      sockets.push(socket.on('error', () => {}).on('close', () => [client, server].forEach((end) => end.destroy())));
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy());
    proxy.close();
  });
  const address = proxy.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function givenInstance(port: number) {
  const redis = new RedisConnection({ topology: { mode: 'single', url: `redis://app:secret@127.0.0.1:${port}` } });
  redis.open();
  const open = new RuntimeProvider(redis, checkOptions({}));
  onTestFinished(async () => {
    await open.onApplicationShutdown();
    await redis.close();
  });
  await eventually(() => expect(open.runtime.coherence.fresh && open.runtime.pending.size === 0).toBe(true));
  return { redis, cache: new Cache(items, open.runtime) };
}

async function expectSharedEntries(here: Cache<string, number>, there: Cache<string, number>) {
  await eventually(async () => {
    await here.readThrough('k', async () => 1);
    expect(await there.read('k', async () => 1)).toMatchObject({ status: 'hit' });
  });
  await there.writeThrough('k', async () => 2);
  expect(await here.readThrough('k', async () => 0, { strong: true })).toBe(2);
  expect(await here.invalidateTags(['list'])).toBe('applied');
  expect(await there.readThrough('k', async () => 3, { strong: true })).toBe(3);
}

describe('a managed service that forbids CONFIG, CLIENT, ACL and DEBUG', () => {
  it('serves the caches, and is identified by INFO', async () => {
    const { port } = await givenService();
    const [here, there] = [await givenInstance(port), await givenInstance(port)];
    await expectSharedEntries(here.cache, there.cache);
    expect(here.redis.state).toMatchObject({ connected: true, identity: 'server', lastError: undefined });
  });

  it('serves the caches if it hides its identity in INFO too, and is identified by the connection', async () => {
    const port = await hidingFields((await givenService()).port);
    const [here, there] = [await givenInstance(port), await givenInstance(port)];
    expect(here.redis.state).toMatchObject({ connected: true, identity: 'connection' });
    await expectSharedEntries(here.cache, there.cache);
  });
});
