import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { Cache } from '../core/cache.js';
import { defineCache } from '../core/policy/define-cache.js';
import { Entry } from '../core/store/entry.js';
import { givenFleet } from '../testing/fleet.js';
import { messagePack } from './message-pack.js';

const text = fc.string({ unit: 'binary' }).filter((each) => each.isWellFormed());
const key = text.filter((each) => each !== '__proto__');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.boolean(),
    fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY),
    fc.double().map((each) => each + 0),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
}));

describe('messagePack', () => {
  it('decodes the value that it encoded, regardless of earlier payloads', () => {
    fc.assert(
      fc.property(value, (given) => {
        const read = messagePack.decode(messagePack.encode(given));
        expect(read).toSatisfy((each: unknown) => isDeepStrictEqual(each, given));
      }),
      { numRuns: 1_000 },
    );
  });

  it('encodes self-contained payloads, which another process can decode', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (given) => {
        const last = given.map((each) => messagePack.encode(each)).at(-1);
        const elsewhere = new Packr({ useRecords: true, moreTypes: true, useBigIntExtension: true });
        const read: unknown = elsewhere.unpack(Buffer.from(last?.payload ?? '', 'latin1'));
        expect(read).toSatisfy((each: unknown) => isDeepStrictEqual(each, given.at(-1)));
      }),
    );
  });

  it('rejects a truncated payload', () => {
    const { payload } = messagePack.encode({ name: 'Ada', at: new Date(5), tags: ['a', 'b'] });
    for (let length = 0; length < payload.length; length += 1) {
      const cut = new Entry({ payload: payload.slice(0, length) }, undefined, messagePack);
      expect(cut.readable).toBe(false);
    }
  });

  it('encodes a list of similar objects smaller than JSON', () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ id, active: true, score: id * 10 }));
    expect(messagePack.encode(rows).payload.length).toBeLessThan(JSON.stringify(rows).length / 2);
  });

  it('still decodes values that its cache stored in JSON', async () => {
    const { instance, definition } = givenFleet<unknown>();
    const [before, { runtime }] = [instance(), instance()];
    const after = new Cache(defineCache<unknown>('test', { ...definition, codec: messagePack }), runtime);
    await before.cache.set('k', { name: 'Ada' });
    expect(await after.get('k')).toEqual({ name: 'Ada' });
  });
});
