import { describe, expect, it } from 'vitest';
import { misspelt } from './misspelt.js';
import { settingNames } from './read-settings.js';

describe(misspelt, () => {
  it.each([
    ['REDIS_URI', 'REDIS_URL'],
    ['CACHE_L1_MAXBYTES', 'CACHE_L1_MAX_BYTES'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['redis_url', 'REDIS_URL'],
    ['CACHE_L1_MAX_STALNESS', 'CACHE_L1_MAX_STALENESS'],
    ['DATABASE_URL_FIL', 'DATABASE_URL_FILE'],
  ])('finds that %s is probably %s', (name, meant) => {
    expect(misspelt({ [name]: 'x' }, settingNames())).toEqual([`${name} is not a setting. Did you mean ${meant}?`]);
  });

  it('accepts settings, files of settings and variables of other programs', () => {
    const names = [
      ...settingNames(),
      'DATABASE_URL_FILE',
      'HOME',
      'PATH',
      'POST',
      'HOSTNAME',
      'NODE_VERSION',
      'NODE_OPTIONS',
    ];
    // Kubernetes sets these for a service with the name redis.
    const injected = ['REDIS_PORT', 'REDIS_SERVICE_HOST', 'REDIS_SERVICE_PORT', 'REDIS_PORT_6379_TCP', 'CACHE_PORT'];
    expect(misspelt(Object.fromEntries([...names, ...injected].map((name) => [name, 'x'])), settingNames())).toEqual(
      [],
    );
  });
});
