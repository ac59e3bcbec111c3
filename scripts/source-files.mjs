import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const notOurs = new Set(['node_modules', 'dist', 'coverage', '.git', '.nuthatch', 'typedoc']);

/** Returns our own files whose names match `ending`, relative to the root and with forward slashes. */
export async function sourceFiles(root, ending, folder = root) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : sourceFiles(root, ending, path);
      return ending.test(entry.name) ? [relative(root, path).split(sep).join('/')] : [];
    }),
  );
  return found.flat();
}
