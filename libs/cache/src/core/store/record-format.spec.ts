import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeValue, fillIdOf, sharedTags, versionOf, versionText } from './record-format.js';

const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => bits.toString(16).padStart(16, '0'));
const value = fc.record({
  fillId: id,
  schemaVersion: fc.nat(),
  fingerprint: fc.option(fc.stringMatching(/^[0-9a-f]{8}$/), { nil: undefined }),
  freshUntilMs: fc.nat(),
  swrUntilMs: fc.nat(),
  expiryMs: fc.nat(),
  etag: fc.option(fc.stringMatching(/^[!#-~\xa0-\xff]*$/), { nil: undefined }),
  tags: fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }),
  content: fc.option(
    fc.record({
      codec: fc.constantFrom('json', 'msgpack'),
      payload: fc.string(),
      types: fc.array(fc.json().map((text): unknown => JSON.parse(JSON.stringify(JSON.parse(text))))),
    }),
    { nil: undefined },
  ),
});

describe(decodeRecord.name, () => {
  it('decodes the value that it encoded', () => {
    fc.assert(
      fc.property(value, (stored) => {
        const text = encodeValue(stored);
        expect(decodeRecord(text)).toEqual({ kind: 'value', value: stored });
        expect(fillIdOf(text)).toBe(stored.fillId);
      }),
    );
  });

  it('decodes in text form a payload of characters beyond ASCII', () => {
    fc.assert(
      fc.property(value, (stored) => {
        const text = { ...stored, content: { codec: 'json', payload: '"ü–𝄞"' } };
        expect(decodeRecord(encodeValue(text), 'text')).toEqual({ kind: 'value', value: text });
      }),
    );
  });

  it('decodes in binary form both binary payloads and text', () => {
    fc.assert(
      fc.property(value, fc.uint8Array(), (stored, bytes) => {
        const binary = { ...stored, content: { codec: 'msgpack', payload: Buffer.from(bytes).toString('latin1') } };
        expect(decodeRecord(encodeValue(binary), 'binary')).toEqual({ kind: 'value', value: binary });
        const onTheWire = Buffer.from(encodeValue({ ...stored, content: { codec: 'json', payload: '"ü–𝄞"' } }));
        expect(decodeRecord(onTheWire.toString('latin1'), 'binary')).toMatchObject({
          value: { tags: stored.tags, content: { payload: '"ü–𝄞"' } },
        });
      }),
    );
  });

  it('decodes the code of a failed load', () => {
    expect(decodeRecord('E|origin|')).toEqual({ kind: 'failed', code: 'origin' });
  });

  it('decodes no value from a truncated record', () => {
    const times = { freshUntilMs: 0, swrUntilMs: 0, expiryMs: 1 };
    const text = encodeValue({
      fillId: '0'.repeat(16),
      schemaVersion: 1,
      fingerprint: undefined,
      ...times,
      etag: 'x',
      tags: [['t', 'v']],
      content: { codec: 'json', payload: '1' },
    });
    for (let length = 1; length < text.length; length += 1) {
      expect(decodeRecord(text.slice(0, length)).kind).toBe('unreadable');
    }
  });

  it.each([
    ['L|0000000000000000|', 'loading'],
    ['W|500:0000000000000000,!', 'writing'],
    ['E|origin|', 'failed'],
    ['E|origin', 'unreadable'],
    ['origin|', 'unreadable'],
    ['', 'unreadable'],
    ['V|x|', 'unreadable'],
    ['{"value":1}', 'unreadable'],
    [`V|${'0'.repeat(16)}|1,0,0,9,json,4,0,1,0|nullx`, 'unreadable'],
    [`V|${'0'.repeat(16)}|1,0,0,9,json,2,0,1,0|[]`, 'unreadable'],
  ])('decodes %j as %s', (text, kind) => {
    expect(decodeRecord(text).kind).toBe(kind);
  });
});

describe('the checksum of a record', () => {
  const textOf = (payload: string, tag = 'v'): string =>
    encodeValue({
      fillId: '0'.repeat(16),
      schemaVersion: 1,
      fingerprint: undefined,
      freshUntilMs: 0,
      swrUntilMs: 0,
      expiryMs: 9,
      etag: 'x',
      tags: [['t', tag]],
      content: { codec: 'json', payload },
    });

  it.each(['{"name":"Ada","n":10}', '{"name":"Zoë"}', '{"name":"Łódź – 𝄞"}'])(
    'shows that a character of the record was changed: %s',
    (payload) => {
      const text = textOf(payload);
      for (let index = 0; index < text.length; index += 1) {
        const changed = String.fromCharCode(text.charCodeAt(index) ^ 1);
        expect(decodeRecord(text.slice(0, index) + changed + text.slice(index + 1)).kind).not.toBe('value');
      }
    },
  );

  it('shows that a record has parts of two records of the same length', () => {
    const [one, other] = [textOf('[1,2,3]', 'v1'), textOf('[4,5,6]', 'v2')];
    for (const payloadAt of [one.indexOf('[1'), one.indexOf('[[')]) {
      const spliced = one.slice(0, payloadAt) + other.slice(payloadAt);
      expect([spliced.length, decodeRecord(spliced).kind]).toEqual([one.length, 'unreadable']);
    }
  });

  it('is missing in the records of earlier releases: neither release reads the other, and both can replace it', () => {
    const earlier = `V|${'0'.repeat(16)}|1,0,0,9,json,11,1|{"tags":[]}1`;
    const earlierHeader = /^V\|([0-9a-f]{16})\|(\d+),(\d+),(\d+),(\d+),([a-z]{1,16}),(\d+),(\d+)\|/;
    expect([decodeRecord(earlier).kind, fillIdOf(earlier)]).toEqual(['unreadable', '0'.repeat(16)]);
    expect(earlierHeader.test(earlier)).toBe(true);
    expect(earlierHeader.test(textOf('1'))).toBe(false);
  });
});

describe('the metadata of a record', () => {
  const kindWith = (tags: string, extra = ''): string => {
    const header = `V|${'0'.repeat(16)}|1,0,0,9,json,${tags.length},${extra.length},1`;
    return decodeRecord(`${header},${crc32('1', crc32(header + tags + extra)).toString(16)}|${tags}${extra}1`).kind;
  };

  it.each([
    ['[]', ''],
    ['[["t","v"]]', '{"etag":"x"}'],
  ])('is readable: %s %s', (tags, extra) => {
    // Twice, because the lists of tags are memoised by their texts.
    expect([kindWith(tags, extra), kindWith(tags, extra)]).toEqual(['value', 'value']);
  });

  it.each([
    ['', ''],
    ['null', ''],
    ['1', ''],
    ['{}', ''],
    ['[["t"]]', ''],
    ['[["t","v","x"]]', ''],
    ['[["t",1]]', ''],
    ['["tv"]', ''],
    ['[]', 'null'],
    ['[]', '{'],
    ['[]', '{"etag":"a b"}'],
    ['[]', '{"etag":1}'],
  ])('is unreadable: %s %s', (tags, extra) => {
    expect([kindWith(tags, extra), kindWith(tags, extra)]).toEqual(['unreadable', 'unreadable']);
  });
});

describe(sharedTags, () => {
  it('returns one list for the tags of a load and for those of the entries that are found in the store', () => {
    const tagsOf = (version: string): [string, string][] => [['tag', version]];
    const loaded = sharedTags(tagsOf('1'));
    expect(sharedTags(tagsOf('1'))).toBe(loaded);
    expect(sharedTags(tagsOf('2'))).not.toBe(loaded);
    const header = { fillId: '0'.repeat(16), schemaVersion: 1, fingerprint: undefined, etag: undefined };
    const times = { freshUntilMs: 0, swrUntilMs: 0, expiryMs: 1 };
    const text = encodeValue({ ...header, ...times, tags: tagsOf('1'), content: undefined });
    const found = decodeRecord(text);
    expect(found.kind === 'value' && found.value.tags).toBe(loaded);
  });
});

describe(fillIdOf.name, () => {
  it('returns the id at the start of a value, even of an unreadable one, and of no other record', () => {
    expect(fillIdOf('V|00000000000000ab|what is this?')).toBe('00000000000000ab');
    for (const text of ['L|00000000000000ab|', 'E|V|00000000000000ab||', 'V|ab|']) {
      expect(fillIdOf(text)).toBeUndefined();
    }
  });
});

describe(versionOf.name, () => {
  it('decodes the version of a tag, and none during a write', () => {
    expect(versionOf(versionText('00000000000000ab'))).toBe('00000000000000ab');
    expect(versionOf('W|5:00000000000000ab')).toBeUndefined();
    expect(versionOf(null)).toBeUndefined();
  });

  it('decodes no version from a record that holds more or less than a version', () => {
    for (const text of ['V|00000000000000ab|1', 'L|V|00000000000000ab|', 'V|ab|']) {
      expect(versionOf(text)).toBeUndefined();
    }
  });
});
