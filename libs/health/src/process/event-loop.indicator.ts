import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';

const TICK_MS = 1_000;
const STALLED_MS = 2_000;

/**
 * Reports the lag of the event loop in milliseconds, and is down above 2,000 ms.
 *
 * A blocked loop answers no probe, so the timeout of the prober covers that case. This indicator covers a loop that is slow:
 * each turn takes seconds, and a probe that gets through would report a healthy process. The first punctual tick after a pause,
 * a second later, resets the lag.
 */
@Injectable()
export class EventLoopIndicator implements OnApplicationBootstrap, OnApplicationShutdown {
  #dueAt = Infinity;
  #lastLagMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly indicators: HealthIndicatorService) {}

  /** Starts to measure. Not earlier: compiling and migrating may block the loop during the boot, which `started` covers. */
  onApplicationBootstrap(): void {
    this.#dueAt = performance.now() + TICK_MS;
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  check(): HealthIndicatorResult<'eventLoop'> {
    // An overdue tick counts too: after a pause, Node may read a request before it runs the timer.
    const lagMs = Math.round(Math.max(this.#lastLagMs, performance.now() - this.#dueAt));
    const indicator = this.indicators.check('eventLoop');
    return lagMs > STALLED_MS ? indicator.down({ lagMs }) : indicator.up({ lagMs });
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    this.#lastLagMs = Math.max(0, now - this.#dueAt);
    this.#dueAt = now + TICK_MS;
  }
}
