import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.js';
import { Leases } from './leases.js';

describe(Leases, () => {
  it('gives the lookups of one turn one lease, and those of the next turn another one', async () => {
    const leases = new Leases(new ManualClock());
    const [a, b] = [leases.leaseOf('a', 1_000), leases.leaseOf('b', 1_000)];
    expect(b).toBe(a);
    await Promise.resolve();
    expect(leases.leaseOf('a', 1_000).token).not.toBe(a.token);
  });

  it('gives two lookups of one record different tokens', () => {
    const leases = new Leases(new ManualClock());
    const tokens = ['a', 'a', 'b', 'a'].map((recordKey) => leases.leaseOf(recordKey, 1_000).token);
    expect(new Set([tokens[0], tokens[1], tokens[3]]).size).toBe(3);
    expect(tokens[2]).toBe(tokens[0]);
  });

  it('gives each length of lease a lease of its own', () => {
    const leases = new Leases(new ManualClock());
    const [short, long] = [leases.leaseOf('a', 1_000), leases.leaseOf('b', 2_000)];
    expect([short.leaseMs, long.leaseMs]).toEqual([1_000, 2_000]);
    expect(long.token).not.toBe(short.token);
  });
});
