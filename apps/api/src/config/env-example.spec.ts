import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { envExample } from './env-example.js';
import { readSettings, settingNames } from './read-settings.js';

describe(envExample, () => {
  it('equals .env.example (vitest -u renews the file)', async () => {
    const file = join(import.meta.dirname, '../../../../.env.example');
    await expect(envExample()).toMatchFileSnapshot(file);
  });

  it('lists every setting once', () => {
    const names = [...envExample().matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(settingNames()));
    expect(names).toHaveLength(settingNames().length);
  });

  it.each([
    ['REDIS_URL', 'REDIS_CLUSTER_NODES'],
    ['REDIS_SENTINELS', 'REDIS_MASTER', 'REDIS_CLUSTER_NODES'],
    ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_MASTER'],
  ])('shows valid values only, of which %s exclude others', (...left) => {
    const lines = [...envExample().matchAll(/^# (?<name>[A-Z][A-Z0-9_]+)=(?<value>.*)$/gm)];
    const environment = Object.fromEntries(lines.map(({ groups }) => [groups?.['name'], groups?.['value']]));
    for (const name of left) delete environment[name];
    expect(readSettings(environment)).toMatchObject({ PORT: 3000, CACHE_OPERATION_TIMEOUT: 100 });
  });
});
