import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EntityTags } from './entity-tags.js';

const schema = z.strictObject({ name: z.string() });
const etags = new EntityTags(schema);
const tag = (version: number) => `"${etags.of(version)}"`;

describe('of', () => {
  it('returns the version and the fingerprint of the schema', () => {
    expect(etags.of(3)).toMatch(/^3-[0-9a-f]{8}$/);
    expect(new EntityTags(schema.extend({ phone: z.string().optional() })).of(3)).not.toBe(etags.of(3));
  });

  it('refuses a schema without a fingerprint', () => {
    const validate = (value: unknown) => ({ value });
    expect(() => new EntityTags({ '~standard': { validate } })).toThrow('no form in JSON Schema');
  });
});

describe('accepted', () => {
  it('returns undefined, any version, without a header and for *', () => {
    expect(etags.accepted(undefined)).toBeUndefined();
    expect(etags.accepted(' * ')).toBeUndefined();
  });

  it('returns the version of every listed tag', () => {
    expect(etags.accepted(tag(3))).toEqual([3]);
    expect(etags.accepted(`${tag(3)} ,${tag(12)},"a, b"`)).toEqual([3, 12]);
    expect(etags.accepted(` ,W/"x",,${tag(3)}\t, `)).toEqual([3]);
  });

  it.each([
    '',
    etags.of(3),
    `W/${tag(3)}`,
    '"3-00000000"',
    '"3-"',
    `"0${etags.of(3)}"`,
    `"${etags.of(3)}x"`,
    tag(9_999_999_999),
    tag(-3),
  ])('returns no version for the foreign tag %s', (header) => {
    expect(etags.accepted(header)).toEqual([]);
  });

  // A part of the text may be a valid tag, but the whole is ambiguous.
  it.each([
    `x${tag(3)}`,
    `w/${tag(3)}`,
    `${tag(3)} ${tag(4)}`,
    `${tag(3)}; a`,
    `*, ${tag(3)}`,
    `${tag(3)}, x`,
    `"x,${tag(3)},y"`,
  ])('returns no version for the malformed list %s', (header) => {
    expect(etags.accepted(header)).toEqual([]);
  });

  it('takes time linear in the length of the header', () => {
    for (const part of [`${tag(3)} , ,`, ' ,', tag(3), 'W/']) {
      expect(etags.accepted(`${part.repeat(10_000)}x`)).toEqual([]);
    }
  });
});
