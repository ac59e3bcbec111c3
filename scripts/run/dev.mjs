/** `npm run dev`: builds on every change and restarts the application. (`nest start --watch` looks in the wrong folder.) */
import './require-node.mjs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildIfNeeded, main } from './build-if-needed.mjs';

buildIfNeeded();
const root = join(import.meta.dirname, '../..');
const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
const children = [
  [nest, 'build', 'api', '--watch'],
  ['--watch', '--watch-preserve-output', '--enable-source-maps', main],
].map((args) => spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => children.forEach((child) => child.kill(signal)));
}
