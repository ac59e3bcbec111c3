import { describe, expect, it } from 'vitest';
import { Entry } from '../core/store/entry.js';
import { ManualClock } from '../testing/manual-clock.js';
import { MemoryTier } from './memory-tier.js';

const tierWith = (bounds: { readonly maxBytes: number; readonly maxEntries: number }) =>
  new MemoryTier(new ManualClock(), bounds);

function given() {
  const tier = tierWith({ maxBytes: 10_000, maxEntries: 10 });
  const entry = new Entry({ payload: '{"a":1}' }, undefined);
  tier.set('k', 'c', { entry, loadedAt: 0.9, freshUntil: 5.9, expiresAt: 9.9, tags: [] });
  return { tier, entry };
}

describe(MemoryTier.name, () => {
  it('keeps times in whole milliseconds, so that no entry is served for longer than it may be', () => {
    const { tier } = given();
    expect(tier.get('k', 0)).toMatchObject({ loadedAt: 0, freshUntil: 5, expiresAt: 9 });
    expect(tier.get('k', 9)).toBeUndefined();
  });

  it('has room unless its limits fit no entry', () => {
    expect(tierWith({ maxBytes: 10_000, maxEntries: 1 }).hasRoom).toBe(true);
    expect(tierWith({ maxBytes: 1, maxEntries: 10 }).hasRoom).toBe(false);
    expect(tierWith({ maxBytes: 10_000, maxEntries: 0 }).hasRoom).toBe(false);
  });

  it('counts an entry as large as its readers have made it', () => {
    const { tier, entry } = given();
    const { bytes } = tier.usage('c');
    void entry.json;
    void entry.value;
    expect(tier.usage('c')).toEqual({ entries: 1, bytes: bytes + 24 + 8 });
    tier.delete('k');
    expect(tier.usage('c')).toEqual({ entries: 0, bytes: 0 });
  });
});
