import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesMatch } from './packages.mjs';
import { withProgress } from '../process/progress.mjs';
import { runProgram } from '../process/run-program.mjs';

/** Includes dev packages even under NODE_ENV=production, because the build needs them. */
const npmArguments = [
  'ci',
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--loglevel=error',
];

/**
 * Installs the packages of a folder unless they match its lock file. Ends the process if npm fails.
 * @returns whether it installed something
 */
export async function installPackages(folder) {
  if (packagesMatch(folder)) return false;
  // The npm and the Node that run this script: npm is about to replace the Node below node_modules.
  const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env;
  const [command, ...args] = npm ? [node, npm, ...npmArguments] : ['npm', ...npmArguments];
  const work = runProgram(command, args, { cwd: folder });
  const { status, output } = await withProgress('Installing packages', work, {
    detail: unpackedPackages(folder),
  }).catch((error) => ({ status: 1, output: error.message }));
  if (status !== 0) {
    console.error(`${output.trim()}\nnpm ci failed. No packages were installed.`);
    process.exit(status);
  }
  return true;
}

/** Returns a counter of the packages that npm has unpacked so far. */
function unpackedPackages(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const paths = Object.keys(packages).filter((path) => path.includes('node_modules/') && !packages[path].optional);
  return () => `${paths.filter((path) => existsSync(join(folder, path, 'package.json'))).length} of ${paths.length}`;
}
