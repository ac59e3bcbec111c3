import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from './run.js';

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** Fetches the packages of a lock file that npm's cache lacks. `npm ci --offline` needs them there. */
export async function addToNpmCache(lockFile: string): Promise<void> {
  const lock: Lock = JSON.parse(await readFile(lockFile, 'utf8'));
  await run('npm', ['cache', 'add', '--prefer-offline', ...specsOf(lock)], { cwd: dirname(lockFile) });
}

/** Returns the packages of the registry that this platform installs. Our own tarballs have no integrity in the lock. */
function specsOf({ packages }: Lock): string[] {
  const specs = Object.entries(packages)
    .filter(([, { integrity, os = [process.platform], cpu = [process.arch] }]) => {
      return integrity !== undefined && os.includes(process.platform) && cpu.includes(process.arch);
    })
    .map(([path, { name = path.replace(/^.*node_modules\//, ''), version }]) => `${name}@${version}`);
  return [...new Set(specs)];
}
