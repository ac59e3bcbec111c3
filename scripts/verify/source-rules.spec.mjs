import { describe, expect, it } from 'vitest';
import { clockFaults, fullFolders, strayTests } from './source-rules.mjs';

describe(clockFaults, () => {
  it('reports a clock of its own with its line', () => {
    expect(clockFaults('libs/cache/src/core/read/loader.ts', '\nconst now = new Date();')).toEqual([
      expect.stringMatching(/^libs\/cache\/src\/core\/read\/loader\.ts:2 reads the time/),
    ]);
  });

  it.each([
    ['libs/cache/src/core/read/loader.ts', 'const at = new Date(milliseconds);'],
    ['libs/cache/src/core/read/loader.ts', ' * not new Date(), see clock.ts'],
    ['libs/cache/src/core/clock.ts', 'return new Date();'],
    ['libs/cache/src/core/clock.spec.ts', 'const now = new Date();'],
  ])('accepts in %s: %s', (file, text) => {
    expect(clockFaults(file, text)).toEqual([]);
  });
});

describe(strayTests, () => {
  it.each([
    'apps/api/src/users.test.ts',
    'test/e2e/users.spec.ts',
    'test/e2e/users.chaos-spec.ts',
    'libs/cache/scripts/lua.spec.ts',
    'test/consistency/model/record.e2e-spec.ts',
    'test/consistency/processes/scenarios/crash.model-spec.ts',
    'test/consistency/processes/worker/crash.consistency-spec.ts',
  ])('reports %s, which no project includes', (file) => {
    expect(strayTests([file])).toEqual([expect.stringContaining(file)]);
  });

  it.each([
    'libs/cache/src/core/store/record-format.spec.ts',
    'libs/cache/test/property/history.spec.ts',
    'test/e2e/users/crud.e2e-spec.ts',
    'test/consistency/model/redis/record.model-spec.ts',
    'test/consistency/processes/scenarios/crash.consistency-spec.ts',
    'test/consistency/processes/history/history.spec.ts',
    'test/bench/http/load/wrk.spec.ts',
    'scripts/verify/lock-file.spec.mjs',
    'libs/cache/src/core/cache.ts',
  ])('accepts %s', (file) => {
    expect(strayTests([file])).toEqual([]);
  });
});

const sources = (count) => Array.from({ length: count }, (_, index) => `libs/cache/src/core/read/part-${index}.ts`);

describe(fullFolders, () => {
  it('accepts twelve sources, with their specs, generated files and folders', () => {
    const others = ['a.spec.ts', 'b.test-d.ts', 'c.generated.ts', 'below/d.ts'].map(
      (name) => `libs/cache/src/core/read/${name}`,
    );
    expect(fullFolders([...sources(12), ...others])).toEqual([]);
  });

  it('reports a folder with thirteen sources', () => {
    expect(fullFolders(sources(13))).toEqual([expect.stringMatching(/^libs\/cache\/src\/core\/read has 13 sources/)]);
  });
});
