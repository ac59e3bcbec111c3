import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSlot, encodeSlot } from './slot.js';

const content = fc.record({
  fillId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((id) => id.toString(16).padStart(16, '0')),
  schemaVersion: fc.nat(),
  hardMs: fc.nat(),
  etag: fc.option(fc.string(), { nil: undefined }),
  tags: fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }),
  json: fc.json(),
});

describe(decodeSlot.name, () => {
  it('reads back what was encoded', () => {
    fc.assert(
      fc.property(content, (slot) => {
        expect(decodeSlot(encodeSlot(slot))).toEqual(slot);
      }),
    );
  });

  it('reads nothing from a slot that was cut short', () => {
    const text = encodeSlot({
      fillId: '0'.repeat(16),
      schemaVersion: 1,
      hardMs: 1,
      etag: 'x',
      tags: [['t', 'v']],
      json: '1',
    });
    for (let length = 0; length < text.length; length += 1) expect(decodeSlot(text.slice(0, length))).toBeUndefined();
  });

  it.each([
    '',
    'L|0000000000000000|',
    'W|500:0000000000000000',
    'V|x|',
    '{"value":1}',
    `V|${'0'.repeat(16)}|1,0,0,9,json,4|nullx`,
  ])('reads nothing from %j', (text) => {
    expect(decodeSlot(text)).toBeUndefined();
  });
});
