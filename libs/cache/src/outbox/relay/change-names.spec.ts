import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CacheRegistry } from '../../core/cache-registry.js';
import { defineCache } from '../../core/policy/define-cache.js';
import type { KeySchema } from '../../core/policy/key-schema.js';
import { givenRuntime } from '../../testing/given-runtime.js';
import { ChangeNames } from './change-names.js';

function given(key: KeySchema<unknown>) {
  const { runtime } = givenRuntime();
  const registry = new CacheRegistry(runtime);
  registry.register(defineCache<object, unknown>('c', { key, ttl: '1m' }));
  const warnings: string[] = [];
  const names = new ChangeNames(registry, runtime.keys, (message) => warnings.push(message));
  return { warnings, of: (...texts: (string | null)[]) => names.of({ keys: { c: texts }, tags: [] }), names };
}

describe(ChangeNames.name, () => {
  it('names the record as the key schema does, which may fold the case or convert the text', () => {
    expect(given(z.string().toLowerCase()).of('ADA').recordKeys).toEqual(['n:c:c:sada']);
    expect(given(z.coerce.number()).of('7').recordKeys).toEqual(['n:c:c:j7']);
    expect(given(z.boolean()).of('true').recordKeys).toEqual(['n:c:c:jtrue']);
  });

  it('names each record that the text may stand for', () => {
    expect(given(z.union([z.string(), z.number()])).of('7').recordKeys).toEqual(['n:c:c:s7', 'n:c:c:j7']);
    // A number has one text, so this one is no number.
    expect(given(z.union([z.string(), z.number()])).of('07').recordKeys).toEqual(['n:c:c:s07']);
  });

  it('names the whole cache for a key that its schema rejects or cannot parse, and says so once', () => {
    const { of, warnings } = given(z.uuid());
    expect(of('7', '8')).toEqual({ recordKeys: [], tags: ['n:all:c'] });
    of('9');
    expect(warnings).toEqual([expect.stringContaining('The key schema of the cache "c" rejects')]);
    const validate = () => {
      throw new Error('no');
    };
    expect(given({ '~standard': { validate } }).of('7').tags).toEqual(['n:all:c']);
  });

  it('names the whole cache if this process does not register it, and says so once', () => {
    const { names, warnings } = given(z.string());
    const change = { keys: { other: ['1'] }, tags: ['t'] };
    expect(names.of(change)).toEqual({ recordKeys: [], tags: ['n:t:st', 'n:all:other'] });
    names.of(change);
    expect(warnings).toEqual([expect.stringContaining('"other", which no module of this process registers')]);
  });

  it('names the whole cache where the trigger has named no row, and nothing for a row without a key', () => {
    const { names, of } = given(z.string());
    expect(names.of({ keys: { c: null }, tags: [null] })).toEqual({ recordKeys: [], tags: ['n:all:c'] });
    expect(of(null)).toEqual({ recordKeys: [], tags: [] });
  });
});
