import { copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { fillNpmCache } from './npm-cache.js';
import { install } from './install.js';
import { run } from './run.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder outside of the workspace: `tarballs/cache.tgz` and the other libraries, and `tools/` with the checkers. */
    packagesFolder: string;
  }
}

const root = join(import.meta.dirname, '../../..');
const projects = join(import.meta.dirname, '..');

/** Packs the libraries as `npm run pack` does, once for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder('packages');
  try {
    await Promise.all([packInto(join(folder, 'tarballs')), fillNpmCache(await lockFiles())]);
    await cp(join(projects, 'tools'), join(folder, 'tools'), { recursive: true });
    await install(join(folder, 'tools'));
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

async function lockFiles(): Promise<string[]> {
  const names = await readdir(projects, { recursive: true });
  return names.filter((name) => name.endsWith('package-lock.json')).map((name) => join(projects, name));
}
