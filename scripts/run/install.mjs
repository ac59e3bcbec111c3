/**
 * Installs what package-lock.json says, unless it is installed. npm start and npm test run it in a fresh clone, so it needs
 * nothing but an old Node and npm: on Linux it installs the right Node.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../install/install-packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

if (await installPackages(root)) dropForeignNode();

/** npm puts node_modules/.bin/node first on the PATH of its scripts. Where it cannot run (no glibc), the host's Node must do. */
function dropForeignNode() {
  const node = join(root, 'node_modules/.bin/node');
  if (existsSync(node) && spawnSync(node, ['--version']).status !== 0) rmSync(node);
}
