import { describe, expect, it } from 'vitest';
import { Observations } from './observations.js';

describe(Observations, () => {
  it('counts no missed write when every read returns the newest version', () => {
    const seen = new Observations();
    seen.wrote('a', 1, 100);
    seen.read('a', 1, 101);
    seen.wrote('a', 2, 500);
    seen.read('a', 2, 1_000);
    expect(seen.staleness()).toEqual({ writes: 2, missedWrites: 0, oldestMs: 0 });
  });

  it('counts a write that a read missed more than 200 ms after it was acknowledged', () => {
    const seen = new Observations();
    seen.wrote('a', 1, 100);
    seen.read('a', 0, 301);
    expect(seen.staleness()).toEqual({ writes: 1, missedWrites: 1, oldestMs: 201 });
  });

  it('does not count a write within the grace period, but reports the age of the read', () => {
    const seen = new Observations();
    seen.wrote('a', 1, 100);
    seen.read('a', 0, 300);
    expect(seen.staleness()).toEqual({ writes: 1, missedWrites: 0, oldestMs: 200 });
  });

  it('counts a write once for several reads, and several writes for one read', () => {
    const seen = new Observations();
    seen.wrote('a', 1, 100);
    seen.wrote('a', 2, 200);
    for (const start of [500, 600, 700]) seen.read('a', 0, start);
    seen.read('b', 0, 900);
    expect(seen.staleness()).toEqual({ writes: 2, missedWrites: 2, oldestMs: 600 });
  });

  it('joins the observations of several processes', () => {
    const [writer, reader] = [new Observations(), new Observations()];
    writer.wrote('a', 1, 100);
    reader.read('a', 0, 50);
    reader.read('a', 0, 400);
    const together = Observations.of([...writer.rows(), ...reader.rows()]);
    expect(together.staleness()).toEqual({ writes: 1, missedWrites: 1, oldestMs: 300 });
  });
});
