/**
 * Unpacks programs of Debian below node_modules/.cache/nuthatch, for tests on machines that do not have them. It works on Debian and
 * Ubuntu, needs no root, installs nothing and starts no service.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const cache = join(import.meta.dirname, '../../node_modules/.cache/nuthatch');

/** Whether PATH, or a folder of programs for root, has one of these programs. */
export function isInstalled(...programs) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) =>
    programs.some((name) => existsSync(join(folder, name))),
  );
}

/**
 * Unpacks packages, with the libraries that this machine lacks, into the folder `name` of the cache, unless the folder exists.
 * Does nothing on a machine without apt-get and dpkg. A failure is printed and becomes the exit code.
 */
export function unpackDebian(name, packages) {
  const unpacked = join(cache, name);
  if (existsSync(unpacked) || !isInstalled('apt-get') || !isInstalled('dpkg')) return;
  console.log(`No ${packages.join(' or ')} on the PATH: unpacking for the tests …`);
  // This process unpacks into a folder of its own and renames it at the end, so that the folder with the right name is complete.
  const work = join(cache, `${name}-${process.pid}`);
  const archives = join(work, 'packages');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  try {
    download(packages, archives);
    for (const file of readdirSync(archives).filter((archive) => archive.endsWith('.deb'))) {
      run('dpkg', '-x', join(archives, file), join(work, 'root'));
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
function download(packages, folder) {
  const anyUser = ['-o', 'Debug::NoLocking=true', '-o', `Dir::Cache::archives=${folder}`];
  const fetch = () =>
    run('apt-get', 'install', '--download-only', '--no-install-recommends', '--yes', ...anyUser, ...packages);
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
