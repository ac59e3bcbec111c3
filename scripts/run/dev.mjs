/**
 * `npm run dev`: builds after every change, restarts the application with each new bundle, and checks types beside it. A change that
 * does not build leaves the running application alone: see `emitOnErrors` in rspack.config.js. (`nest start --watch` looks in the
 * wrong folder.)
 */
import './require-node.mjs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildIfNeeded, main } from './build-if-needed.mjs';

const root = join(import.meta.dirname, '../..');
const program = (path) => join(root, 'node_modules', path);
const typesState = ['--incremental', '--tsBuildInfoFile', program('.cache/nuthatch/tsbuildinfo-dev')];

await buildIfNeeded();
const children = [
  [program('@nestjs/cli/bin/nest.js'), 'build', 'api', '--watch'],
  ['--watch', '--watch-preserve-output', '--enable-source-maps', main],
  [program('typescript/bin/tsc'), '--noEmit', '--watch', '--preserveWatchOutput', ...typesState],
].map((args) => spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));
// None of them ends by itself, so the others would watch for nothing.
for (const child of children)
  child.once('exit', (code) => {
    process.exitCode ??= code ?? 0;
    end('SIGTERM');
  });

function end(signal) {
  for (const child of children) child.kill(signal);
}
