import { describe, expect, it } from 'vitest';
import { EntityTags } from './entity-tags.js';

const etags = new EntityTags(1);

describe('accepted', () => {
  it('returns undefined, any version, without a header and for *', () => {
    expect(etags.accepted(undefined)).toBeUndefined();
    expect(etags.accepted(' * ')).toBeUndefined();
  });

  it('returns the version of every listed tag', () => {
    expect(etags.accepted(`"${etags.of(3)}"`)).toEqual([3]);
    expect(etags.accepted('"3-1" ,"12-1","a, b"')).toEqual([3, 12]);
    expect(etags.accepted(' ,W/"x",,"3-1"\t, ')).toEqual([3]);
  });

  it.each(['', '3-1', 'W/"3-1"', '"3-2"', '"03-1"', '"3-1x"', '"9999999999-1"', '"-3-1"', '"3-01"'])(
    'returns no version for the foreign tag %s',
    (header) => {
      expect(etags.accepted(header)).toEqual([]);
    },
  );

  // A part of the text may be a valid tag, but the whole is ambiguous.
  it.each(['x"3-1"', 'w/"3-1"', '"3-1" "4-1"', '"3-1"; a', '*, "3-1"', '"3-1", x', '"x,"3-1",y"'])(
    'returns no version for the malformed list %s',
    (header) => {
      expect(etags.accepted(header)).toEqual([]);
    },
  );

  it('takes time linear in the length of the header', () => {
    for (const part of ['"3-1" , ,', ' ,', '"3-1"', 'W/']) {
      expect(etags.accepted(`${part.repeat(10_000)}x`)).toEqual([]);
    }
  });
});
