import { constants } from 'node:os';

/** Signals by which people and orchestrators stop a process. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** npm passes on a Ctrl-C that the terminal has sent to us already; the two arrive some ten milliseconds apart. */
const ONE_KEY_PRESS_MS = 100;

/**
 * Ends the process at once on the next SIGINT or SIGTERM, with the exit code of a process killed by it (128 + its number):
 * whoever asks twice does not want to wait. Nest ignores every signal after the first.
 */
export function exitOnNextSignal(): void {
  const firstAt = performance.now();
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (performance.now() - firstAt > ONE_KEY_PRESS_MS) process.exit(128 + constants.signals[signal]);
    });
  }
}
