import { expect, it } from 'vitest';
import { inPages } from './in-pages.js';

it('inPages runs at most 64 operations at once, and returns their results in order', async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 150 }, (_, index) => index);
  const results = await inPages(items, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    return item * 2;
  });
  expect(most).toBe(64);
  expect(results).toEqual(items.map((item) => item * 2));
});
