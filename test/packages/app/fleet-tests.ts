import { givenFleet } from '@nuthatch/cache/testing/vitest';
import { expect, it } from 'vitest';

it('shows a write of one instance to another instance', async () => {
  const { instance } = givenFleet<string>();
  const [writer, reader] = [instance(), instance()];

  expect(await reader.cache.readThrough('7', async () => 'Ada')).toBe('Ada');
  await writer.cache.writeThrough('7', async () => 'Grace');

  expect(await reader.cache.readThrough('7', async () => 'Ada')).toBe('Grace');
});
