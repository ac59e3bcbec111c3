/**
 * Unpacks redis-server below node_modules/.cache for the tests when the machine has none. It works on Debian and Ubuntu, needs no
 * root, installs nothing and starts no service. Elsewhere the message of test/support/programs/redis-program.ts lists what to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const cache = join(import.meta.dirname, '../../node_modules/.cache/nuthatch');
const unpacked = join(cache, 'redis');

const onPath = (...names) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => names.some((name) => existsSync(join(folder, name))));

if (!process.env.REDIS_SERVER_BIN && !onPath('redis-server', 'valkey-server') && !existsSync(unpacked)) {
  if (onPath('apt-get') && onPath('dpkg')) provision();
}

function provision() {
  console.log('No redis-server on the PATH: unpacking one for the tests …');
  // This process unpacks into a folder of its own and renames it at the end, so that the folder with the right name is complete.
  const work = join(cache, `redis-${process.pid}`);
  const packages = join(work, 'packages');
  mkdirSync(join(packages, 'partial'), { recursive: true });
  try {
    download(packages);
    for (const file of readdirSync(packages).filter((name) => name.endsWith('.deb'))) {
      run('dpkg', '-x', join(packages, file), join(work, 'root'));
    }
    renameSync(join(work, 'root'), unpacked);
  } catch (failure) {
    console.error(failure.message);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** `--download-only` also fetches the libraries that this machine lacks. The options let any user run it. */
function download(folder) {
  const anyUser = ['-o', 'Debug::NoLocking=true', '-o', `Dir::Cache::archives=${folder}`];
  const fetch = () =>
    run('apt-get', 'install', '--download-only', '--no-install-recommends', '--yes', ...anyUser, 'redis-server');
  try {
    fetch();
  } catch (failure) {
    // A fresh image has no package lists or outdated ones.
    if (process.getuid?.() !== 0) throw failure;
    run('apt-get', 'update');
    fetch();
  }
}

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr + stdout}`);
}
