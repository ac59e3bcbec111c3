import { describe, expect, it } from 'vitest';
import type { RecordStore } from '../core/store/store.js';

/** A store under test, the messages it has published, and a way to let time pass. */
export interface StoreUnderTest {
  readonly store: RecordStore;
  /** Returns the messages so far, in order: `intent <record key>` and `done <record key>`. They may take a moment to arrive. */
  published(): Promise<readonly string[]>;
  /** Lets at least `ms` milliseconds pass for the store. */
  pass(ms: number): Promise<void>;
}

const LONG_MS = 60_000;
const SHORT_MS = 30;
const id = (number: number): string => number.toString(16).padStart(16, '0');
const [mine, theirs, third] = [id(1), id(2), id(3)];
const value = (fillId: string): string => `V|${fillId}|0,0,60000,json,2|[]1`;

/**
 * Tests the contract that the caches require of a store. Call it in a spec of your own store.
 *
 * @example
 * describe(MyStore.name, () => storeContract(async () => ({ store: new MyStore(), published, pass })));
 */
export function storeContract(given: () => Promise<StoreUnderTest>): void {
  let records = 0;

  async function givenRecord() {
    const { store, published, pass } = await given();
    records += 1;
    const recordKey = `contract:${records}`;
    const lease = async (token: string, replaces?: string): Promise<boolean> => {
      const { records } = await store.read([recordKey], [], { lease: { token, leaseMs: LONG_MS, replaces } });
      return records[0]?.acquired ?? false;
    };
    const fill = (expected: string, text = value(mine), ttlMs = LONG_MS) =>
      store.fill(recordKey, { expected, text, ttlMs });
    const put = async (text = value(mine), ttlMs = LONG_MS): Promise<void> => {
      await lease(third);
      await fill(`L|${third}|`, text, ttlMs);
    };
    const intent = (token: string, lifeMs = LONG_MS) => store.intent(recordKey, token, lifeMs);
    const doneWithValue = (token: string) =>
      store.doneWithValue(recordKey, token, { text: value(mine), ttlMs: LONG_MS });
    const read = async (): Promise<string | null | undefined> => (await store.read([recordKey], [])).records[0]?.text;
    /** Returns the intents without their remaining lives. */
    const writers = async (): Promise<string | undefined> => (await read())?.replace(/\d+:/g, '');
    return { store, recordKey, published, pass, lease, fill, put, intent, doneWithValue, read, writers };
  }

  describe('reading', () => {
    it('reads records with their lives and tags with their texts, in the requested order', async () => {
      const { store, recordKey, put } = await givenRecord();
      await put();
      const { records: found, tags } = await store.read(
        [`${recordKey}:none`, recordKey],
        [recordKey, `${recordKey}:none`],
      );
      expect(found[0]).toEqual({ text: null, ttlMs: 0 });
      expect(found[1]?.text).toBe(value(mine));
      expect(found[1]?.ttlMs).toBeGreaterThan(LONG_MS - 5_000);
      expect(found[1]?.ttlMs).toBeLessThanOrEqual(LONG_MS);
      expect(tags).toEqual([value(mine), null]);
    });

    it('drops a value when it expires', async () => {
      const { put, pass, read } = await givenRecord();
      await put(value(mine), SHORT_MS);
      await pass(SHORT_MS + 1);
      expect(await read()).toBeNull();
    });
  });

  describe('loading', () => {
    it('leases an absent record to one caller', async () => {
      const { lease, read } = await givenRecord();
      expect(await lease(mine)).toBe(true);
      expect(await lease(theirs)).toBe(false);
      expect(await read()).toBe(`L|${mine}|`);
    });

    it('leases the record of an invalid value, and of no other value', async () => {
      const { lease, put, read } = await givenRecord();
      await put();
      expect(await lease(mine, `V|${theirs}|`)).toBe(false);
      expect(await lease(mine)).toBe(false);
      expect(await lease(theirs, `V|${mine}|`)).toBe(true);
      expect(await read()).toBe(`L|${theirs}|`);
    });

    it('fills only over the lease or value that the load began with', async () => {
      const { lease, fill, read } = await givenRecord();
      expect(await fill(`L|${mine}|`)).toBe(false);
      await lease(mine);
      expect(await fill(`L|${theirs}|`)).toBe(false);
      expect(await fill(`L|${mine}|`)).toBe(true);
      expect(await fill(`V|${mine}|`, value(theirs))).toBe(true);
      expect(await fill(`V|${mine}|`)).toBe(false);
      expect(await read()).toBe(value(theirs));
    });

    it('releases only its own lease', async () => {
      const { store, recordKey, lease, read } = await givenRecord();
      await lease(mine);
      await store.release(recordKey, theirs);
      expect(await read()).toBe(`L|${mine}|`);
      await store.release(recordKey, mine);
      expect(await read()).toBeNull();
      await store.release(recordKey, mine);
    });

    it('replaces a lease by the error of its loader', async () => {
      const { store, recordKey, lease, read } = await givenRecord();
      await lease(mine);
      await store.release(recordKey, mine, { error: 'origin', retryMs: LONG_MS });
      expect(await read()).toBe('E|origin|');
      expect(await lease(theirs)).toBe(false);
    });
  });

  describe('tags', () => {
    it('keeps the first version of a tag, and extends its life', async () => {
      const { store, recordKey, pass, read } = await givenRecord();
      expect(await store.ensureTagVersion(recordKey, `V|${mine}|`, SHORT_MS)).toBe(`V|${mine}|`);
      expect(await store.ensureTagVersion(recordKey, `V|${theirs}|`, LONG_MS)).toBe(`V|${mine}|`);
      expect(await store.ensureTagVersion(recordKey, `V|${theirs}|`, SHORT_MS)).toBe(`V|${mine}|`);
      await pass(SHORT_MS + 1);
      expect(await read()).toBe(`V|${mine}|`);
    });

    it('returns no more than the length of a version from the record of a tag', async () => {
      const { store, recordKey, put } = await givenRecord();
      await put();
      const text = await store.ensureTagVersion(recordKey, `V|${theirs}|`, LONG_MS);
      expect(text).toBe(value(mine).slice(0, `V|${theirs}|`.length + 1));
    });

    it('leaves a tag alone during a write', async () => {
      const { store, recordKey, intent, pass, read } = await givenRecord();
      await intent(mine, SHORT_MS);
      expect(await store.ensureTagVersion(recordKey, `V|${theirs}|`, LONG_MS)).toMatch(/^W\|/);
      await pass(SHORT_MS + 1);
      expect(await read()).toBeNull();
    });
  });

  describe('writing', () => {
    it('stores the value of a write without overlap', async () => {
      const { put, intent, doneWithValue, writers, read } = await givenRecord();
      await put(value(theirs));
      await intent(theirs);
      expect(await writers()).toBe(`W|${theirs}`);
      expect(await doneWithValue(mine)).toBe(false);
      expect(await doneWithValue(theirs)).toBe(true);
      expect(await read()).toBe(value(mine));
    });

    it('returns whether the intent of a write was still set when the write ended', async () => {
      const { store, recordKey, intent, pass } = await givenRecord();
      await intent(mine, SHORT_MS);
      await intent(theirs);
      await pass(SHORT_MS + 1);
      expect(await store.done(recordKey, mine)).toBe(false);
      expect(await store.done(recordKey, theirs)).toBe(true);
      expect(await store.done(recordKey, theirs)).toBe(false);
    });

    it('blocks loads until the end of a write', async () => {
      const { store, recordKey, lease, fill, intent, read } = await givenRecord();
      await lease(mine);
      await intent(theirs);
      expect(await fill(`L|${mine}|`)).toBe(false);
      expect(await lease(third)).toBe(false);
      expect(await read()).toMatch(/^W\|/);
      await store.done(recordKey, theirs);
      expect(await fill(`L|${mine}|`)).toBe(false);
      expect(await read()).toBeNull();
    });

    it('stores no value of two overlapping writes', async () => {
      const { store, recordKey, intent, doneWithValue, writers, read } = await givenRecord();
      await intent(mine);
      await intent(theirs);
      expect(await writers()).toBe(`W|${mine},${theirs},!`);
      expect(await doneWithValue(mine)).toBe(false);
      await store.done(recordKey, mine);
      expect(await writers()).toBe(`W|${theirs},!`);
      expect(await doneWithValue(theirs)).toBe(false);
      await store.done(recordKey, theirs);
      expect(await read()).toBeNull();
    });

    it('stores no value if an invalidation fell into the write', async () => {
      const { store, recordKey, intent, doneWithValue, writers } = await givenRecord();
      await intent(mine);
      await store.invalidate(recordKey);
      await store.invalidate(recordKey);
      expect(await writers()).toBe(`W|${mine},!`);
      expect(await doneWithValue(mine)).toBe(false);
    });

    it('flags the intents of other writes when a write without an intent ends', async () => {
      const { store, recordKey, intent, doneWithValue, writers } = await givenRecord();
      await intent(mine);
      await store.done(recordKey, theirs);
      expect(await writers()).toBe(`W|${mine},!`);
      expect(await doneWithValue(mine)).toBe(false);
    });

    it('empties the record at the end of a write and on an invalidation', async () => {
      const { store, recordKey, put, lease, read } = await givenRecord();
      await put();
      await store.done(recordKey, mine);
      expect(await read()).toBeNull();
      await lease(mine);
      await store.invalidate(recordKey);
      expect(await read()).toBeNull();
    });

    it('drops the intent of a crashed writer, even under steady writes', async () => {
      const { store, recordKey, pass, intent, writers } = await givenRecord();
      await intent(mine, SHORT_MS);
      await intent(theirs);
      await pass(SHORT_MS + 1);
      await intent(third);
      expect(await writers()).toBe(`W|${theirs},${third},!`);
      await store.done(recordKey, third);
      expect(await writers()).toBe(`W|${theirs},!`);
    });

    it('keeps the longer life of two overlapping intents', async () => {
      const { pass, intent, read } = await givenRecord();
      await intent(mine);
      await intent(theirs, SHORT_MS);
      await pass(SHORT_MS + 1);
      expect(await read()).toMatch(new RegExp(`:${mine}`));
    });

    it('publishes each announcement and each change, and nothing else', async () => {
      const { store, recordKey, published, put, intent, doneWithValue } = await givenRecord();
      await put();
      await intent(mine);
      await doneWithValue(theirs);
      await doneWithValue(mine);
      await store.done(recordKey, mine);
      await store.invalidate(recordKey);
      const expected = [`intent ${recordKey}`, `done ${recordKey}`, `done ${recordKey}`, `done ${recordKey}`];
      await expect
        .poll(async () => (await published()).filter((message) => message.endsWith(` ${recordKey}`)))
        .toEqual(expected);
    });
  });
}
