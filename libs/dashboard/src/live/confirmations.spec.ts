import { describe, expect, it } from 'vitest';
import { Confirmations } from './confirmations.js';

describe(Confirmations.name, () => {
  it('confirm a position with the first heartbeat that was sent after it arrived', () => {
    const confirmations = new Confirmations();
    confirmations.received('other', 7, 1_000);
    expect(confirmations.at(1_100, 150)).toEqual({});
    expect(confirmations.at(1_100, 100)).toEqual({});
    expect(confirmations.at(1_200, 150)).toEqual({ other: 7 });
  });

  it('confirm nothing without a verified heartbeat', () => {
    const confirmations = new Confirmations();
    confirmations.received('other', 7, 1_000);
    expect(confirmations.at(5_000, undefined)).toEqual({});
    expect(confirmations.at(5_100, 10)).toEqual({ other: 7 });
  });

  it('confirm the older of two positions first, because heartbeats may be rarer than figures', () => {
    const confirmations = new Confirmations();
    confirmations.received('other', 7, 1_000);
    confirmations.received('other', 9, 3_000);
    expect(confirmations.at(3_100, 1_000)).toEqual({ other: 7 });
    confirmations.received('other', 9, 5_000);
    expect(confirmations.at(5_100, 10)).toEqual({ other: 9 });
  });

  it('repeat the last position of each instance, because a message may be lost', () => {
    const confirmations = new Confirmations();
    for (const [instance, position] of [
      ['one', 3],
      ['other', 5],
      ['idle', 0],
    ] as const)
      confirmations.received(instance, position, 1_000);
    for (const now of [2_000, 4_000]) expect(confirmations.at(now, 10)).toEqual({ one: 3, other: 5 });
  });

  it('forget an instance without figures', () => {
    const confirmations = new Confirmations();
    confirmations.received('other', 7, 1_000);
    expect(confirmations.at(11_000, 10)).toEqual({ other: 7 });
    expect(confirmations.at(11_001, 10)).toEqual({});
  });
});
