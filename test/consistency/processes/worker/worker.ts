import { Logger } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Caches } from './caches.js';
import { OriginError } from './rows.js';
import { serveCommands } from '../../../support/processes/serve-commands.js';
import type { Commands, WorkerOptions } from './commands.js';
import { LoopStalls } from './loop-stalls.js';
import { Sessions } from './sessions.js';

/** The program of a process of the fleet: the library's core over real servers, controlled by the test. */
Logger.overrideLogger(false);

const options: WorkerOptions = JSON.parse(process.argv[2] ?? '');
const caches = new Caches(options);
const sessions = new Sessions(options.instance, caches);
const stalls = new LoopStalls();
let unhandledRejections = 0;
process.on('unhandledRejection', () => (unhandledRejections += 1));

serveCommands<Commands>({
  begin: (workload) => sessions.begin(workload),
  async stop() {
    const done = await sessions.stop();
    return {
      ...done,
      originCalls: caches.rows.calls,
      unhandledRejections,
      longestLoadMs: caches.rows.longestMs,
      stalls: stalls.all,
    };
  },
  status: () => ({
    reads: sessions.reads,
    writes: sessions.writes,
    polluted: 'polluted' in {},
    redis: caches.redis.state,
    masters: caches.masters,
  }),
  settled: () => caches.settled(),
  async read({ key, strong = false, times = 1, loadMs = 0 }) {
    const callsBefore = caches.rows.calls;
    const startedAt = performance.now();
    let longestMs = 0;
    const versions = await Promise.all(
      Array.from({ length: times }, async () => {
        const { version } = await caches.readSlowly(key, { strong, loadMs });
        longestMs = Math.max(longestMs, performance.now() - startedAt);
        return version;
      }),
    );
    return { versions, originCalls: caches.rows.calls - callsBefore, longestMs };
  },
  async readList(list) {
    const result = await caches.readList(list, false);
    return result?.answer.value?.map(({ id }) => id) ?? [];
  },
  async changeAndInvalidate(key) {
    const { version } = await caches.rows.change(key);
    return { version, applied: await caches.row.invalidate(key) };
  },
  block: (ms) => stalls.block(ms),
  failOrigin(share) {
    caches.rows.failing = share;
  },
  async loseWrite(key) {
    const committed = caches.row.writeThrough(key, async () => {
      await caches.rows.change(key);
      throw new OriginError();
    });
    await committed.catch((error: unknown) => {
      if (!(error instanceof OriginError)) throw error;
    });
  },
  async dieWriting(key) {
    await caches.row.writeThrough(key, async () => {
      await caches.rows.change(key);
      process.kill(process.pid, 'SIGKILL');
      // The process ends during the system call or soon after. No step may follow the commit.
      return pause(60_000, { id: key, version: 0 });
    });
  },
});
