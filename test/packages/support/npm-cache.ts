import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

const filled = join(import.meta.dirname, '../../../node_modules/.cache/nuthatch/npm-cache-filled');

/** Fetches the packages of lock files into npm's cache, once for each state of the files. `npm ci --offline` needs them there. */
export async function fillNpmCache(lockFiles: readonly string[]): Promise<void> {
  const locks = await Promise.all(lockFiles.map((file) => readFile(file, 'utf8')));
  const stamp = join(filled, createHash('sha256').update(locks.join('')).digest('hex'));
  if (existsSync(stamp)) return;
  const specs = new Set(locks.flatMap((text) => specsOf(JSON.parse(text))));
  await run('npm', ['cache', 'add', ...specs], { cwd: import.meta.dirname });
  await mkdir(filled, { recursive: true });
  await writeFile(stamp, '');
}

/** Returns the packages of the registry that this platform installs. Our own tarballs have no integrity in the lock. */
function specsOf({ packages }: Lock): string[] {
  return Object.entries(packages)
    .filter(([, { integrity, os = [process.platform], cpu = [process.arch] }]) => {
      return integrity !== undefined && os.includes(process.platform) && cpu.includes(process.arch);
    })
    .map(([path, { name = path.replace(/^.*node_modules\//, ''), version }]) => `${name}@${version}`);
}
