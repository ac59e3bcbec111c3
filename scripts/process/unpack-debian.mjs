/**
 * Unpacks programs of Debian below node_modules/.cache/nuthatch, for tests on machines that do not have them. It works on Debian and
 * Ubuntu, needs no root, installs nothing and starts no service.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withProgress } from './progress.mjs';
import { runProgram } from './run-program.mjs';

const cache = join(import.meta.dirname, '../../node_modules/.cache/nuthatch');

/** Whether PATH, or a folder of programs for root, has one of these programs. */
export function isInstalled(...programs) {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) =>
    programs.some((name) => existsSync(join(folder, name))),
  );
}

/**
 * Unpacks packages, with the libraries that this machine lacks, into the folder `name` of the cache, unless the folder exists.
 * Does nothing on a machine without apt-get and dpkg. `download` gets the packages and an empty folder. A failure is printed and becomes the exit code.
 */
export async function unpackDebian(name, packages, download = downloadInstallable) {
  const unpacked = join(cache, name);
  if (existsSync(unpacked) || !isInstalled('apt-get') || !isInstalled('dpkg')) return;
  // This process unpacks into a folder of its own and renames it at the end, so that the folder with the right name is complete.
  const work = join(cache, `${name}-${process.pid}`);
  const archives = join(work, 'packages');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  try {
    const title = `No ${packages.join(' or ')} on the PATH: unpacking for the tests`;
    await withProgress(title, unpack(download(packages, archives), archives, join(work, 'root')));
    renameSync(join(work, 'root'), unpacked);
  } catch (failure) {
    console.error(failure.message);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function unpack(downloading, archives, target) {
  await downloading;
  for (const file of readdirSync(archives).filter((archive) => archive.endsWith('.deb'))) {
    await run('dpkg', '-x', join(archives, file), target);
  }
}

/** `--download-only` also fetches the libraries that this machine lacks. The options let any user run it. */
async function downloadInstallable(packages, folder) {
  const fetch = () =>
    run('apt-get', 'install', '--download-only', '--no-install-recommends', '--yes', ...anyUser(folder), ...packages);
  try {
    await fetch();
  } catch (failure) {
    // A fresh image has no package lists or outdated ones.
    if (process.getuid?.() !== 0) throw failure;
    await run('apt-get', 'update');
    await fetch();
  }
}

/** Options with which any user may run apt-get. */
export const anyUser = (folder) => ['-o', 'Debug::NoLocking=true', '-o', `Dir::Cache::archives=${folder}`];

/** Runs a program to its end, and returns its output. @throws {Error} with the output of a program that fails. */
export async function run(command, ...args) {
  const { status, output } = await runProgram(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${output}`);
  return output;
}
