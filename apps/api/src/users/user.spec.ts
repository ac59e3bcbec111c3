import { describe, expect, it } from 'vitest';
import { acceptedVersions, entityTag } from './user.js';

describe(acceptedVersions, () => {
  it('is any version without a header and for *', () => {
    expect(acceptedVersions(undefined)).toBeUndefined();
    expect(acceptedVersions(' * ')).toBeUndefined();
  });

  it('is every version whose tag is listed', () => {
    expect(acceptedVersions(`"${entityTag(3)}"`)).toEqual([3]);
    expect(acceptedVersions('"3-1" ,"12-1","a, b"')).toEqual([3, 12]);
  });

  it.each(['', '3-1', 'W/"3-1"', '"3-2"', '"03-1"', '"3-1x"', '"9999999999-1"', '"-3-1"', '"3-01"'])(
    'is none for %s',
    (header) => {
      expect(acceptedVersions(header)).toEqual([]);
    },
  );
});
