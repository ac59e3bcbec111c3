import type { Type } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';

export const INDICATORS = Symbol('INDICATORS');

/**
 * Reports the state of one more dependency. The usual indicator of Terminus has this method.
 *
 * @example
 * @Injectable()
 * class DiskIndicator implements HealthIndicator {
 *   constructor(private readonly disk: DiskHealthIndicator) {}
 *   isHealthy(key: string) {
 *     return this.disk.checkStorage(key, { path: '/var/lib', thresholdPercent: 0.9 });
 *   }
 * }
 */
export interface HealthIndicator {
  /**
   * Returns the state under `key`, the name of the indicator. An indicator that throws, rejects or returns nothing under `key` is
   * down. The promise must settle some day: no second check runs while one is in flight.
   */
  isHealthy(key: string): HealthIndicatorResult | PromiseLike<HealthIndicatorResult>;
}

/** Adds an indicator of the application to the probes. */
export interface IndicatorOptions {
  /** The class of the indicator. The module creates it, with providers of `imports` and of global modules. */
  readonly use: Type<HealthIndicator>;
  /** Whether `ready` answers 503 while the indicator is down. Without it, only `/health` reports the indicator. @default false */
  readonly ready?: boolean;
  /** How often the indicator is checked, in the background, in milliseconds. @default 5_000 */
  readonly everyMs?: number;
  /** After which time without an answer the indicator is down, in milliseconds. The boot waits no longer for it. @default 1_000 */
  readonly timeoutMs?: number;
}

/** The indicators of the application, each under the name that the probes report it by. */
export type Indicators = Readonly<Record<string, IndicatorOptions>>;

/** Names of the reports of this module. */
const RESERVED = new Set(['startup', 'database', 'redis', 'cache', 'requests', 'eventLoop']);

/** The name of an indicator is taken. The message lists each, with the fix. */
export class IndicatorNameTaken extends Error {
  override readonly name = 'IndicatorNameTaken';
  readonly code = 'HEALTH_INDICATOR_NAME_TAKEN';

  constructor(names: readonly string[]) {
    super(`HealthModule reports ${names.map((name) => `"${name}"`).join(' and ')} itself. Rename your indicator.`);
  }
}

/** @throws IndicatorNameTaken */
export function checkNames(indicators: Indicators): void {
  const taken = Object.keys(indicators).filter((name) => RESERVED.has(name));
  if (taken.length > 0) throw new IndicatorNameTaken(taken);
}
