import { describe, expect, it } from 'vitest';
import { askServer, isUnsupported, isUnusable, parseHello, parseServerInfo } from './server-info.js';

const info = (...lines: readonly string[]): string =>
  ['# Server', 'redis_version:7.0.15', 'executable:/opt/role:slave/loading:1', ...lines, 'async_loading:1', ''].join(
    '\r\n',
  );

describe(parseServerInfo.name, () => {
  const master = ['redis_mode:standalone', 'run_id:0a1b2c', 'loading:0', 'role:master', 'master_replid:9f8e'];

  it('identifies a master that has its data by its run_id and by its last promotion', () => {
    const never = info(...master, 'master_replid2:0000', 'second_repl_offset:-1');
    expect(parseServerInfo(never)).toEqual({ identity: '0a1b2c.0000.-1' });
    const promoted = info(...master, 'master_replid2:7d6c', 'second_repl_offset:42');
    expect(parseServerInfo(promoted)).toEqual({ identity: '0a1b2c.7d6c.42' });
  });

  it('does not change the identity when a replica is attached, which gives the master another master_replid', () => {
    const attached = master.map((line) => line.replace('9f8e', '5e4f'));
    expect(parseServerInfo(info(...attached))).toEqual(parseServerInfo(info(...master)));
  });

  it.each([
    ['run_id:0a1b2c', '0a1b2c'],
    ['master_replid:9f8e', '9f8e'],
  ])('identifies a server that sends only %s by that', (line, identity) => {
    expect(parseServerInfo(info('role:master', line))).toEqual({ identity });
  });

  it('returns no identity when the server sends none', () => {
    expect(parseServerInfo(info('role:master'))).toEqual({});
  });

  it.each([
    ['a replica', 'role:slave', 'READONLY'],
    ['a server that reads its data from disk', 'loading:1', 'LOADING'],
    ['a node of a cluster', 'redis_mode:cluster', 'CLUSTER'],
    ['a node of a cluster of Valkey', 'server_mode:cluster', 'CLUSTER'],
    ['a Sentinel', 'redis_mode:sentinel', 'SENTINEL'],
  ])('reports %s as unusable', (_, line, unusable) => {
    expect(parseServerInfo(info('run_id:0a1b2c', line))).toEqual({ unusable });
  });
});

describe(parseHello.name, () => {
  const pairs = ['server', 'redis', 'proto', 2, 'mode', 'standalone', 'role', 'master', 'modules', []];

  it('returns no identity, in RESP2 and in RESP3', () => {
    expect(parseHello(pairs)).toEqual({});
    expect(parseHello({ server: 'redis', mode: 'standalone', role: 'master' })).toEqual({});
    expect(parseHello(null)).toEqual({});
  });

  it.each([
    ['a replica', 'role', 'replica', 'READONLY'],
    ['a node of a cluster', 'mode', 'cluster', 'CLUSTER'],
    ['a Sentinel', 'mode', 'sentinel', 'SENTINEL'],
  ])('reports %s as unusable, in RESP2 and in RESP3', (_, name, value, unusable) => {
    expect(parseHello(pairs.with(pairs.indexOf(name) + 1, value))).toEqual({ unusable });
    expect(parseHello({ mode: 'standalone', role: 'master', [name]: value })).toEqual({ unusable });
  });
});

describe(askServer.name, () => {
  const given = (answers: Readonly<Record<string, () => unknown>>) => askServer(async (name = '') => answers[name]?.());
  const refuse = (message: string) => () => {
    throw new Error(message);
  };
  const HELLO = () => ({ mode: 'standalone', role: 'replica' });

  it('asks by INFO', async () => {
    expect(await given({ INFO: () => info('run_id:0a1b2c'), HELLO })).toEqual({ identity: '0a1b2c' });
  });

  it.each(["NOPERM this user has no permissions to run the 'info' command", "ERR unknown command 'INFO'"])(
    'asks by HELLO after "%s"',
    async (refusal) => {
      expect(await given({ INFO: refuse(refusal), HELLO })).toEqual({ unusable: 'READONLY' });
    },
  );

  it('fails when the server did not answer INFO', async () => {
    await expect(given({ INFO: refuse('Socket closed unexpectedly'), HELLO })).rejects.toThrow('Socket closed');
  });
});

describe(isUnusable.name, () => {
  it.each(['READONLY', 'LOADING', 'MASTERDOWN'])('accepts %s', (code) => {
    expect(isUnusable(code)).toBe(true);
  });

  it.each(['OOM', 'WRONGTYPE', 'ECONNREFUSED', undefined])('rejects %s', (code) => {
    expect(isUnusable(code)).toBe(false);
  });
});

describe(isUnsupported.name, () => {
  it('accepts the kinds of servers that a URL must not lead to', () => {
    expect(['CLUSTER', 'SENTINEL', 'READONLY', undefined].map(isUnsupported)).toEqual([true, true, false, false]);
  });
});
