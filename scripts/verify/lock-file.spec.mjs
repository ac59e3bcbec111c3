import { describe, expect, it } from 'vitest';
import { libraryFaults, lockFaults } from './lock-file.mjs';

const complete = {
  '': { optionalDependencies: { tool: '1.0.0' } },
  'libs/cache': { version: '0.1.0' },
  'node_modules/@nuthatch/cache': { resolved: 'libs/cache', link: true },
  'node_modules/tool': { version: '1.0.0', optionalDependencies: { '@tool/linux-x64': '1.0.0' } },
  'node_modules/tool/node_modules/@tool/linux-x64': { version: '1.0.0', optional: true },
};

describe(lockFaults, () => {
  it('accepts a complete lock', () => {
    expect(lockFaults({ packages: complete })).toEqual([]);
  });

  it('names the missing optional package and its dependent', () => {
    const { 'node_modules/tool/node_modules/@tool/linux-x64': _dropped, ...packages } = complete;
    expect(lockFaults({ packages })).toEqual([
      expect.stringMatching(/^node_modules\/tool depends on @tool\/linux-x64/),
    ]);
  });

  it('reports an address', () => {
    const packages = { 'node_modules/tool': { resolved: 'https://packages.test/tool.tgz' } };
    expect(lockFaults({ packages })).toEqual([expect.stringMatching(/^node_modules\/tool has the address/)]);
  });
});

/** A lock with the dependencies that the library had. */
const locked = (dependencies) => ({
  packages: {
    'node_modules/@nuthatch/cache': {
      version: '0.1.0',
      resolved: 'file:../tarballs/cache.tgz',
      dependencies,
      peerDependencies: { '@nuthatch/redis': '^0.1.0' },
    },
  },
});

describe(libraryFaults, () => {
  const library = {
    name: '@nuthatch/cache',
    dependencies: { keyv: '^5.6.0' },
    peerDependencies: { '@nuthatch/redis': '^0.2.0' },
  };

  it('accepts a lock of an older version of a library with the same dependencies', () => {
    expect(libraryFaults(locked({ keyv: '^5.6.0' }), [library])).toEqual([]);
  });

  it('names a library whose dependencies have changed', () => {
    expect(libraryFaults(locked({}), [library])).toEqual([expect.stringMatching(/^@nuthatch\/cache has other/)]);
  });

  it('accepts the lock of the workspace, which links the libraries', () => {
    const packages = { 'node_modules/@nuthatch/cache': { resolved: 'libs/cache', link: true } };
    expect(libraryFaults({ packages }, [library])).toEqual([]);
  });
});
