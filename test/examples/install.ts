import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { examples, root, work } from './folders.js';
import { installLibraries } from './packed-libraries.js';

const run = promisify(execFile);

/** Installs the packages of all examples once, as `examples/package-lock.json` pins them, and our libraries beside them. */
export async function installPackages(tarballs: string | undefined): Promise<void> {
  await mkdir(work, { recursive: true });
  const lock = await readFile(join(examples, 'package-lock.json'), 'utf8');
  const installed = join(work, 'installed-lock.json');
  if ((await readFile(installed, 'utf8').catch(() => '')) !== lock) {
    for (const name of ['package.json', 'package-lock.json']) await cp(join(examples, name), join(work, name));
    await cp(join(root, '.npmrc'), join(work, '.npmrc'));
    await run('npm', ['ci', '--include=dev', '--ignore-scripts', '--loglevel=error'], { cwd: work });
    await writeFile(installed, lock);
  }
  await installLibraries(join(work, 'node_modules/@nuthatch'), tarballs);
}
