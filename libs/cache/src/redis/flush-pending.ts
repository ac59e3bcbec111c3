import type { CacheRuntime } from '../core/cache-runtime.js';

/** How long a graceful close waits for a connection that is being established. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Applies pending invalidations within the time of a graceful close, and warns about those that are lost. */
export async function flushPending(
  { pending, store, warn, clock }: Pick<CacheRuntime, 'pending' | 'store' | 'warn' | 'clock'>,
  firstAttempt: Promise<unknown>,
): Promise<void> {
  // A short-lived job may end before it was connected at all.
  if (pending.size > 0) {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        stop();
        resolve();
      };
      const stop = clock.every(CLOSE_TIMEOUT_MS, end);
      void firstAttempt.then(end);
    });
  }
  await pending.flush(store);
  if (pending.size > 0) {
    warn(
      `Closing while Redis is unavailable: ${pending.size} pending ${pending.size === 1 ? 'invalidation is' : 'invalidations are'} lost. ` +
        'The affected entries live until their TTL ends.',
    );
  }
}
