import { describe, expect, it } from 'vitest';
import { uuidV7 } from './uuid-v7.js';

describe(uuidV7, () => {
  it('returns the example of RFC 9562, appendix A.6', () => {
    const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
    expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('sorts by time and never repeats an id', () => {
    const ids = Array.from({ length: 1_000 }, (_, time) => uuidV7(time * 1_000_000_000));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(Array.from({ length: 1_000 }, () => uuidV7(0))).size).toBe(1_000);
  });
});
