import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from './environment.js';
import { readSettings, SettingsInvalid } from './read-settings.js';

describe(readSettings, () => {
  let folder: string;
  const file = (content: string) => {
    const path = join(folder, `${content.length}`);
    writeFileSync(path, content);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has a default for every setting that needs a value', () => {
    expect(readSettings({})).toEqual({
      NODE_ENV: 'development',
      PORT: 3000,
      LOG_LEVEL: 'info',
      DATABASE_MIGRATE: true,
      KEEP_ALIVE_TIMEOUT: 72_000,
      DATA_DIR: '.nuthatch',
      CACHE_NAMESPACE: 'nuthatch',
      CACHE_REQUIRED: false,
      CACHE_OPERATION_TIMEOUT: 100,
      CACHE_L1_MAX_BYTES: 67_108_864,
      CACHE_HEARTBEAT: 250,
      CACHE_STALENESS_SAMPLES: 0,
      CACHE_L1_MAX_STALENESS: 1_000,
      CACHE_OUTBOX: true,
      REDIS_TLS: false,
      REQUIRE_IF_MATCH: false,
    });
  });

  it('treats an empty value as unset', () => {
    expect(readSettings({ PORT: '', DATABASE_URL: '', REDIS_SENTINELS: '', PORT_FILE: '' })).toEqual(readSettings({}));
  });

  it.each([
    [{ SHUTDOWN_DELAY: '250ms' }, { SHUTDOWN_DELAY: 250 }],
    [{ SHUTDOWN_DELAY: '2m' }, { SHUTDOWN_DELAY: 120_000 }],
    [{ CACHE_L1_MAX_BYTES: '1GB' }, { CACHE_L1_MAX_BYTES: 1024 ** 3 }],
    [{ SHUTDOWN_DELAY: '0s' }, { SHUTDOWN_DELAY: 0 }],
    [{ CACHE_OPERATION_TIMEOUT: '1ms' }, { CACHE_OPERATION_TIMEOUT: 1 }],
    [{ CACHE_L1_MAX_STALENESS: '24d' }, { CACHE_L1_MAX_STALENESS: 2_073_600_000 }],
    [{ CACHE_REQUIRED: 'true' }, { CACHE_REQUIRED: true }],
    [{ REDIS_URL: 'rediss://:secret@cache:6380/1' }, { REDIS_URL: 'rediss://:secret@cache:6380/1' }],
    [{ REDIS_URL: 'redis://cache/' }, { REDIS_URL: 'redis://cache/' }],
    [{ REDIS_URL: 'redis://u:p%25@cache' }, { REDIS_URL: 'redis://u:p%25@cache' }],
    [{ PORT: '0' }, { PORT: 0 }],
    [{ PUBLIC_PATH: '/shop/v1.0' }, { PUBLIC_PATH: '/shop/v1.0' }],
    [{ TRUST_PROXY: 'loopback,2001:db8::/32' }, { TRUST_PROXY: 'loopback,2001:db8::/32' }],
    [{ TRUST_PROXY: '10.0.0.0/8, 192.168.1.7,::1' }, { TRUST_PROXY: '10.0.0.0/8, 192.168.1.7,::1' }],
    [{ KEEP_ALIVE_TIMEOUT: '2m' }, { KEEP_ALIVE_TIMEOUT: 120_000 }],
  ])('reads %j', (environment: Environment, settings) => {
    expect(readSettings(environment)).toMatchObject(settings);
  });

  it('reads a value from a file, without its last newline', () => {
    const environment = { CACHE_NAMESPACE_FILE: file('from-a-file\n'), PORT_FILE: file('4000\r\n') };
    expect(readSettings(environment)).toMatchObject({ CACHE_NAMESPACE: 'from-a-file', PORT: 4000 });
  });

  it('refuses a value that is given twice and a file that is missing', () => {
    expect(complaints({ PORT: '1', PORT_FILE: file('2'), HOST_FILE: '/nowhere' })).toEqual([
      'PORT is given twice. Keep either PORT or PORT_FILE.',
      'HOST_FILE names /nowhere, which cannot be read. Name a readable file, or set HOST.',
    ]);
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['PORT', '1e3'],
    ['PORT', ' '],
    ['REDIS_SENTINELS', 'a'],
    ['REDIS_SENTINELS', 'a:1,'],
    ['REDIS_SENTINELS', 'redis://a:1'],
    ['REDIS_TLS_CA', '/etc/redis/ca.crt'],
    ['REDIS_TLS_KEY', 'secret'],
    ['CACHE_HEARTBEAT', '49ms'],
    ['HOST', 'a b'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '1'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['TRUST_PROXY', 'loadbalancer'],
    ['KEEP_ALIVE_TIMEOUT', '0s'],
    ['SHUTDOWN_DELAY', '5'],
    ['SHUTDOWN_DELAY', '5 s'],
    ['SHUTDOWN_DELAY', '1.5s'],
    ['SHUTDOWN_DELAY', '30d'],
    ['CACHE_OPERATION_TIMEOUT', '0ms'],
    ['CACHE_OPERATION_TIMEOUT', '30d'],
    ['CACHE_L1_MAX_STALENESS', '199ms'],
    ['CACHE_L1_MAX_BYTES', '0b'],
    ['CACHE_L1_MAX_BYTES', '64m'],
    ['CACHE_L1_MAX_BYTES', '99999999gb'],
    ['CACHE_REQUIRED', 'yes'],
    ['PUBLIC_PATH', 'api'],
    ['PUBLIC_PATH', '/'],
    ['PUBLIC_PATH', '/api/'],
    ['PUBLIC_PATH', '//api'],
    ['PUBLIC_PATH', '/api/../v1'],
    ['PUBLIC_PATH', 'https://example.org/api'],
    ['CACHE_NAMESPACE', 'a:b'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'redis://u:p%zz@h'],
    ['REDIS_URL', 'redis://h:6379/abc'],
    ['DATABASE_URL', 'postgres://u:p%zz@h/db'],
    ['DATABASE_URL', 'postgres://h/%zz'],
    ['REDIS_CLUSTER_NODES', 'a'],
    ['DATABASE_URL', 'mysql://localhost/db'],
  ])('refuses %s=%s and names a valid value', (name, value) => {
    const [complaint, ...others] = complaints({ [name]: value });
    expect(others).toEqual([]);
    expect(complaint).toMatch(new RegExp(`^${name} .*(Write|set) .+\\.$`));
  });

  it('never repeats a secret in an error', () => {
    const told = complaints({ DATABASE_URL: 'mysql://u:hunter2@h/db', REDIS_URL: 'redi://u:hunter2@h' });
    expect(told).toHaveLength(2);
    expect(told.join()).not.toContain('hunter2');
  });
});

function complaints(environment: Environment): string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.message.split('\n  - ').slice(1);
    throw error;
  }
  return [];
}
