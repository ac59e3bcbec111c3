import { HealthIndicatorService } from '@nestjs/terminus';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventLoopIndicator } from './event-loop.indicator.js';

let now = 0;

/** The loop stands still for this long: the clock goes on, no timer runs. */
const stall = (ms: number): void => void (now += ms);

/** The loop runs: the tick that became due meanwhile is handled. */
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

  it('does not count how long the boot blocked the loop', () => {
    expect(indicator.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });

  it('is up while ticks come in time', () => {
    stall(1_000);
    turn();
    expect(indicator.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });

  it('is down while a tick is overdue by more than two seconds', () => {
    stall(3_000);
    expect(indicator.check().eventLoop.status).toBe('up');
    stall(1);
    expect(indicator.check()).toEqual({ eventLoop: { status: 'down', lagMs: 2_001 } });
  });

  it('is down as long as each tick comes late, even when a probe gets through between them', () => {
    stall(4_000);
    turn();
    expect(indicator.check()).toEqual({ eventLoop: { status: 'down', lagMs: 3_000 } });
  });

  it('forgives a pause when the next tick is in time', () => {
    stall(4_000);
    turn();
    stall(1_000);
    turn();
    expect(indicator.check()).toEqual({ eventLoop: { status: 'up', lagMs: 0 } });
  });
});
