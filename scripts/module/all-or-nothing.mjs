import { existsSync, mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes files that are new and files that are changed, by their paths below `root`. Where one of them cannot be written, it
 * takes back the others, the folders too.
 *
 * @throws what the file system throws; also when a file that is to be new exists.
 */
export function writeAll(root, { created, changed }) {
  const undo = [];
  try {
    for (const [path, text] of created) {
      makeFolder(join(root, dirname(path)), undo);
      writeFileSync(join(root, path), text, { flag: 'wx' });
      undo.push(() => rmSync(join(root, path)));
    }
    for (const [path, text] of changed) {
      const former = readFileSync(join(root, path));
      undo.push(() => writeFileSync(join(root, path), former));
      writeFileSync(join(root, path), text);
    }
  } catch (error) {
    for (const step of undo.toReversed()) step();
    throw error;
  }
}

function makeFolder(folder, undo) {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), undo);
  mkdirSync(folder);
  undo.push(() => rmdirSync(folder));
}
