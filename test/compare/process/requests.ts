import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Requests, RequestsReport } from './commands.js';

/** Starts requests at an even pace without waiting for them, and reports how they ended within `watchMs`. */
export async function makeRequests(
  request: (index: number) => Promise<unknown>,
  { count, everyMs, watchMs }: Requests,
): Promise<RequestsReport> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const tookMs: number[] = [];
  let rejected = 0;
  for (let index = 0; index < count; index += 1) {
    const startedAt = performance.now();
    request(index)
      .catch(() => (rejected += 1))
      .finally(() => tookMs.push(performance.now() - startedAt))
      .catch(() => {});
    await pause(everyMs);
  }
  const end = performance.now() + watchMs;
  while (tookMs.length < count && performance.now() < end) await pause(50);
  delay.disable();
  return {
    withinOneSecond: tookMs.filter((ms) => ms <= 1_000).length,
    settled: tookMs.filter((ms) => ms <= watchMs).length,
    rejected,
    longestMs: Math.max(0, ...tookMs),
    longestLoopDelayMs: delay.max / 1e6,
  };
}
