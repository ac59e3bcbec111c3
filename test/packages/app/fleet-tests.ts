import { givenFleet } from '@nuthatch/cache/testing/vitest';
import { expect, it } from 'vitest';

it('shows a write of one instance to another instance', async () => {
  const { instance } = givenFleet<string>();
  const [writer, reader] = [instance(), instance()];

  expect(await reader.cache.readThrough('7', async () => 'Ada')).toBe('Ada');
  await writer.cache.writeThrough('7', async () => 'Grace');

  expect(await reader.cache.readThrough('7', async () => 'Ada')).toBe('Grace');
});

it('applies an invalidation of a write once Redis is up again', async () => {
  const { cache, caches, store, applyPending } = givenFleet<string>().instance();

  store.disconnect();
  await cache.writeThrough('7', async () => 'Grace');
  expect(caches.pending).toBe(1);

  store.reconnect();
  await applyPending();
  expect(caches.pending).toBe(0);
});
