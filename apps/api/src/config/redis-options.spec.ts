import { writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Environment } from './environment.js';
import { readSettings } from './read-settings.js';
import { redisOptions } from './redis-options.js';

const PEM = '-----BEGIN CERTIFICATE-----';
const given = (environment: Environment) => redisOptions(readSettings(environment), environment);

function givenFile(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'nuthatch-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'value');
  const write = (changed: string): void => writeFileSync(path, changed);
  write(text);
  return { path, write, remove: () => rmSync(path) };
}

describe(redisOptions, () => {
  it('returns null without Redis', () => {
    expect(given({})).toBeNull();
  });

  it('takes the user, the password and TLS from the URL', () => {
    const options = given({ REDIS_URL: 'rediss://app:p%40ss@cache' });
    expect(options).toMatchObject({ topology: { mode: 'single', url: 'rediss://app:p%40ss@cache' } });
    expect(options?.access?.()).toEqual({ username: 'app', password: 'p@ss', tls: {} });
  });

  it('prefers the settings of their own over the URL', () => {
    const access = given({ REDIS_URL: 'redis://a:b@h', REDIS_USERNAME: 'c', REDIS_PASSWORD: 'd' })?.access?.();
    expect(access).toEqual({ username: 'c', password: 'd', tls: undefined });
  });

  it('reads a password again from its file, and keeps the last one while the file is replaced', () => {
    const { path, write, remove } = givenFile('first');
    const access = given({ REDIS_URL: 'redis://h', REDIS_PASSWORD_FILE: path })?.access;
    expect(access?.().password).toBe('first');
    write('second\n');
    expect(access?.().password).toBe('second');
    remove();
    expect(access?.().password).toBe('second');
  });

  it('reads the password of a URL in a file again', () => {
    const { path, write } = givenFile('redis://:first@h');
    const access = given({ REDIS_URL_FILE: path })?.access;
    write('redis://:second@h');
    expect(access?.().password).toBe('second');
  });

  it('turns TLS on for any part of it, and for the Sentinels too', () => {
    const ca = `${PEM} ca`;
    expect(given({ REDIS_URL: 'redis://h', REDIS_TLS_CA: ca })?.access?.().tls).toEqual({ ca });
    const options = given({
      REDIS_SENTINELS: 'a:26379, [::1]:26380',
      REDIS_MASTER: 'main',
      REDIS_PASSWORD: 'of Redis',
      REDIS_SENTINEL_PASSWORD: 'of the Sentinels',
      REDIS_TLS: 'true',
    });
    expect(options?.topology).toMatchObject({
      mode: 'sentinel',
      master: 'main',
      sentinels: [
        { host: 'a', port: 26379 },
        { host: '::1', port: 26380 },
      ],
    });
    expect(options?.access?.()).toEqual({ username: undefined, password: 'of Redis', tls: {} });
    const { topology } = options ?? {};
    const access = topology?.mode === 'sentinel' ? topology.sentinelAccess?.() : undefined;
    expect(access).toEqual({ username: undefined, password: 'of the Sentinels', tls: {} });
  });
});
