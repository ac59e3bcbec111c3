import { Logger } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Caches } from './caches.js';
import { OriginError } from './origin.js';
import { serveCommands } from '../../../support/processes/serve-commands.js';
import type { Commands, WorkerOptions } from './commands.js';
import { LoopStalls } from './loop-stalls.js';
import { trafficCommands } from './traffic-commands.js';

/** The program of a process of the fleet: the library's core over real servers, controlled by the test. */
Logger.overrideLogger(false);

const options: WorkerOptions = JSON.parse(process.argv[2] ?? '');
const caches = new Caches(options);
const stalls = new LoopStalls();
const { origin } = caches.rows;

serveCommands<Commands>({
  ...trafficCommands({
    instance: options.instance,
    rows: caches,
    origin,
    stalls,
    settled: () => caches.settled(),
    lastErrors: () => [caches.redis.state.lastError],
  }),
  async read({ key, strong = false, times = 1, loadMs = 0 }) {
    const callsBefore = origin.calls;
    const startedAt = performance.now();
    let longestMs = 0;
    const versions = await Promise.all(
      Array.from({ length: times }, async () => {
        const { version } = await caches.readSlowly(key, { strong, loadMs });
        longestMs = Math.max(longestMs, performance.now() - startedAt);
        return version;
      }),
    );
    return { versions, originCalls: origin.calls - callsBefore, longestMs };
  },
  async readList(list) {
    return (await caches.list.readThrough(list, () => caches.rows.list(list))).map(({ id }) => id);
  },
  async changeAndInvalidate(key) {
    const { version } = await caches.rows.change(key);
    return { version, applied: await caches.row.invalidate(key) };
  },
  block: (ms) => stalls.block(ms),
  failOrigin(share) {
    origin.failing = share;
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
