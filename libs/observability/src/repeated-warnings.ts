import type { LoggerService } from '@nestjs/common';

const PERIOD_MS = 1_000;

/**
 * Logs a warning at most once per second. A repeated warning has the number of its repetitions in the second before, so an outage
 * writes one line per second and cause, and not one per request.
 *
 * @example
 * const warnings = new RepeatedWarnings(new Logger('Overload'));
 * warnings.warn('The queue is full.'); // 'The queue is full.', then once per second 'The queue is full. (812 more in 1 s)'
 */
export class RepeatedWarnings {
  readonly #repetitions = new Map<string, number>();

  constructor(private readonly logger: Pick<LoggerService, 'warn'>) {}

  warn(text: string): void {
    const repetitions = this.#repetitions.get(text);
    if (repetitions !== undefined) {
      this.#repetitions.set(text, repetitions + 1);
      return;
    }
    this.logger.warn(text);
    this.#count(text);
  }

  #count(text: string): void {
    this.#repetitions.set(text, 0);
    setTimeout(() => {
      const repetitions = this.#repetitions.get(text) ?? 0;
      this.#repetitions.delete(text);
      if (repetitions === 0) return;
      this.logger.warn(`${text} (${repetitions} more in 1 s)`);
      this.#count(text);
    }, PERIOD_MS).unref();
  }
}
