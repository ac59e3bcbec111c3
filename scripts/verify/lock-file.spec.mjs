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

  it('names the optional package that is missing, and who wants it', () => {
    const { 'node_modules/tool/node_modules/@tool/linux-x64': _dropped, ...packages } = complete;
    expect(lockFaults({ packages })).toEqual([expect.stringMatching(/^node_modules\/tool wants @tool\/linux-x64/)]);
  });

  it('refuses an address', () => {
    const packages = { 'node_modules/tool': { resolved: 'https://registry.example/tool.tgz' } };
    expect(lockFaults({ packages })).toEqual([expect.stringMatching(/^node_modules\/tool is bound/)]);
  });
});
