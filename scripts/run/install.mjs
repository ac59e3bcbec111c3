/**
 * Installs what package-lock.json says, unless it is installed. npm start and npm test run it in a fresh clone, so it needs
 * nothing but an old Node and npm: on Linux it installs the right Node.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagesMatch } from './packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

if (!packagesMatch(root)) {
  console.log('Installing packages, which takes about half a minute …');
  install();
  dropForeignNode();
}

/** Includes dev packages even under NODE_ENV=production, because the build needs them. */
function install() {
  // The npm and the Node that run this script: npm is about to replace the Node below node_modules.
  const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env;
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const [command, ...rest] = npm ? [node, npm, ...args] : ['npm', ...args];
  const { status, error } = spawnSync(command, rest, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  console.error(`npm ci failed${error ? `: ${error.message}` : ''}. No packages were installed.`);
  process.exit(status || 1);
}

/** npm puts node_modules/.bin/node first on the PATH of its scripts. Where it cannot run (no glibc), the host's Node must do. */
function dropForeignNode() {
  const node = join(root, 'node_modules/.bin/node');
  if (existsSync(node) && spawnSync(node, ['--version']).status !== 0) rmSync(node);
}
