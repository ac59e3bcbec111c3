import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The site of the documentation and the examples have packages of their own. */
const locks = ['package-lock.json', 'docs/package-lock.json', 'examples/package-lock.json'];

export async function checkLock(root) {
  const texts = await Promise.all(locks.map((path) => readFile(join(root, path), 'utf8')));
  return texts.flatMap((text) => lockFaults(JSON.parse(text)));
}

/**
 * npm silently drops an optional package from the lock when it could not fetch the package for one platform. Then `npm ci` fails,
 * and only on that platform. An address in the lock binds every clone to one registry.
 */
export function lockFaults({ packages }) {
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, resolved = '' }]) => [
    ...Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map(
        (name) =>
          `${path || 'package.json'} depends on ${name}, which the lock file lacks: install the newest version with packages for all platforms`,
      ),
    ...(resolved.includes('://')
      ? [`${path} has the address of a registry: set omit-lockfile-registry-resolved=true in .npmrc and install again`]
      : []),
  ]);
}
