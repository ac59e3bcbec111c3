import { describe, expect, it } from 'vitest';
import { isInstalled } from './packages.mjs';

const lock = {
  packages: {
    '': { name: 'root' },
    'libs/cache': { name: 'cache', version: '1.0.0' },
    'node_modules/cache': { resolved: 'libs/cache', link: true },
    'node_modules/pg': { version: '8.0.0', integrity: 'sha512-a' },
    'node_modules/other-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  },
};
const { '': _root, 'node_modules/other-platform': optional, ...installed } = lock.packages;

describe(isInstalled, () => {
  it('accepts what npm installed from the lock, with or without optional packages', () => {
    expect(isInstalled(lock, { packages: installed })).toBe(true);
    expect(isInstalled(lock, { packages: { ...installed, 'node_modules/other-platform': optional } })).toBe(true);
  });

  it.each([
    ['nothing is installed', undefined],
    ['a package is missing', { ...installed, 'node_modules/pg': undefined }],
    ['a package has another version', { ...installed, 'node_modules/pg': { version: '7.0.0', integrity: 'sha512-a' } }],
    ['a package has other content', { ...installed, 'node_modules/pg': { version: '8.0.0', integrity: 'sha512-x' } }],
    ['an optional one is outdated', { ...installed, 'node_modules/other-platform': { version: '0.9.0' } }],
    ['a package is left over', { ...installed, 'node_modules/old': { version: '1.0.0' } }],
  ])('asks for an installation when %s', (_, packages) => {
    expect(isInstalled(lock, packages && { packages })).toBe(false);
  });
});
