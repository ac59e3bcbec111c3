import { copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { install } from './install.js';
import { run } from './run.js';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * A folder outside of the workspace: `tarballs/cache.tgz` and the other libraries, `tools/` with the checkers, and for each project
     * its packages and `<project>-template/`, which Nest's CLI wrote.
     */
    packagesFolder: string;
  }
}

export type Project = 'nest-11' | 'nest-12';

const root = join(import.meta.dirname, '../../..');
const projects = join(import.meta.dirname, '..');

/** Packs the libraries as `npm run pack` does and installs every lock file, once for all files of tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder('packages');
  try {
    await packInto(join(folder, 'tarballs'));
    await Promise.all([
      installProject('tools', folder),
      installTemplate('nest-11', folder),
      installTemplate('nest-12', folder),
    ]);
  } catch (failure) {
    await removeFolder(folder);
    throw failure;
  }
  project.provide('packagesFolder', folder);
  return () => removeFolder(folder);
}

async function packInto(folder: string): Promise<void> {
  await run(process.execPath, [join(root, 'scripts/packages/pack.mjs')], { cwd: root });
  await mkdir(folder);
  const packed = join(root, 'dist/packages');
  for (const file of await readdir(packed)) {
    // Without the version, which the applications would have to follow.
    await copyFile(join(packed, file), join(folder, file.replace(/^nuthatch-(\w+)-.*\.tgz$/, '$1.tgz')));
  }
}

/** Installs the lock file of `test/packages/<name>`, and returns its folder. */
async function installProject(name: string, folder: string): Promise<string> {
  const target = join(folder, name);
  await cp(join(projects, name), target, { recursive: true });
  await install(target);
  return target;
}

/** Installs a project, and lets the CLI among its packages create an application. */
async function installTemplate(name: Project, folder: string): Promise<void> {
  const cli = join(await installProject(name, folder), 'node_modules/@nestjs/cli/bin/nest.js');
  const options = ['--skip-install', '--skip-git', '--package-manager', 'npm'];
  await run(process.execPath, [cli, 'new', `${name}-template`, ...options], { cwd: folder });
}
