import { HealthIndicatorService } from '@nestjs/terminus';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoopIndicator } from './event-loop.indicator.js';

let now = 0;

/** Blocks the loop for this long: the clock advances, no timer runs. */
const stall = (ms: number): void => void (now += ms);

/** Runs the tick that became due during the stall. */
const turn = (): void => void vi.advanceTimersByTime(1_000);

describe(EventLoopIndicator, () => {
  let indicator: EventLoopIndicator;

  beforeEach(() => {
    now = 0;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    indicator = new EventLoopIndicator(new HealthIndicatorService());
    stall(5_000);
    indicator.onApplicationBootstrap();
  });
  afterEach(() => {
    indicator.onApplicationShutdown();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it('is up before the boot has finished', () => {
    const booting = new EventLoopIndicator(new HealthIndicatorService());
    expect(booting.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });

  it('ignores the time for which the boot blocked the loop', () => {
    expect(indicator.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });

  it('is up while ticks are punctual', () => {
    stall(1_000);
    turn();
    expect(indicator.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });

  it('reports no lag when a tick fires early', () => {
    stall(990);
    turn();
    expect(indicator.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });

  it('does not keep the process alive, and stops at the shutdown', () => {
    const setInterval = vi.spyOn(globalThis, 'setInterval');
    const other = new EventLoopIndicator(new HealthIndicatorService());
    other.onApplicationBootstrap();
    expect(setInterval.mock.results.map(({ value }) => value.hasRef())).toEqual([false]);
    expect(vi.getTimerCount()).toBe(2);
    other.onApplicationShutdown();
    indicator.onApplicationShutdown();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is down while a tick is overdue by more than two seconds', () => {
    stall(3_000);
    expect(indicator.check().eventLoop.status).toBe('up');
    stall(1);
    expect(indicator.check()).toEqual({ eventLoop: { status: 'down', lagMs: 2_001 } });
  });

  it('stays down while each tick is late, even if a probe gets through between two ticks', () => {
    stall(4_000);
    turn();
    expect(indicator.check()).toEqual({ eventLoop: { status: 'down', lagMs: 3_000 } });
  });

  it('is up again after a pause once the next tick is punctual', () => {
    stall(4_000);
    turn();
    stall(1_000);
    turn();
    expect(indicator.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });
});
