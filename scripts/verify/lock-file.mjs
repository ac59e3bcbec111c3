import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { libraries } from '../packages/libraries.mjs';

/** The site of the documentation and the examples have packages of their own. */
const locks = ['package-lock.json', 'docs/package-lock.json', 'examples/package-lock.json'];

export async function checkLock(root) {
  const manifests = libraries.map(({ manifest }) => manifest);
  const files = [...locks, ...globSync('test/packages/*/package-lock.json', { cwd: root })];
  const faults = files.map(async (file) => {
    const lock = JSON.parse(await readFile(join(root, file), 'utf8'));
    return [...lockFaults(lock), ...libraryFaults(lock, manifests)].map((fault) => `${file}: ${fault}`);
  });
  return (await Promise.all(faults)).flat();
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

/** `npm ci` trusts what the lock says about a tarball, and would not install a package that the library needs since then. */
export function libraryFaults({ packages }, manifests) {
  return manifests.flatMap((manifest) => {
    const locked = packages[`node_modules/${manifest.name}`];
    return !locked?.resolved?.startsWith('file:') || isDeepStrictEqual(needs(locked), needs(manifest))
      ? []
      : [`${manifest.name} has other dependencies since it was locked: run npm run lock:packages`];
  });
}

/** The libraries of one release need each other in one version, and each release changes it. The packages to install stay the same. */
function needs({ dependencies = {}, peerDependencies = {} }) {
  return [dependencies, peerDependencies].map((packages) =>
    Object.fromEntries(Object.entries(packages).filter(([name]) => !name.startsWith('@nuthatch/'))),
  );
}
