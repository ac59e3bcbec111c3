import { describe, expect, it } from 'vitest';
import { isUnusable, parseServerInfo } from './server-info.js';

const info = (...lines: readonly string[]): string =>
  ['# Server', 'redis_version:7.0.15', 'executable:/opt/role:slave/loading:1', ...lines, 'async_loading:1', ''].join(
    '\r\n',
  );

describe(parseServerInfo.name, () => {
  it('returns the run_id of a master that has its data', () => {
    expect(parseServerInfo(info('run_id:0a1b2c', 'loading:0', 'role:master'))).toEqual({ runId: '0a1b2c' });
  });

  it('reports a replica as READONLY', () => {
    expect(parseServerInfo(info('run_id:0a1b2c', 'loading:0', 'role:slave'))).toEqual({ unusable: 'READONLY' });
  });

  it('reports a server that reads its data from disk as LOADING', () => {
    expect(parseServerInfo(info('run_id:0a1b2c', 'loading:1', 'role:master'))).toEqual({ unusable: 'LOADING' });
  });

  it('returns no run_id when the server sends none', () => {
    expect(parseServerInfo(info('role:master'))).toEqual({ runId: undefined });
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
