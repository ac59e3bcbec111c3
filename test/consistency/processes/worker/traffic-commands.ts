import type { TrafficCommands } from './commands.js';
import type { LoopStalls } from './loop-stalls.js';
import type { Origin } from './origin.js';
import { type RowAccess, Sessions } from './sessions.js';

/** A process under traffic. */
interface Process {
  readonly instance: number;
  readonly rows: RowAccess;
  readonly origin: Origin;
  readonly stalls: LoopStalls;
  settled(): Promise<boolean>;
  lastErrors(): readonly (string | undefined)[];
}

/** Returns the commands that put this process under traffic, and report how it answered. */
export function trafficCommands({ instance, rows, origin, stalls, settled, lastErrors }: Process): TrafficCommands {
  const sessions = new Sessions(instance, rows);
  let unhandledRejections = 0;
  process.on('unhandledRejection', () => (unhandledRejections += 1));
  return {
    begin(workload) {
      origin.slowestMs = workload.slowestLoadMs;
      sessions.begin(workload);
    },
    async stop() {
      const done = await sessions.stop();
      const { calls: originCalls, longestMs: longestLoadMs } = origin;
      return { ...done, originCalls, unhandledRejections, longestLoadMs, stalls: stalls.all };
    },
    status: () => ({
      reads: sessions.reads,
      writes: sessions.writes,
      polluted: 'polluted' in {},
      lastErrors: lastErrors().filter((error) => error !== undefined),
    }),
    settled,
  };
}
