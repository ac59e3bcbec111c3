import { describe, expect, it } from 'vitest';
import { all } from './all.js';

describe(all.name, () => {
  it('resolves to all values in their order, and rejects with the first error', async () => {
    expect(await all([])).toEqual([]);
    expect(await all([Promise.resolve(1)])).toEqual([1]);
    expect(await all([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
    await expect(all([Promise.reject(new Error('only'))])).rejects.toThrow('only');
    await expect(all([Promise.resolve(1), Promise.reject(new Error('second'))])).rejects.toThrow('second');
  });
});
