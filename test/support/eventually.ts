import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Milliseconds after which the last failure is thrown. @default 5000 */
  readonly within?: number;
  /** The pause between two attempts, in milliseconds. @default from 5 to 100, longer each time */
  readonly every?: number;
}

/**
 * Repeats an assertion until it holds, and returns its result. When the time is up, it throws the last failure itself, so that the
 * report shows the difference and not a timeout.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { within = 5_000, every }: EventuallyOptions = {},
): Promise<T> {
  const end = performance.now() + within;
  for (let wait = every ?? 5; ; wait = every ?? Math.min(wait * 1.5, 100)) {
    try {
      return await assertion();
    } catch (failure) {
      if (performance.now() + wait > end) throw failure;
      await pause(wait);
    }
  }
}
