/** Unpacks Debian packages below node_modules/.cache: without root, and without installing them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The parent of the folders with unpacked packages. */
export const cache = join(import.meta.dirname, '../../node_modules/.cache/nuthatch');

/** Options with which any user may run apt-get. */
export const anyUser = (folder) => ['-o', 'Debug::NoLocking=true', '-o', `Dir::Cache::archives=${folder}`];

/**
 * Calls `download` with an empty folder, and unpacks the packages that it leaves there into `folder` of the cache. Reports a
 * failure on stderr and by the exit code.
 */
export function unpack(folder, download) {
  // This process unpacks into a folder of its own and renames it at the end, so that the folder with the right name is complete.
  const work = join(cache, `${folder}-${process.pid}`);
  const packages = join(work, 'packages');
  mkdirSync(join(packages, 'partial'), { recursive: true });
  try {
    download(packages);
    for (const file of readdirSync(packages).filter((name) => name.endsWith('.deb'))) {
      run('dpkg', ['-x', join(packages, file), join(work, 'root')]);
    }
    renameSync(join(work, 'root'), join(cache, folder));
  } catch (failure) {
    console.error(failure.message);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs a program to its end and returns its output. @throws {Error} with the output of a program that fails */
export function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr + stdout}`);
  return stdout;
}
