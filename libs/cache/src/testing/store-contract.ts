import { describe, expect, it } from 'vitest';
import type { SlotStore } from '../core/store/store.js';

/** What the contract needs of a store: a fresh one, what it published, and time that passes. */
export interface StoreUnderTest {
  readonly store: SlotStore;
  /** What was told to everyone so far, in order: `intent <slot>` and `done <slot>`. It may take a moment to arrive. */
  published(): Promise<readonly string[]>;
  /** Lets at least `ms` milliseconds pass for the store. */
  pass(ms: number): Promise<void>;
}

const LONG_MS = 60_000;
const SHORT_MS = 30;
const id = (number: number): string => number.toString(16).padStart(16, '0');
const [mine, theirs, third] = [id(1), id(2), id(3)];
const value = (fillId: string): string => `V|${fillId}|0,0,60000,json,11|{"tags":[]}1`;

/**
 * What the caches rely on in a store, whatever it is made of. Call it in a spec of your own store.
 *
 * @example
 * describe(MyStore.name, () => storeContract(async () => ({ store: new MyStore(), published, pass })));
 */
export function storeContract(given: () => Promise<StoreUnderTest>): void {
  let slots = 0;

  async function givenSlot() {
    const { store, published, pass } = await given();
    slots += 1;
    const slot = `contract:${slots}`;
    const lease = (token: string, invalidFillId?: string) =>
      store.acquire(slot, { token, leaseMs: LONG_MS, invalidFillId });
    const fill = (expected: string, text = value(mine), ttlMs = LONG_MS) => store.fill(slot, { expected, text, ttlMs });
    const put = async (text = value(mine), ttlMs = LONG_MS): Promise<void> => {
      await lease(third);
      await fill(`L|${third}|`, text, ttlMs);
    };
    const intent = (token: string, lifeMs = LONG_MS) => store.intent(slot, token, lifeMs);
    const doneWithValue = (token: string) => store.doneWithValue(slot, token, { text: value(mine), ttlMs: LONG_MS });
    const read = async (): Promise<string | null | undefined> => (await store.read([slot], [])).slots[0]?.text;
    /** Who writes, whatever is left of their lives. */
    const writers = async (): Promise<string | undefined> => (await read())?.replace(/\d+:/g, '');
    return { store, slot, published, pass, lease, fill, put, intent, doneWithValue, read, writers };
  }

  describe('reading', () => {
    it('answers slots with their lives and tags with their texts, in the order asked for', async () => {
      const { store, slot, put } = await givenSlot();
      await put();
      const { slots: found, tags } = await store.read([`${slot}:none`, slot], [slot, `${slot}:none`]);
      expect(found[0]).toEqual({ text: null, ttlMs: 0 });
      expect(found[1]?.text).toBe(value(mine));
      expect(found[1]?.ttlMs).toBeGreaterThan(LONG_MS - 5_000);
      expect(found[1]?.ttlMs).toBeLessThanOrEqual(LONG_MS);
      expect(tags).toEqual([value(mine), null]);
    });

    it('forgets a value when its time ends', async () => {
      const { put, pass, read } = await givenSlot();
      await put(value(mine), SHORT_MS);
      await pass(SHORT_MS + 1);
      expect(await read()).toBeNull();
    });
  });

  describe('loading', () => {
    it('leases an absent slot to one', async () => {
      const { lease, read } = await givenSlot();
      expect(await lease(mine)).toBe(true);
      expect(await lease(theirs)).toBe(false);
      expect(await read()).toBe(`L|${mine}|`);
    });

    it('leases the slot of the value that was found invalid, and of no other', async () => {
      const { lease, put, read } = await givenSlot();
      await put();
      expect(await lease(mine, theirs)).toBe(false);
      expect(await lease(mine)).toBe(false);
      expect(await lease(theirs, mine)).toBe(true);
      expect(await read()).toBe(`L|${theirs}|`);
    });

    it('fills over what the load began with, and over nothing else', async () => {
      const { lease, fill, read } = await givenSlot();
      expect(await fill(`L|${mine}|`)).toBe(false);
      await lease(mine);
      expect(await fill(`L|${theirs}|`)).toBe(false);
      expect(await fill(`L|${mine}|`)).toBe(true);
      expect(await fill(`V|${mine}|`, value(theirs))).toBe(true);
      expect(await fill(`V|${mine}|`)).toBe(false);
      expect(await read()).toBe(value(theirs));
    });

    it('gives a lease back, only its own', async () => {
      const { store, slot, lease, read } = await givenSlot();
      await lease(mine);
      await store.release(slot, theirs);
      expect(await read()).toBe(`L|${mine}|`);
      await store.release(slot, mine);
      expect(await read()).toBeNull();
    });

    it('leaves the error of a loader where its lease was', async () => {
      const { store, slot, lease, read } = await givenSlot();
      await lease(mine);
      await store.release(slot, mine, { error: 'origin', retryMs: LONG_MS });
      expect(await read()).toBe('E|origin|');
      expect(await lease(theirs)).toBe(false);
    });

    it('gives the right to refresh to one, and the value stays', async () => {
      const { store, slot, put, read } = await givenSlot();
      await put();
      expect([await store.claim(slot, LONG_MS), await store.claim(slot, LONG_MS)]).toEqual([true, false]);
      await store.unclaim(slot);
      expect(await store.claim(slot, LONG_MS)).toBe(true);
      expect(await read()).toBe(value(mine));
    });
  });

  describe('tags', () => {
    it('keeps the first version, and prolongs it', async () => {
      const { store, slot, pass, read } = await givenSlot();
      expect(await store.create(slot, `V|${mine}|`, SHORT_MS)).toBe(`V|${mine}|`);
      expect(await store.create(slot, `V|${theirs}|`, LONG_MS)).toBe(`V|${mine}|`);
      expect(await store.create(slot, `V|${theirs}|`, SHORT_MS)).toBe(`V|${mine}|`);
      await pass(SHORT_MS + 1);
      expect(await read()).toBe(`V|${mine}|`);
    });

    it('leaves a tag alone that is being written', async () => {
      const { store, slot, intent, pass, read } = await givenSlot();
      await intent(mine, SHORT_MS);
      expect(await store.create(slot, `V|${theirs}|`, LONG_MS)).toMatch(/^W\|/);
      await pass(SHORT_MS + 1);
      expect(await read()).toBeNull();
    });
  });

  describe('writing', () => {
    it('stores the value of a write that was alone', async () => {
      const { put, intent, doneWithValue, writers, read } = await givenSlot();
      await put(value(theirs));
      await intent(theirs);
      expect(await writers()).toBe(`W|${theirs}`);
      expect(await doneWithValue(mine)).toBe(false);
      expect(await doneWithValue(theirs)).toBe(true);
      expect(await read()).toBe(value(mine));
    });

    it('keeps loads out until the end of a write', async () => {
      const { store, slot, lease, fill, intent, read } = await givenSlot();
      await lease(mine);
      await intent(theirs);
      expect(await fill(`L|${mine}|`)).toBe(false);
      expect(await lease(third)).toBe(false);
      expect(await read()).toMatch(/^W\|/);
      await store.done(slot, theirs);
      expect(await fill(`L|${mine}|`)).toBe(false);
      expect(await read()).toBeNull();
    });

    it('stores the value of neither of two that overlapped', async () => {
      const { store, slot, intent, doneWithValue, writers, read } = await givenSlot();
      await intent(mine);
      await intent(theirs);
      expect(await writers()).toBe(`W|${mine},${theirs},!`);
      expect(await doneWithValue(mine)).toBe(false);
      await store.done(slot, mine);
      expect(await writers()).toBe(`W|${theirs},!`);
      expect(await doneWithValue(theirs)).toBe(false);
      await store.done(slot, theirs);
      expect(await read()).toBeNull();
    });

    it('stores no value where an invalidation fell into the write', async () => {
      const { store, slot, intent, doneWithValue, writers } = await givenSlot();
      await intent(mine);
      await store.invalidate(slot);
      await store.invalidate(slot);
      expect(await writers()).toBe(`W|${mine},!`);
      expect(await doneWithValue(mine)).toBe(false);
    });

    it('marks the slot for the others when a write ends that was not heard of', async () => {
      const { store, slot, intent, doneWithValue, writers } = await givenSlot();
      await intent(mine);
      await store.done(slot, theirs);
      expect(await writers()).toBe(`W|${mine},!`);
      expect(await doneWithValue(mine)).toBe(false);
    });

    it('empties the slot when a write ends, or something is invalidated', async () => {
      const { store, slot, put, lease, read } = await givenSlot();
      await put();
      await store.done(slot, mine);
      expect(await read()).toBeNull();
      await lease(mine);
      await store.invalidate(slot);
      expect(await read()).toBeNull();
    });

    it('forgets a writer that is not heard of again, also under steady writes', async () => {
      const { store, slot, pass, intent, writers } = await givenSlot();
      await intent(mine, SHORT_MS);
      await intent(theirs);
      await pass(SHORT_MS + 1);
      await intent(third);
      expect(await writers()).toBe(`W|${theirs},${third},!`);
      await store.done(slot, third);
      expect(await writers()).toBe(`W|${theirs},!`);
    });

    it('does not cut a long write short for a short one', async () => {
      const { pass, intent, read } = await givenSlot();
      await intent(mine);
      await intent(theirs, SHORT_MS);
      await pass(SHORT_MS + 1);
      expect(await read()).toMatch(new RegExp(`:${mine}`));
    });

    it('tells everyone of each announcement and each change, and of nothing else', async () => {
      const { store, slot, published, put, intent, doneWithValue } = await givenSlot();
      await put();
      await intent(mine);
      await doneWithValue(theirs);
      await doneWithValue(mine);
      await store.done(slot, mine);
      await store.invalidate(slot);
      const told = [`intent ${slot}`, `done ${slot}`, `done ${slot}`, `done ${slot}`];
      await expect
        .poll(async () => (await published()).filter((message) => message.endsWith(` ${slot}`)))
        .toEqual(told);
    });
  });
}
