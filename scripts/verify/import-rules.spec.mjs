import { describe, expect, it } from 'vitest';
import { deadPaths } from './import-rules.mjs';

const files = ['libs/cache/src/core/clock.ts', 'libs/cache/src/core/store/store.ts', 'libs/redis/src/index.ts'];
const deadIn = (from, to = {}) => deadPaths([{ name: 'a-rule', from, to }], files);

describe(deadPaths, () => {
  it.each([
    [{ path: '^libs/cache/src/core/' }, {}],
    [{ path: '^libs/(cache|redis)/' }, {}],
    [{ path: '^libs/cache/src/core/(clock|store)(\\.ts$|/)' }, {}],
    [{ path: '^libs/([^/]+)/' }, { path: '^libs/', pathNot: ['^libs/$1/', '^libs/redis/'] }],
    [{}, { circular: true }],
  ])('accepts %j with %j', (from, to) => {
    expect(deadIn(from, to)).toEqual([]);
  });

  it.each([
    [{ path: '^libs/cache/src/http/' }, {}, '^libs/cache/src/http/'],
    [{ pathNot: ['^libs/redis/', '^libs/health/'] }, {}, '^libs/health/'],
    [{}, { path: '^libs/(cache|health)/' }, '^libs/health/'],
    [{}, { pathNot: '^libs/cache/src/core/(clock|codec)(\\.ts$|/)' }, '^libs/cache/src/core/codec(\\.ts$|/)'],
  ])('reports the dead path in %j with %j', (from, to, path) => {
    expect(deadIn(from, to)).toEqual([expect.stringContaining(`a-rule names ${path}, which matches no file`)]);
  });
});
