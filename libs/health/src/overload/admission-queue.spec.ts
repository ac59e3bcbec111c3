import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AdmissionQueue } from './admission-queue.js';

describe(AdmissionQueue, () => {
  let utilization = 1;
  beforeEach(() => {
    utilization = 1;
    vi.useFakeTimers();
    vi.spyOn(performance, 'eventLoopUtilization').mockImplementation(() => ({ idle: 0, active: 0, utilization }));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  function givenQueue(limits = {}) {
    const queue = new AdmissionQueue({ concurrency: 2, mostWaitMs: 1_000, mostInProgress: 100, ...limits });
    const begun: number[] = [];
    const inProgress: (() => void)[] = [];
    let arrived = 0;
    const arrive = (count: number) =>
      Array.from({ length: count }, () => {
        const request = (arrived += 1);
        return queue.accept((done) => {
          begun.push(request);
          inProgress.push(done);
        });
      });
    const finish = () => inProgress.shift()?.();
    return { queue, begun, arrive, finish };
  }

  it('begins a request when another one is done, in the order of their arrival', () => {
    const { begun, arrive, finish } = givenQueue();
    arrive(4);
    expect(begun).toEqual([1, 2]);
    finish();
    arrive(1);
    expect(begun).toEqual([1, 2, 3]);
    for (let count = 0; count < 4; count += 1) finish();
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(vi.getTimerCount()).toBe(0);
    arrive(2);
    expect(begun).toHaveLength(7);
  });

  it('begins more requests while the event loop is idle', () => {
    const { begun, arrive } = givenQueue();
    arrive(7);
    vi.advanceTimersByTime(100);
    expect(begun).toEqual([1, 2]);
    utilization = 0.5;
    vi.advanceTimersByTime(20);
    expect(begun).toEqual([1, 2, 3, 4]);
    vi.advanceTimersByTime(40);
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('begins no request while more than the limit are in progress and the event loop is busy again', () => {
    const { begun, arrive, finish } = givenQueue();
    arrive(6);
    utilization = 0.5;
    vi.advanceTimersByTime(20);
    utilization = 1;
    vi.advanceTimersByTime(20);
    finish();
    finish();
    expect(begun).toEqual([1, 2, 3, 4]);
    finish();
    expect(begun).toEqual([1, 2, 3, 4, 5]);
  });

  it('begins no request while connections arrive, for at most 200 ms', () => {
    const { queue, begun, arrive } = givenQueue({ concurrency: 20 });
    queue.connected();
    arrive(1);
    vi.advanceTimersToNextTimer();
    expect(begun).toEqual([]);
    vi.advanceTimersToNextTimer();
    expect(begun).toEqual([1]);
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    for (; now < 200; now += 20) {
      queue.connected();
      arrive(1);
      vi.advanceTimersToNextTimer();
      expect(begun).toEqual([1]);
    }
    queue.connected();
    vi.advanceTimersToNextTimer();
    expect(begun).toHaveLength(11);
  });

  it('begins as many requests as the limit permits once all connections are accepted', () => {
    const { queue, begun, arrive, finish } = givenQueue();
    arrive(4);
    queue.connected();
    finish();
    expect(begun).toEqual([1, 2]);
    vi.advanceTimersToNextTimer();
    vi.advanceTimersToNextTimer();
    expect(begun).toEqual([1, 2, 3]);
  });

  it('refuses requests while the oldest one has waited too long, and begins those that it accepted', () => {
    const { begun, arrive, finish } = givenQueue();
    arrive(3);
    vi.advanceTimersByTime(1_000);
    expect(arrive(1)).toEqual([true]);
    vi.advanceTimersByTime(1);
    expect(arrive(2)).toEqual([false, false]);
    finish();
    expect(arrive(1)).toEqual([true]);
    finish();
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('refuses requests while too many are unfinished, the waiting ones included, and counts them', () => {
    const { queue, arrive, finish } = givenQueue({ mostInProgress: 3 });
    expect(arrive(4)).toEqual([true, true, true, false]);
    expect(queue.counts).toEqual({ inProgress: 2, waiting: 1, refused: 1 });
    finish();
    expect(queue.counts).toEqual({ inProgress: 2, waiting: 0, refused: 1 });
    expect(arrive(2)).toEqual([true, false]);
    expect(queue.counts).toEqual({ inProgress: 2, waiting: 1, refused: 2 });
  });

  it('begins each request in the async context of its arrival', () => {
    const queue = new AdmissionQueue({ concurrency: 1, mostWaitMs: 1_000, mostInProgress: 100 });
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const inProgress: (() => void)[] = [];
    for (const name of ['a', 'b', 'c']) {
      context.run(name, () =>
        queue.accept((done) => {
          seen.push(context.getStore());
          context.enterWith('changed');
          inProgress.push(done);
        }),
      );
    }
    for (const name of ['a', 'b', 'c']) context.run(`after ${name}`, () => inProgress.shift()?.());
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});
