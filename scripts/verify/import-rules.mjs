import { sourceFiles } from '../source-files.mjs';
import cruiser from '../../.dependency-cruiser.js';

/** Each path in the import rules matches a file, so that no rule dies without notice when a folder moves. */
export async function checkImportRules(root) {
  return deadPaths(cruiser.forbidden, await sourceFiles(root, /./));
}

export function deadPaths(rules, files) {
  return rules.flatMap(({ name, from, to }) =>
    [from.path, from.pathNot, to.path, to.pathNot]
      .flat()
      // A reference to a group of `from` has no files of its own.
      .filter((path) => path && !/\$\d/.test(path))
      .flatMap(alternatives)
      .filter((path) => !files.some((file) => new RegExp(path).test(file)))
      .map(
        (path) => `.dependency-cruiser.js: ${name} names ${path}, which matches no file: correct or delete the path`,
      ),
  );
}

/** `^a/(b|c)/` is two paths, of which one may have moved. A group of other things than names stays whole. */
function alternatives(path) {
  const [group, names] = /\(([\w.\\-]+(?:\|[\w.\\-]+)+)\)/.exec(path) ?? [];
  return group ? names.split('|').flatMap((name) => alternatives(path.replace(group, () => name))) : [path];
}
