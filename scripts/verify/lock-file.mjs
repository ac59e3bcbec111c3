import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function checkLock(root) {
  return lockFaults(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
}

/**
 * npm drops an optional package from the lock without a word when it could not fetch it for one platform, and then `npm ci`
 * fails on that platform only. And an address in the lock binds every clone to one registry.
 */
export function lockFaults({ packages }) {
  const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, resolved = '' }]) => [
    ...Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map(
        (name) =>
          `${path || 'package.json'} wants ${name}, which the lock file lacks: install with its newest complete version`,
      ),
    ...(resolved.includes('://')
      ? [`${path} is bound to an address: npm config set omit-lockfile-registry-resolved true`]
      : []),
  ]);
}
