import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { faultsOf, pointer } from './validation-faults.js';

describe(pointer, () => {
  it('escapes keys as in RFC 6901 §3 and §6', () => {
    expect(pointer([])).toBe('#');
    expect(pointer(['a/b', 'm~n', 0, 'c%d', 'i j'])).toBe('#/a~1b/m~0n/0/c%25d/i%20j');
  });

  it('shortens long keys', () => {
    expect(pointer(['a'.repeat(200)])).toBe(`#/${'a'.repeat(200)}`);
    expect(pointer(['\u{1f426}'.repeat(10_000), 'b'])).toBe(`#/${'%F0%9F%90%A6'.repeat(100)}%E2%80%A6/b`);
  });

  it('accepts a key with a lone surrogate', () => {
    expect(pointer(['\ud800'])).toBe('#/%EF%BF%BD');
  });
});

describe(faultsOf, () => {
  const schema = z.strictObject({ list: z.array(z.strictObject({ n: z.number() })), must: z.string() });

  it('returns a pointer to each fault at any depth', () => {
    const value = { list: [{ n: 1 }, { n: 'x', m: 1 }] };
    const issues = schema.safeParse(value).error?.issues ?? [];
    expect(faultsOf(issues, { value, name: undefined }).map((fault) => [fault.pointer, fault.code])).toEqual([
      ['#/list/1/n', 'invalid-type'],
      ['#/list/1/m', 'unknown-field'],
      ['#/must', 'required'],
    ]);
  });

  it('does not report an item of a split text as missing', () => {
    const ids = z.object({
      ids: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(z.uuid('Must be a UUID.'))),
    });
    const value = { ids: 'abc' };
    const issues = ids.safeParse(value).error?.issues ?? [];
    expect(faultsOf(issues, { value, name: undefined })).toEqual([
      { pointer: '#/ids/0', detail: 'Must be a UUID.', code: 'invalid-format' },
    ]);
  });

  it('lists at most 100 faults and creates no others', () => {
    let made = 0;
    const key = { toString: () => `key-${(made += 1)}` };
    const unknown = (count: number) => ({
      message: 'Unknown.',
      code: 'unrecognized_keys',
      keys: Array.from({ length: count }, () => key),
    });
    const plain = { message: 'Wrong.', code: 'custom', path: [] };
    const judged = { value: {}, name: undefined };
    expect(faultsOf([plain, unknown(99)], judged)).toHaveLength(100);
    made = 0;
    const faults = faultsOf([plain, unknown(60), unknown(100_000), plain], judged);
    expect(made).toBe(99);
    expect(faults).toHaveLength(101);
    expect(faults.slice(59)).toMatchObject([
      ...Array.from({ length: 41 }, (_, index) => ({ pointer: `#/key-${index + 59}`, code: 'unknown-field' })),
      { pointer: '#', detail: '99962 more faults are not listed.', code: 'more' },
    ]);
  });

  it('begins the pointer with the name of a single parameter', () => {
    const issues = z.uuid().safeParse('x').error?.issues ?? [];
    expect(faultsOf(issues, { value: 'x', name: 'id' })).toMatchObject([{ pointer: '#/id' }]);
  });
});
