import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.js';
import { Deadlines } from './deadlines.js';

function givenDeadlines() {
  const clock = new ManualClock();
  const every = vi.spyOn(clock, 'every');
  const deadlines = new Deadlines(clock);
  const expired = vi.fn(() => new Error('expired'));
  return { clock, every, expired, run: <T>(work: () => Promise<T>, ms: number) => deadlines.run(work, ms, expired) };
}

const settled = (): Promise<void> => new Promise(setImmediate);

describe(Deadlines.name, () => {
  it('rejects work that does not settle in time, and drops its late result', async () => {
    const { clock, run, expired } = givenDeadlines();
    const late = Promise.withResolvers<string>();
    const [short, long] = [run(() => late.promise, 1_000), run(() => late.promise, 2_000)];
    const error = short.catch((reason: unknown) => reason);
    clock.advance(999);
    await settled();
    expect(expired).not.toHaveBeenCalled();
    clock.advance(1);
    await settled();
    clock.advance(100);
    expect(await error).toEqual(new Error('expired'));
    late.resolve('late');
    expect(await long).toBe('late');
    clock.advance(2_000);
    await settled();
    expect(expired).toHaveBeenCalledOnce();
  });

  it('passes on the result or the error of work that settles in time', async () => {
    const { run } = givenDeadlines();
    expect(await run(async () => 1, 10)).toBe(1);
    await expect(run(async () => Promise.reject(new Error('of the work')), 10)).rejects.toThrow('of the work');
    const throwing = (): Promise<never> => {
      throw new Error('at once');
    };
    await expect(run(throwing, 10)).rejects.toThrow('at once');
  });

  it('has one timer for all work, and none once all of it has settled', async () => {
    const { clock, every, run } = givenDeadlines();
    const slow = Promise.withResolvers<void>();
    const running = [run(() => slow.promise, 1_000), run(() => slow.promise, 1_000)];
    clock.advance(100);
    await settled();
    slow.resolve();
    await Promise.all(running);
    for (let checks = 0; checks < 3; checks += 1) {
      clock.advance(100);
      await settled();
    }
    expect(every).toHaveBeenCalledOnce();
    await run(async () => {}, 1_000);
    expect(every).toHaveBeenCalledTimes(2);
  });

  it('keeps no async context of the work that starts its timer', async () => {
    const clock = new ManualClock();
    const request = new AsyncLocalStorage<string>();
    let seen: string | undefined = 'none';
    vi.spyOn(clock, 'every').mockImplementation(() => {
      seen = request.getStore();
      return () => {};
    });
    const deadlines = new Deadlines(clock);
    await request.run('request', () =>
      deadlines.run(
        async () => {},
        10,
        () => new Error('expired'),
      ),
    );
    expect(seen).toBeUndefined();
  });
});
