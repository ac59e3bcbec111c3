import { constants } from 'node:os';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** On Ctrl-C the terminal signals this process, and npm repeats the signal some ten milliseconds later. */
const ONE_KEY_PRESS_MS = 100;

/**
 * Exits at once on the next SIGINT or SIGTERM, with 128 + the number of the signal, as a process that the signal killed. Nest
 * ignores every signal after the first.
 */
export function exitOnNextSignal(): void {
  const firstAt = performance.now();
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (performance.now() - firstAt > ONE_KEY_PRESS_MS) process.exit(128 + constants.signals[signal]);
    });
  }
}
