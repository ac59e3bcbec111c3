import { describe, expect, it } from 'vitest';
import { EntityTags } from './entity-tags.js';

const etags = new EntityTags(1);

describe('the versions that If-Match accepts', () => {
  it('are any without a header and for *', () => {
    expect(etags.accepted(undefined)).toBeUndefined();
    expect(etags.accepted(' * ')).toBeUndefined();
  });

  it('are every one whose tag is listed', () => {
    expect(etags.accepted(`"${etags.of(3)}"`)).toEqual([3]);
    expect(etags.accepted('"3-1" ,"12-1","a, b"')).toEqual([3, 12]);
    expect(etags.accepted(' ,W/"x",,"3-1"\t, ')).toEqual([3]);
  });

  it.each(['', '3-1', 'W/"3-1"', '"3-2"', '"03-1"', '"3-1x"', '"9999999999-1"', '"-3-1"', '"3-01"'])(
    'are none for %s',
    (header) => {
      expect(etags.accepted(header)).toEqual([]);
    },
  );

  // A part of it may well be a tag, but nobody knows what was meant.
  it.each(['x"3-1"', 'w/"3-1"', '"3-1" "4-1"', '"3-1"; a', '*, "3-1"', '"3-1", x', '"x,"3-1",y"'])(
    'are none for what is no list of tags: %s',
    (header) => {
      expect(etags.accepted(header)).toEqual([]);
    },
  );

  it('are found in a time that grows with the length of the header', () => {
    for (const part of ['"3-1" , ,', ' ,', '"3-1"', 'W/']) {
      expect(etags.accepted(`${part.repeat(10_000)}x`)).toEqual([]);
    }
  });
});
