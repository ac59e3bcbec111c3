import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type MicroCache, microCaches } from './micro-caches.js';
import { median } from './median.js';

const ROUNDS = 11;
const ROUND_MS = 150;
const BREATH_MS = 20;
const BATCH = 1_000;
/** How many times faster than the fastest peer a hit must be. */
const BAR = 3;

interface Result extends Pick<MicroCache, 'name' | 'kind'> {
  readonly operationsPerSecond: number;
}

/** Awaits one hit after the other, as a handler does, so that the figure is the time until the value is available. */
async function measure({ read }: MicroCache): Promise<number> {
  // A loop of hits blocks all other work. Without a pause for the heartbeat, the cache would stop trusting L1.
  await pause(BREATH_MS);
  const startedAt = performance.now();
  let operations = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (let index = 0; index < BATCH; index += 1) await read();
    operations += BATCH;
    elapsedMs = performance.now() - startedAt;
  }
  return (operations / elapsedMs) * 1_000;
}

/** Measures all caches in turn, round after round, so that a slow moment of the machine affects all alike. */
async function measureInTurn(all: readonly MicroCache[]): Promise<Result[]> {
  const rounds = new Map<MicroCache, number[]>(all.map((cache) => [cache, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [cache, figures] of rounds) {
      const figure = await measure(cache);
      // The first round warms up the engine.
      if (round > 0) figures.push(figure);
    }
  }
  return [...rounds].map(([{ name, kind }, figures]) => ({ name, kind, operationsPerSecond: median(figures) }));
}

function table(results: readonly Result[], fastestPeer: number): string {
  const rows = results.map(({ name, operationsPerSecond }) => {
    const millions = (operationsPerSecond / 1e6).toFixed(2).padStart(9);
    return `${name.padEnd(40)}${millions} M/s${(operationsPerSecond / fastestPeer).toFixed(2).padStart(9)} ×`;
  });
  return ['one key, in memory, awaited'.padEnd(40) + 'operations'.padStart(13) + 'of peer'.padStart(11), ...rows].join(
    '\n',
  );
}

const { all, close } = await microCaches();
const results = await measureInTurn(all);
await close();

const fastest = (kind: MicroCache['kind']): number =>
  Math.max(...results.filter((result) => result.kind === kind).map(({ operationsPerSecond }) => operationsPerSecond));
const slowest = Math.min(
  ...results.filter(({ kind }) => kind === 'ours').map(({ operationsPerSecond }) => operationsPerSecond),
);
const ratio = slowest / fastest('peer');
process.stdout.write(
  `${table(results, fastest('peer'))}\n\nreadThrough is ${ratio.toFixed(2)} × the fastest peer; the bar is ${BAR} ×.\n`,
);
const [, , report] = process.argv;
if (report)
  writeFileSync(report, `${JSON.stringify({ node: process.version, rounds: ROUNDS, ratio, results }, undefined, 2)}\n`);
