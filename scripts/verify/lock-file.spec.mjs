import { describe, expect, it } from 'vitest';
import { lockFaults } from './lock-file.mjs';

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
