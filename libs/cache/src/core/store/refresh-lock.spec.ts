import { describe, expect, it } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { RefreshLock, refreshLockOf } from './refresh-lock.js';

const RECORD_KEY = 'n:c:test:sk';

function given() {
  const { clock, server, instance } = givenFleet();
  const { store } = instance();
  return { clock, server, lock: (token: string) => new RefreshLock(store, RECORD_KEY, token) };
}

describe(RefreshLock.name, () => {
  it('belongs to one holder until that releases it', async () => {
    const { server, lock } = given();
    server.put(RECORD_KEY, 'the stale value');
    expect([await lock('a').acquire(1_000), await lock('b').acquire(1_000)]).toEqual([true, false]);
    await lock('b').release();
    expect(await lock('b').acquire(1_000)).toBe(false);
    await lock('a').release();
    expect(await lock('b').acquire(1_000)).toBe(true);
    expect(server.text(RECORD_KEY)).toBe('the stale value');
  });

  it('ends with its lease', async () => {
    const { clock, lock } = given();
    await lock('a').acquire(1_000);
    clock.advance(1_000);
    expect(await lock('b').acquire(1_000)).toBe(true);
  });

  it('is taken over if it lives longer than any lease', async () => {
    const { server, lock } = given();
    server.put(refreshLockOf(RECORD_KEY), 'L|a|', 60_000);
    expect([await lock('b').acquire(1_000), await lock('c').acquire(1_000)]).toEqual([true, false]);
  });
});

describe('refreshLockOf', () => {
  it('keeps the lock in the namespace of its record', () => {
    expect(refreshLockOf('n:c:test:s:k')).toBe('n:refresh:c:test:s:k');
  });
});
