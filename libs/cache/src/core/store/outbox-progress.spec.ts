import { describe, expect, it } from 'vitest';
import { AppliedChanges, InMemoryOutboxProgress } from './outbox-progress.js';

describe(InMemoryOutboxProgress.name, () => {
  it('advances only from the checkpoint that is stored', async () => {
    const progress = new InMemoryOutboxProgress();
    await progress.advance(undefined, 'a');
    await progress.advance(undefined, 'b');
    expect(await progress.checkpoint()).toBe('a');
    await progress.advance('a', 'b');
    expect(await progress.checkpoint()).toBe('b');
  });
});

describe(AppliedChanges.name, () => {
  it('keeps the latest 10,000', () => {
    const applied = new AppliedChanges();
    for (let change = 0; change <= 10_000; change += 1) applied.add(`${change}`, ['name']);
    expect([applied.names('0'), applied.names('1'), applied.names('10000')]).toEqual([[], ['name'], ['name']]);
  });
});
