/**
 * Installs what package-lock.json says, only when something is missing. Runs before npm start, npm test and npm run verify
 * in a fresh clone: so it needs nothing but Node 20, and it takes no time when there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from './installed.mjs';

const root = join(import.meta.dirname, '../..');

if (!isInstalled(read('package-lock.json'), read('node_modules/.package-lock.json'))) {
  console.log('Installing packages, this takes about half a minute …');
  install();
  dropForeignNode();
}

function read(file) {
  const path = join(root, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** With dev packages even under NODE_ENV=production: the build needs them. */
function install() {
  // The npm and the Node that run this script: the node below node_modules is about to be replaced.
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
  console.error(`npm ci failed${error ? `: ${error.message}` : ''}. The packages are not installed.`);
  process.exit(status || 1);
}

/** npm puts node_modules/.bin/node first on the PATH of its scripts. Where it cannot run (no glibc), the host's must serve. */
function dropForeignNode() {
  const node = join(root, 'node_modules/.bin/node');
  if (existsSync(node) && spawnSync(node, ['--version']).status !== 0) rmSync(node);
}
