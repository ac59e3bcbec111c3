/** Asks the probe at the given URL every 50 ms over a new connection, and prints how many milliseconds each answer took. */
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const EVERY_MS = 50;
const [, , url] = process.argv;
let askedAt;

function print() {
  process.stdout.write(`${performance.now() - askedAt}\n`);
  askedAt = undefined;
}

// A probe that still has no answer counts with the time until now.
process.once('SIGTERM', () => {
  if (askedAt !== undefined) print();
  process.exit(0);
});

for (;;) {
  askedAt = performance.now();
  await new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => response.resume().once('end', resolve)).once('error', reject);
  });
  print();
  await pause(EVERY_MS);
}
