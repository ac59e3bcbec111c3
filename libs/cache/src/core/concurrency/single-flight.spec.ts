import { describe, expect, it, vi } from 'vitest';
import { SingleFlight } from './single-flight.js';

function givenRuns() {
  const flights = new SingleFlight<number>();
  const runs: PromiseWithResolvers<number>[] = [];
  const work = vi.fn(() => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  });
  return { flights, runs, work };
}

describe(SingleFlight.name, () => {
  it('runs at most two works per key, and shares one that starts later among the other callers', async () => {
    const { flights, runs, work } = givenRuns();
    const callers = Array.from({ length: 10 }, () => flights.run('a', work));
    expect(work).toHaveBeenCalledTimes(2);
    runs[0]?.resolve(0);
    await callers[0];
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(3));
    runs[2]?.resolve(2);
    runs[1]?.resolve(1);
    expect(await Promise.all(callers)).toEqual([0, 1, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('runs no third work for a caller that arrives just as one has ended', async () => {
    const { flights, runs, work } = givenRuns();
    const callers = Array.from({ length: 3 }, () => flights.run('a', work));
    const late = callers[0]?.then(() => flights.run('a', work));
    runs[0]?.resolve(0);
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(3));
    runs[2]?.resolve(2);
    expect(await late).toBe(2);
    expect(work).toHaveBeenCalledTimes(3);
    runs[1]?.resolve(1);
    await Promise.all(callers);
  });

  it('starts a work at once in the place of one that has ended, and queues the next', async () => {
    const { flights, runs, work } = givenRuns();
    const callers = [flights.run('a', work), flights.run('a', work)];
    runs[0]?.resolve(0);
    await callers[0];
    callers.push(flights.run('a', work));
    expect(work).toHaveBeenCalledTimes(3);
    callers.push(flights.run('a', work));
    expect(work).toHaveBeenCalledTimes(3);
    runs[1]?.resolve(1);
    runs[2]?.resolve(2);
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(4));
    runs[3]?.resolve(3);
    expect(await Promise.all(callers)).toEqual([0, 1, 2, 3]);
  });

  it('runs different keys independently', () => {
    const { flights, work } = givenRuns();
    for (const key of ['a', 'b', 'c']) void flights.run(key, work);
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('runs again after a failed run', async () => {
    const { flights, runs, work } = givenRuns();
    const callers = Array.from({ length: 3 }, () => flights.run('a', work));
    runs[0]?.reject(new Error('origin'));
    await expect(callers[0]).rejects.toThrow('origin');
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(3));
    runs[2]?.resolve(2);
    expect(await callers[2]).toBe(2);
    runs[1]?.resolve(1);
  });
});
