/**
 * Asks the probe at the given URL every 50 ms over a new connection, and prints how many milliseconds each answer took. The time in
 * which other processes used the core of this process, or of the server with the given id, does not count.
 */
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { coreWaitOf } from './core-wait.mjs';

const EVERY_MS = 50;
const [, , url, server] = process.argv;
const coreWaits = [process.pid, server].map(coreWaitOf);
let askedAt;

function now() {
  return coreWaits.reduce((time, coreWaitMs) => time - coreWaitMs(), performance.now());
}

function print() {
  process.stdout.write(`${now() - askedAt}\n`);
  askedAt = undefined;
}

// A probe that still has no answer counts with the time until now.
process.once('SIGTERM', () => {
  if (askedAt !== undefined) print();
  process.exit(0);
});

for (;;) {
  askedAt = now();
  await new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
  print();
  await pause(EVERY_MS);
}
