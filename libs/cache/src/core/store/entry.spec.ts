import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonCodec } from '../codec/json-codec.js';
import { weakEtag } from '../policy/etag.js';
import { ExpiringLru } from '../../memory/expiring-lru.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { ABSENT, Entry, L1Entry } from './entry.js';
import { RedisKeys } from './redis-keys.js';

const packed = { ...jsonCodec, name: 'packed' };

describe(Entry.name, () => {
  it('has the JSON text that JSON stored, and none from another codec', () => {
    const stored = { payload: '{"n":1}' };
    expect(new Entry(stored, undefined).json).toBe('{"n":1}');
    expect(new Entry(stored, undefined, packed).json).toBeUndefined();
  });

  it('has the strong tag of its policy, or else a weak one of its JSON text', () => {
    const stored = { payload: '{"n":1}' };
    expect(new Entry(stored, 'v1').etag).toBe('"v1"');
    expect(new Entry(stored, undefined).etag).toBe(weakEtag('{"n":1}'));
  });

  it('has no entity tag without a JSON text', () => {
    expect(new Entry({ payload: '{"n":1}' }, 'v1', packed).etag).toBeUndefined();
    expect(ABSENT.etag).toBeUndefined();
  });

  it.each([
    ['a value', new Entry({ payload: '{"n":1}' }, 'v1'), { value: { n: 1 }, json: '{"n":1}', etag: '"v1"' }],
    ['a value of another codec', new Entry({ payload: '{"n":1}' }, 'v1', packed), { value: { n: 1 } }],
    ['an absent value', ABSENT, { value: undefined }],
    ['a text that is no JSON', new Entry({ payload: '{' }, 'v1'), { value: undefined, json: '{', etag: '"v1"' }],
  ])('console.log prints %s as a plain object', (_, entry, plain) => {
    expect(inspect({ answer: entry })).toBe(inspect({ answer: plain }));
  });

  it('console.log does not decide what stays in memory', () => {
    const printed = new Entry(jsonCodec.encode({ n: 1 }), undefined);
    printed.decode();
    const bytes = printed.bytes;
    inspect(printed);
    expect(printed.bytes).toBe(bytes);
  });

  it('shares a value that it froze, and decodes a value with a date for each reader', () => {
    const frozen = new Entry<{ list: readonly unknown[] }>({ payload: '{"list":[{}]}' }, undefined);
    expect(frozen.value).toBe(frozen.value);
    expect(Object.isFrozen(frozen.value?.list[0])).toBe(true);
    const dated = new Entry(jsonCodec.encode({ at: new Date(1), list: [] }), undefined);
    expect(dated.value).not.toBe(dated.value);
    expect(dated.value).toEqual({ at: new Date(1), list: [] });
  });

  describe('in memory', () => {
    const text = '{"id":"1","tags":["a","b"]}';
    /** Creates an entry with its text and its value, as a load does, and counts what it reports. */
    function given(value: unknown = JSON.parse(text), codec = jsonCodec) {
      const entry = new Entry(codec.encode(value), undefined, codec);
      const alone = entry.bytes;
      entry.decode();
      let counted = entry.bytes;
      entry.holder = { resized: (bytes) => (counted += bytes) };
      return { entry, counted: () => counted, textAlone: alone, valueBytes: entry.bytes - alone };
    }

    it('keeps its value alone if the value is read first, and makes the text again for a response', () => {
      const { entry, counted, textAlone, valueBytes } = given();
      const { value } = entry;
      expect([entry.stored, entry.readable]).toEqual([undefined, true]);
      expect([entry.bytes, counted()]).toEqual([textAlone - 16 - text.length + valueBytes, counted()]);
      expect([entry.etag, entry.json, entry.value === value]).toEqual([weakEtag(text), text, true]);
      expect([entry.bytes, counted()]).toEqual([textAlone + valueBytes, textAlone + valueBytes]);
    });

    it('keeps its text alone if a response is sent first, and decodes the value again for a reader', () => {
      const { entry, counted, textAlone, valueBytes } = given();
      expect(entry.json).toBe(text);
      expect([entry.bytes, counted(), entry.readable]).toEqual([textAlone, textAlone, true]);
      const { value } = entry;
      expect(value).toEqual(JSON.parse(text));
      expect([entry.value === value, entry.json]).toEqual([true, text]);
      expect([entry.bytes, counted()]).toEqual([textAlone + valueBytes, textAlone + valueBytes]);
    });

    it('keeps a decoded value beside the text of a response that has a date', () => {
      const entry = new Entry({ payload: text }, undefined, jsonCodec, true);
      const value = entry.decode();
      expect([entry.json, entry.value === value, entry.json]).toEqual([text, true, text]);
    });

    it('keeps the text of a value that JSON alone does not describe', () => {
      const { entry, counted } = given({ a: Number.NaN });
      expect(entry.value).toEqual({ a: Number.NaN });
      expect([entry.stored?.payload, entry.bytes]).toEqual(['{"a":null}', counted()]);
    });

    it('keeps no payload of another codec beside the value', () => {
      const { entry } = given({ a: 1 }, packed);
      expect([entry.value, entry.stored, entry.json]).toEqual([{ a: 1 }, undefined, undefined]);
    });

    it('sends the same text again, whatever value was read', () => {
      // Characters of any width, and halves of pairs. The unit of fast-check with all of them takes seconds to make.
      const unit = fc.nat({ max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code));
      const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', '0'));
      const { value } = fc.letrec((tie) => ({
        value: fc.oneof(
          { maxDepth: 3 },
          fc.jsonValue({ maxDepth: 2 }),
          fc.string({ unit }),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          // Longer ones nest no deeper, and take seconds.
          fc.array(tie('value'), { maxLength: 4 }),
          fc.dictionary(key, tie('value'), { maxKeys: 4 }),
        ),
      }));
      fc.assert(
        fc.property(value, (loaded) => {
          const stored = jsonCodec.encode(loaded);
          const entry = new Entry(stored, undefined);
          void entry.value;
          expect(entry.json).toBe(stored.payload);
        }),
      );
    });
  });

  it('is readable if its stored form can be decoded', () => {
    expect(new Entry({ payload: '1' }, undefined).readable).toBe(true);
    expect(new Entry({ payload: '{' }, undefined).readable).toBe(false);
    expect(ABSENT.readable).toBe(true);
  });
});

describe(L1Entry.name, () => {
  const life = { loadedAt: 0.9, freshUntil: 5.9, expiresAt: 9.9, tags: [] };

  function given(entry: Entry<unknown>) {
    const local = new ExpiringLru<L1Entry>(new ManualClock(), { maxBytes: 10_000, maxEntries: 10 });
    const held = new L1Entry(new RedisKeys('n').record('c', 'k'), entry, life, local);
    local.hold(held);
    entry.holder = held;
    return { local, held };
  }

  it('keeps times in whole milliseconds, so that no entry is served for longer than it may be', () => {
    const { local, held } = given(new Entry({ payload: '1' }, undefined));
    expect(held).toMatchObject({ loadedAt: 0, freshUntil: 5, expiresAt: 9 });
    expect([local.get(held.name, 8), local.get(held.name, 9)]).toEqual([held, undefined]);
  });

  it('counts an entry as large as its readers have made it', () => {
    const entry = new Entry({ payload: '{"a":1}' }, undefined);
    const { local, held } = given(entry);
    const { bytes } = local.usage('c');
    void entry.json;
    void entry.value;
    expect(local.usage('c')).toEqual({ entries: 1, bytes: bytes + 24 + 8 });
    local.delete(held.name);
    expect(local.usage('c')).toEqual({ entries: 0, bytes: 0 });
  });
});
