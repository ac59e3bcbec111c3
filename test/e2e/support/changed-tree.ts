import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { temporaryFolder } from '../../support/temporary-folder.js';

export const root = join(import.meta.dirname, '../../..');

const left = new Set(['node_modules', 'dist', 'coverage', '.git', '.nuthatch']);

/** Copies the sources into a new folder, where a test may change them. Packages are links. Returns the folder. */
export async function copyOfTree(): Promise<string> {
  const copy = await temporaryFolder('tree');
  await cp(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  await mkdir(join(copy, 'node_modules'));
  const packages = (await readdir(join(root, 'node_modules'))).filter((name) => name !== '.cache');
  await Promise.all(
    packages.map((name) => symlink(join(root, 'node_modules', name), join(copy, 'node_modules', name))),
  );
  return copy;
}
