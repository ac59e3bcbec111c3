import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RedisConnection } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';
import { checkOptions } from '../src/cache.options.js';
import { Cache } from '../src/core/cache.js';
import { defineCache } from '../src/core/policy/define-cache.js';
import { RuntimeProvider } from '../src/runtime-provider.js';

const page = join(import.meta.dirname, '../../../docs/operations/README.md');

const items = defineCache<number>('items', {
  ttl: '1s',
  staleWhileRevalidate: '1h',
  tags: () => ['list'],
});

/** The rules that the page gives to the user, after the password. */
async function rulesOfThePage(): Promise<string[]> {
  const [, rules = ''] = /^ACL SETUSER nuthatch on >secret (.+)$/m.exec(await readFile(page, 'utf8')) ?? [];
  return rules.split(' ');
}

describe('a Redis user with the rules of the operations page', () => {
  async function givenServer() {
    const server = await startRedis();
    onTestFinished(() => server.kill());
    const connect = (user = '') => {
      const url = `redis://${user}127.0.0.1:${server.port}`;
      const redis = new RedisConnection({ topology: { mode: 'single', url } });
      redis.open();
      onTestFinished(() => redis.close());
      return redis;
    };
    const admin = connect();
    await admin.firstAttempt;
    const ask = (...words: string[]) => admin.run((client) => client.sendCommand<unknown>(words));
    const cacheOf = async (redis: RedisConnection) => {
      const open = new RuntimeProvider(redis, checkOptions({}));
      onTestFinished(() => open.onApplicationShutdown());
      await eventually(() => expect(open.runtime.coherence.fresh).toBe(true));
      return { cache: new Cache(items, open.runtime), progress: open.runtime.outbox.progress };
    };
    return { ask, instance: () => cacheOf(connect('nuthatch:secret@')) };
  }

  it('may run every command of the caches, and needs every rule', async () => {
    const { ask, instance } = await givenServer();
    const rules = await rulesOfThePage();
    await ask('ACL', 'SETUSER', 'nuthatch', 'on', '>secret', ...rules);
    const [{ cache: here, progress }, { cache: there }] = [await instance(), await instance()];
    await here.readThrough('k', async () => 1);
    await there.writeThrough('k', async () => 2);
    expect(await here.readThrough('k', async () => 0)).toBe(2);
    await there.writeInvalidate('k', async () => {});
    await eventually(async () => expect(await here.explain('k')).toMatchObject({ state: 'absent' }));
    await here.readThrough('k', async () => 3);
    for await (const value of there.values()) expect(value).toBe(3);
    await eventually(async () => expect((await here.read('k', async () => 4))?.status).toBe('stale'), {
      within: 2_000,
    });
    await eventually(async () => expect(await here.get('k')).toBe(4));
    await here.set('k', 5);
    await progress.advance(undefined, '1 1:1:');
    await progress.reportApplied(new Map([['2-1', ['nuthatch:t:slist']]]));
    expect(await progress.appliedNames(['2-1', '3-1'])).toEqual([['nuthatch:t:slist'], []]);
    for (const invalidate of [() => here.invalidateTags(['list']), () => here.delete('k'), () => here.clear()]) {
      expect(await invalidate()).toBe('applied');
    }

    const refused = await ask('ACL', 'LOG');
    expect(refused).toSatisfy((entries: string[][]) => entries.every((entry) => entry.includes('client|setinfo')));
    const used = String(await ask('INFO', 'commandstats')).matchAll(/^cmdstat_([a-z|]+):/gm);
    const commands = new Set([...used].map(([, command]) => `+${command}`));
    expect(rules.filter((rule) => rule.startsWith('+') && !commands.has(rule))).toEqual([]);
  });
});
