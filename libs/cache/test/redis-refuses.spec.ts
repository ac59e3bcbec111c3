import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { CacheModule } from '../src/cache.module.js';
import { CacheRegistry } from '../src/core/cache-registry.js';
import { givenInstance, givenRedis } from './given-instance.js';

/** The interval of the heartbeats, and what a busy machine adds. */
const NOTICED_MS = 1_500;

type Command = Awaited<ReturnType<typeof givenRedis>>['command'];

/** Ways in which a server answers reads and refuses writes, with the word of the refusal. */
const REFUSALS: Record<
  string,
  { begin: (command: Command) => Promise<unknown>; end: (command: Command) => Promise<unknown> }
> = {
  NOREPLICAS: {
    begin: (command) => command('CONFIG', 'SET', 'min-replicas-to-write', '1'),
    end: (command) => command('CONFIG', 'SET', 'min-replicas-to-write', '0'),
  },
  NOPERM: {
    begin: (command) => command('ACL', 'SETUSER', 'default', '-@scripting'),
    end: (command) => command('ACL', 'SETUSER', 'default', '+@all'),
  },
  MISCONF: {
    async begin(command) {
      // No file system takes such a name, so the snapshot fails.
      await command('CONFIG', 'SET', 'save', '3600 1');
      await command('CONFIG', 'SET', 'dbfilename', 'x'.repeat(300));
      await command('BGSAVE');
      await eventually(async () =>
        expect(await command('INFO', 'persistence')).toContain('rdb_last_bgsave_status:err'),
      );
    },
    end: (command) => command('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no'),
  },
};

function givenWarnings() {
  const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
  onTestFinished(() => warn.mockRestore());
  return warn;
}

describe('a Redis that refuses writes and answers reads', () => {
  it.each(Object.keys(REFUSALS))('is not read, and its word %s is reported once', async (word) => {
    const { server, command } = await givenRedis('--enable-protected-configs', 'yes');
    const [writer, reader] = [await givenInstance(server), await givenInstance(server)];
    for (const { cache } of [writer, reader]) await cache.readThrough('k', async () => 1);
    const warn = givenWarnings();

    await REFUSALS[word]?.begin(command);
    await writer.cache.writeInvalidate('k', async () => {});
    expect(writer.runtime.pending.size).toBe(1);
    // No heartbeat was refused yet, perhaps.
    expect(await reader.cache.readThrough('k', async () => 2, { strong: true })).toBe(2);
    await eventually(() => expect(reader.registry).toMatchObject({ refusal: word }), { within: NOTICED_MS });
    expect(await reader.cache.read('k', async () => 2)).toMatchObject({ status: 'bypass', detail: 'unavailable' });
    await eventually(() => expect(reader.registry.channel.connected).toBe(false), { within: NOTICED_MS });
    const warnings = () => warn.mock.calls.flat().filter((line) => String(line).includes(`(${word})`));
    await eventually(() => expect(warnings(), 'one per instance').toHaveLength(2));

    await REFUSALS[word]?.end(command);
    let status: string | undefined;
    await eventually(async () => {
      const result = await reader.cache.read('k', async () => 2);
      expect(result?.answer.value, 'the invalidated entry').toBe(2);
      status = result?.status;
      expect(status).toBe('hit');
    });
    expect([writer.registry.refusal, reader.registry.refusal]).toEqual([undefined, undefined]);
    expect(writer.runtime.pending.size).toBe(0);
    expect(warnings(), 'one per instance').toHaveLength(2);
  });

  it('is read while it is only full, and its word OOM is reported', async () => {
    const { server, command } = await givenRedis();
    const { cache, registry } = await givenInstance(server);
    await cache.readThrough('k', async () => 1);
    const warn = givenWarnings();
    await command('CONFIG', 'SET', 'maxmemory', '1');
    await eventually(() => expect(registry.refusal).toBe('OOM'), { within: NOTICED_MS });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^Redis is full \(OOM\).*Set maxmemory-policy/));
    expect(await cache.read('k', async () => 2, { strong: true })).toMatchObject({ status: 'hit', tier: 'l2' });
    expect(await cache.delete('k')).toBe('applied');
    await command('CONFIG', 'SET', 'maxmemory', '0');
    await eventually(() => expect(registry.refusal).toBeUndefined(), { within: NOTICED_MS });
  });

  it('is reported when a user may not write the keys of the namespace', async () => {
    const { server, command } = await givenRedis();
    await command('ACL', 'SETUSER', 'default', 'resetkeys', '~other:*');
    const warn = givenWarnings();
    const starting = givenInstance(server).catch(() => undefined);
    await eventually(() =>
      expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^Redis refuses writes \(NOPERM\)/)),
    );
    await command('ACL', 'SETUSER', 'default', '~app:*');
    expect((await starting)?.registry.refusal).toBeUndefined();
  });

  it('writes one line with the effect and the fix, although the connection has a logger of its own', async () => {
    const { server, command } = await givenRedis();
    const topology = { mode: 'single', url: server.url } as const;
    const warn = givenWarnings();
    const app = await Test.createTestingModule({
      imports: [CacheModule.forRoot({ redis: { topology, operationTimeoutMs: 1_000 } })],
    }).compile();
    await app.init();
    onTestFinished(() => app.close());
    await command('CONFIG', 'SET', 'min-replicas-to-write', '1');
    const registry = app.get(CacheRegistry);
    await eventually(() => expect(registry.refusal).toBe('NOREPLICAS'), { within: NOTICED_MS });
    await eventually(() => expect(registry.channel.connected).toBe(false), { within: NOTICED_MS });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^Redis refuses writes \(NOREPLICAS\)\. Nothing is read .* Restore the replicas/)],
    ]);
  });

  it('writes one line while it refuses a command that no heartbeat sends', async () => {
    const { server, command } = await givenRedis();
    const { cache } = await givenInstance(server);
    const warn = givenWarnings();
    await command('ACL', 'SETUSER', 'default', '-getrange');
    await eventually(async () => {
      await cache.readThrough('k', async () => 1, { strong: true });
      expect(warn).toHaveBeenCalled();
    });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^Redis refuses commands \(NOPERM\)\. .* Grant the Redis user/)],
    ]);
  });
});
