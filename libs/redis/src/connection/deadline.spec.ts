import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DeadlineListener, withDeadline } from './deadline.js';
import { RedisError } from '../redis-errors.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function given() {
  const calls: string[] = [];
  const work = Promise.withResolvers<string>();
  const listener: DeadlineListener = {
    answered: () => calls.push('answered'),
    failed: (error) => calls.push(`failed: ${String(error)}`),
    timedOut: ({ code }) => calls.push(`timedOut: ${code}`),
  };
  const result = withDeadline(
    () => work.promise,
    100,
    listener,
    (answer) => calls.push(`late: ${answer}`),
  );
  const settled = result.then(
    (answer) => calls.push(`resolved: ${answer}`),
    (error: unknown) => calls.push(`rejected: ${error instanceof RedisError ? error.code : String(error)}`),
  );
  return { calls, work, settled };
}

describe(withDeadline, () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('resolves with an answer in time, after the listener, and leaves no timer', async () => {
    const { calls, work, settled } = given();
    await vi.advanceTimersByTimeAsync(99);
    work.resolve('PONG');
    await settled;
    expect(calls).toEqual(['answered', 'resolved: PONG']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects with the error of the operation, after the listener, and leaves no timer', async () => {
    const { calls, work, settled } = given();
    work.reject('OOM');
    await settled;
    expect(calls).toEqual(['failed: OOM', 'rejected: OOM']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('rejects with REDIS_DISCONNECTED when the connection ends, after the listener has received the reason', async () => {
    const { calls, work, settled } = given();
    work.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }));
    await settled;
    expect(calls).toEqual(['failed: Error: read ECONNRESET', 'rejected: REDIS_DISCONNECTED']);
  });

  it('rejects with REDIS_TIMEOUT at the deadline, after the listener', async () => {
    const { calls, settled } = given();
    await vi.advanceTimersByTimeAsync(100);
    await settled;
    expect(calls).toEqual(['timedOut: REDIS_TIMEOUT', 'rejected: REDIS_TIMEOUT']);
  });

  it('resolves with an answer that the socket holds when the timer fires', async () => {
    const { calls, work, settled } = given();
    vi.advanceTimersByTime(100);
    work.resolve('PONG');
    await settled;
    expect(calls).toEqual(['answered', 'resolved: PONG']);
  });

  it.each([
    { pauseMs: 50, back: 50 },
    { pauseMs: 900, back: 100 },
  ])('gives an operation $back ms more after the event loop stood still for $pauseMs ms', async ({ pauseMs, back }) => {
    const now = vi
      .spyOn(performance, 'now')
      .mockReturnValueOnce(0)
      .mockReturnValue(100 + pauseMs);
    const { calls, settled } = given();
    await vi.advanceTimersByTimeAsync(100);
    await turn();
    await vi.advanceTimersByTimeAsync(back - 1);
    await turn();
    expect(calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await settled;
    expect(calls).toEqual(['timedOut: REDIS_TIMEOUT', 'rejected: REDIS_TIMEOUT']);
    now.mockRestore();
  });

  it('resolves with an answer during the time that it got back, and leaves no timer', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(150);
    const { calls, work, settled } = given();
    await vi.advanceTimersByTimeAsync(100);
    await turn();
    expect(vi.getTimerCount()).toBe(1);
    work.resolve('PONG');
    await settled;
    expect(calls).toEqual(['answered', 'resolved: PONG']);
    expect(vi.getTimerCount()).toBe(0);
    now.mockRestore();
  });

  it('passes a late answer to `late`, and does not count it as an answer', async () => {
    const { calls, work, settled } = given();
    await vi.advanceTimersByTimeAsync(100);
    await settled;
    work.resolve('PONG');
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.slice(2)).toEqual(['late: PONG']);
  });

  it('reports an error that arrives late, which may condemn the server', async () => {
    const { calls, work, settled } = given();
    await vi.advanceTimersByTimeAsync(100);
    await settled;
    work.reject('READONLY');
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.slice(2)).toEqual(['failed: READONLY']);
  });
});
