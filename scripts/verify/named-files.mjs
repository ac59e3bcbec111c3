import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.mjs';

/** Every file that a page names as code exists. Links are checked by remark. */
export async function checkNamedFiles(root) {
  const files = await sourceFiles(root, /./);
  const pages = files.filter((file) => file.endsWith('.md'));
  const texts = await Promise.all(pages.map(async (page) => [page, await readFile(join(root, page), 'utf8')]));
  return nameFaults(new Map(texts), files);
}

/** A page names a file by its whole path or by the end of the path. */
export function nameFaults(texts, files) {
  const ends = new Set(files.flatMap((file) => file.split('/').map((_, from, parts) => parts.slice(from).join('/'))));
  const asCode = /`([\w@.-]+(?:\/[\w@.-]+)*\.(?:ts|mjs|lua|md|json|yaml|http))`/g;
  const inDrawings = /\s((?:apps|libs|test|scripts|docs)\/[\w@./-]+\.\w+)/g;
  return [...texts].flatMap(([page, text]) =>
    [asCode, inDrawings]
      .flatMap((pattern) => [...text.matchAll(pattern)].map(([, path]) => path))
      .filter((path) => !ends.has(path))
      .map((path) => `${page}: ${path} does not exist`),
  );
}
