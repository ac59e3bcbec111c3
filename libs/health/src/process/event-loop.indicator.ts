import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';

const TICK_MS = 1_000;
const STALLED_MS = 2_000;

/**
 * Tells how late the event loop runs.
 *
 * A loop that stands still answers nothing, and the prober's timeout tells so. This is for the loop that limps: every turn
 * takes seconds, yet now and then a probe gets its answer, and would say that all is well. One pause that is over is forgiven
 * with the next tick, a second later.
 */
@Injectable()
export class EventLoopIndicator implements OnApplicationBootstrap, OnApplicationShutdown {
  #dueAt = Infinity;
  #lastLagMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly indicators: HealthIndicatorService) {}

  /** Not earlier: a boot may well block the loop (it compiles, it migrates), and how long it may take is for `started`. */
  onApplicationBootstrap(): void {
    this.#dueAt = performance.now() + TICK_MS;
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  check(): HealthIndicatorResult<'eventLoop'> {
    // A tick that is overdue counts too: after a pause a request may be read before the timer runs.
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
