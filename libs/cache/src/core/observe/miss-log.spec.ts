import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.js';
import { MissLog } from './miss-log.js';

describe(MissLog.name, () => {
  it('keeps the last 1,000 misses, the newest first', () => {
    const misses = new MissLog(new ManualClock());
    for (let count = 0; count <= 1_000; count += 1) misses.missed({ cache: 'c', key: `k${count}` });
    expect([...misses].map(({ recordKey }) => recordKey)).toEqual(
      Array.from({ length: 1_000 }, (_, age) => `k${1_000 - age}`),
    );
    expect([misses.lastOf('k0'), misses.lastOf('k1')]).toMatchObject([undefined, { recordKey: 'k1' }]);
  });
});
