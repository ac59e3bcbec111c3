import { gunzipSync, gzipSync } from 'node:zlib';
import { Keyv, type KeyvOptions } from 'keyv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { at, CleanUp, entriesOf, givenManager, givenRedis, sure } from './given-manager.js';

type MakeKeyv = (options?: Omit<KeyvOptions, 'store'>) => Keyv;

/** Each returns a Keyv of an empty namespace. Plain Keyv is the oracle: each fact has to hold there too. */
const kinds: Record<string, (cleanUp: CleanUp) => Promise<MakeKeyv>> = {
  'our Keyv over Redis': async (cleanUp) => ourKeyv(cleanUp, true),
  'our Keyv in the process': async (cleanUp) => ourKeyv(cleanUp, false),
  'new Keyv() over our store': async (cleanUp) => {
    const { keyvs } = await givenManager(cleanUp, at(await givenRedis(cleanUp), 5_000));
    return (options = {}) => new Keyv({ namespace: nextNamespace(), ...options, store: keyvs.store() });
  },
  'plain Keyv': async () => (options) => new Keyv(options),
};

let namespaces = 0;
const nextNamespace = (): string => `n${(namespaces += 1)}`;

async function ourKeyv(cleanUp: CleanUp, withRedis: boolean): Promise<MakeKeyv> {
  const { keyvs } = await givenManager(cleanUp, withRedis ? at(await givenRedis(cleanUp), 5_000) : null);
  return (options = {}) => keyvs.create({ namespace: nextNamespace(), ...options });
}

const gone = async (keyv: Keyv, key: string): Promise<void> =>
  eventually(async () => expect(await keyv.get(key)).toBeUndefined());

describe.each(Object.keys(kinds))('%s', (kind) => {
  const cleanUp = new CleanUp();
  let keyv: MakeKeyv;
  beforeAll(async () => {
    keyv = await sure(kinds[kind])(cleanUp);
  });
  afterAll(() => cleanUp.run());

  describe('values', () => {
    it.each([
      ['null', null],
      ['zero', 0],
      ['an empty text', ''],
      ['false', false],
      ['a text with quotes', `'"\\"'`],
      ['a text that begins with a colon', ':base64:?'],
      ['a fraction', -1.5],
      ['an object', { a: [1, { b: null }], c: 'ü – 🐦' }],
      ['an empty list', []],
      ['bytes', Buffer.from([0, 255, 13, 10])],
      ['an object of bytes', { bytes: Buffer.from('nuts') }],
    ])('Keyv returns %s unchanged', async (_, value) => {
      const store = keyv();
      expect(await store.set('key', value)).toBe(true);
      expect(await store.get('key')).toEqual(value);
      expect(await store.getMany(['key'])).toEqual([value]);
      expect(await store.has('key')).toBe(true);
    });

    it('Keyv stores undefined, and reads it as undefined', async () => {
      const store = keyv();
      expect(await store.set('key', undefined)).toBe(true);
      expect([await store.get('key'), await store.has('key')]).toEqual([undefined, true]);
    });

    it('Keyv returns a date as its text, and rejects a symbol', async () => {
      const store = keyv();
      await store.set('date', new Date(0));
      expect(await store.get('date')).toBe('1970-01-01T00:00:00.000Z');
      await expect(store.set('symbol', Symbol('s'))).rejects.toThrow('symbol cannot be serialized');
    });

    it("a reader that changes an object changes no other reader's object", async () => {
      const store = keyv();
      await store.set('key', { list: [1] });
      const mine = await store.get<{ list: number[] }>('key');
      mine?.list.push(2);
      expect(await store.get('key')).toEqual({ list: [1] });
    });

    it('Keyv uses its own serializer and compression', async () => {
      const base64 = keyv({
        serialize: (data) => Buffer.from(JSON.stringify(data)).toString('base64'),
        deserialize: (text) => JSON.parse(Buffer.from(text, 'base64').toString()),
      });
      await base64.set('key', { a: 1 });
      expect(await base64.get('key')).toEqual({ a: 1 });
      const compressed = keyv({
        compression: {
          compress: async (value: string) => gzipSync(value).toString('base64'),
          decompress: async (value: string) => gunzipSync(Buffer.from(value, 'base64')).toString(),
        },
      });
      await compressed.set('key', 'a'.repeat(1_000));
      expect(await compressed.get('key')).toBe('a'.repeat(1_000));
    });
  });

  describe('keys', () => {
    it.each(["'", 'a b\n', '*?[a-z]\\', 'ns:with:colons', '{tag}', '__proto__', '/users?page=2&q=ä', 'k'.repeat(500)])(
      'a key may be %j',
      async (key) => {
        const store = keyv();
        await store.set(key, 'here');
        expect(await store.getMany([key, `${key}!`])).toEqual(['here', undefined]);
        expect(await entriesOf(store)).toEqual(new Map([[key, 'here']]));
        expect(await store.delete(key)).toBe(true);
        expect(await store.has(key)).toBe(false);
      },
    );
  });

  describe('time', () => {
    it('an entry expires after its TTL in milliseconds, for every verb', async () => {
      const store = keyv();
      await store.set('short', 1, 500);
      await store.set('long', 2, 60_000);
      expect(await store.getMany(['short', 'long'])).toEqual([1, 2]);
      await gone(store, 'short');
      expect([await store.has('short'), await store.has('long')]).toEqual([false, true]);
      expect(await store.getMany(['short', 'long'])).toEqual([undefined, 2]);
      expect(await entriesOf(store)).toEqual(new Map([['long', 2]]));
      expect(await store.delete('short')).toBe(false);
    });

    it('a raw read returns the time at which the entry expires', async () => {
      const store = keyv();
      const before = Date.now();
      await store.set('key', 1, 60_000);
      const raw = await store.get('key', { raw: true });
      expect(raw?.value).toBe(1);
      expect(raw?.expires).toBeGreaterThanOrEqual(before + 60_000);
      expect(raw?.expires).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    it.each([0, undefined, null])(
      'an entry with a TTL of %j has no expiry, and a missing entry reads undefined (nestjs/nest#7581, #7452)',
      async (ttl) => {
        const store = keyv();
        // JavaScript callers may pass null.
        await store.set('key', 1, ttl as number | undefined);
        expect(await store.get('key', { raw: true })).toEqual({ value: 1 });
        expect(await store.get('absent')).toBeUndefined();
      },
    );

    it('the TTL of a Keyv applies to entries without a TTL, and not to a TTL of 0', async () => {
      const store = keyv({ ttl: 40 });
      await store.set('key', 1);
      await store.set('for ever', 2, 0);
      await gone(store, 'key');
      expect(await store.get('for ever')).toBe(2);
    });

    it('a set with a negative TTL removes the entry', async () => {
      const store = keyv();
      await store.set('key', 1);
      await store.set('key', 2, -1_000);
      expect(await store.get('key')).toBeUndefined();
    });

    it('a TTL may have a fraction of a millisecond', async () => {
      const store = keyv();
      await store.set('key', 1, 60_000.5);
      expect(await store.get('key')).toBe(1);
    });

    it('a set replaces the TTL of the entry', async () => {
      const store = keyv();
      await store.set('key', 1, 40);
      await store.set('key', 2);
      await store.set('other', 1, 40);
      await gone(store, 'other');
      expect(await store.get('key')).toBe(2);
    });
  });

  describe('many keys', () => {
    it('getMany returns values in the order of the keys, with missing and repeated ones', async () => {
      const store = keyv();
      await store.set('a', 1);
      await store.set('b', null);
      expect(await store.getMany(['b', 'none', 'a', 'b'])).toEqual([null, undefined, 1, null]);
      expect(await store.get(['a', 'none'])).toEqual([1, undefined]);
      expect(await store.getMany([])).toEqual([]);
      expect(await store.hasMany(['a', 'none', 'b'])).toEqual([true, false, true]);
      expect(await store.getManyRaw(['a', 'none'])).toEqual([{ value: 1 }, undefined]);
    });

    it('setMany applies the TTL of each entry, and the last of two values of one key', async () => {
      const store = keyv();
      const entries = [
        { key: 'a', value: 1 },
        { key: 'b', value: 2, ttl: 40 },
        { key: 'a', value: 3 },
      ];
      expect(await store.setMany(entries)).toEqual([true, true, true]);
      expect(await store.get('a')).toBe(3);
      await gone(store, 'b');
      expect(await store.setMany([])).toEqual([]);
    });

    it('deleteMany returns whether all keys had an entry', async () => {
      const store = keyv();
      for (const key of ['a', 'b', 'c']) await store.set(key, key);
      expect(await store.deleteMany(['a', 'b'])).toBe(true);
      expect(await store.delete(['b', 'c'])).toBe(false);
      expect(await store.getMany(['a', 'b', 'c'])).toEqual([undefined, undefined, undefined]);
      expect(await store.deleteMany(['none'])).toBe(false);
    });

    it('setMany, getMany and deleteMany take 2,500 keys', async () => {
      const store = keyv();
      const keys = Array.from({ length: 2_500 }, (_, index) => `${index}`);
      const answers = await store.setMany(keys.map((key) => ({ key, value: key })));
      expect(answers.every(Boolean)).toBe(true);
      expect(await store.getMany(keys)).toEqual(keys);
      expect((await entriesOf(store)).size).toBe(keys.length);
      expect(await store.deleteMany(keys)).toBe(true);
      expect((await entriesOf(store)).size).toBe(0);
    });
  });

  describe('removal', () => {
    it('delete returns whether there was an entry', async () => {
      const store = keyv();
      await store.set('key', null);
      expect([await store.delete('key'), await store.delete('key')]).toEqual([true, false]);
      expect(await store.get('key')).toBeUndefined();
    });

    it('clear removes all entries, returns nothing, and later sets work', async () => {
      const store = keyv();
      await store.set('a', 1);
      await store.set('b', 2);
      expect(await store.clear()).toBeUndefined();
      expect(await store.getMany(['a', 'b'])).toEqual([undefined, undefined]);
      expect(await store.hasMany(['a', 'b'])).toEqual([false, false]);
      expect(await entriesOf(store)).toEqual(new Map());
      await store.set('a', 3);
      expect(await entriesOf(store)).toEqual(new Map([['a', 3]]));
    });
  });

  describe('at the same time', () => {
    it('the last of 50 concurrent sets of one key wins', async () => {
      const store = keyv();
      const values = Array.from({ length: 50 }, (_, index) => index);
      expect(await Promise.all(values.map((value) => store.set('key', value)))).toEqual(values.map(() => true));
      expect(await store.get('key')).toBe(49);
    });

    it('a set that begins during a removal wins', async () => {
      const store = keyv();
      await store.set('key', 1);
      await Promise.all([store.delete('key'), store.set('key', 2)]);
      expect(await store.get('key')).toBe(2);
    });
  });

  it('a disconnected Keyv still returns its entries', async () => {
    const store = keyv();
    await store.set('key', 1);
    await store.disconnect();
    expect(await store.get('key')).toBe(1);
  });
});
