import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether node_modules holds what package-lock.json asks for. */
export function packagesMatch(root) {
  return isInstalled(read(join(root, 'package-lock.json')), read(join(root, 'node_modules/.package-lock.json')));
}

function read(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/**
 * Compares the lock file with npm's own record of what it installed. Optional packages may be absent, because most are for other
 * platforms, but a present one must have the right version.
 */
export function isInstalled(lock, record) {
  if (!record) return false;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== '');
  return (
    wanted.every(([path, entry]) => matches(entry, record.packages[path])) &&
    Object.keys(record.packages).every((path) => path in lock.packages)
  );
}

function matches(wanted, installed) {
  if (!installed) return wanted.optional === true;
  return wanted.version === installed.version && wanted.integrity === installed.integrity;
}
