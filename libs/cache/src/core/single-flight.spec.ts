import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.js';

describe(SingleFlight.name, () => {
  it('lets callers share the run under way, and only that one', async () => {
    const flights = new SingleFlight<number>();
    const run = flights.run('a', async () => 1);
    expect(flights.join('a')).toBe(run);
    expect(flights.join('b')).toBeUndefined();
    await run;
    expect(flights.join('a')).toBeUndefined();
  });

  it('forgets a run that failed', async () => {
    const flights = new SingleFlight<number>();
    const failure = new Error('origin');
    await expect(flights.run('a', () => Promise.reject(failure))).rejects.toBe(failure);
    expect(flights.join('a')).toBeUndefined();
  });

  it('keeps the newer run when a detached one settles', async () => {
    const flights = new SingleFlight<number>();
    const { promise, resolve } = Promise.withResolvers<number>();
    const older = flights.run('a', () => promise);
    flights.detach('a');
    const newer = flights.run('a', () => new Promise(() => {}));
    resolve(1);
    await older;
    expect(flights.join('a')).toBe(newer);
  });
});
