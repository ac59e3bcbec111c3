import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const holderSchema = z.object({ pid: z.number().int(), host: z.string(), since: z.string() });
type Holder = z.output<typeof holderSchema>;

/** The locks of this process. Its pid in a file proves nothing, because every container has the same pid. */
const held = new Set<string>();

/** Another process has the folder open. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  readonly code = 'FOLDER_IN_USE';

  constructor(folder: string, { pid, host, since }: Holder) {
    const elsewhere = host === hostname() ? '' : ` on ${host}`;
    super(
      `The data folder ${folder} is open in process ${pid}${elsewhere} since ${since}. Two processes with one folder would lose data.\n` +
        'Stop that process, or set another folder (DATA_DIR=…), or use a PostgreSQL server (DATABASE_URL=…).\n' +
        `If that process no longer runs, delete ${join(folder, 'lock')}.`,
    );
  }
}

/**
 * Locks a folder for this process and returns the function that releases the lock. Takes over the lock of a dead process.
 *
 * The lock is a folder with one file, whose name is new for each lock. A rename puts it in the place of nothing or of an empty folder
 * only, and the file of a dead process is removed by its name. So of several processes that find a dead lock, one takes it over, and
 * none removes its lock.
 *
 * @throws FolderInUse
 */
export function lockFolder(folder: string): () => void {
  makeFolder(resolve(folder));
  const path = resolve(folder, 'lock');
  const name = randomUUID();
  const me: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  while (!place(path, name, me)) {
    for (const file of filesOf(path)) {
      const holder = read(file);
      if (holder && isAlive(holder, path)) throw new FolderInUse(folder, holder);
      rmSync(file, { force: true });
    }
  }
  held.add(path);
  return () => {
    if (held.delete(path)) release(path, name);
  };
}

/** `mkdirSync` with `recursive` never returns for a folder that cannot be made in an existing one, such as `/proc`. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process has made it at the same time.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** Puts the lock into its place, complete, and returns whether it was free. */
function place(path: string, name: string, holder: Holder): boolean {
  const draft = mkdtempSync(`${path}.`);
  writeFileSync(join(draft, name), JSON.stringify(holder));
  try {
    renameSync(draft, path);
    return true;
  } catch (error) {
    rmSync(draft, { recursive: true });
    // ENOTDIR: the lock of a former release, a file. EPERM: Windows.
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'].some((code) => hasCode(error, code))) return false;
    throw error;
  }
}

function filesOf(path: string): string[] {
  try {
    return readdirSync(path).map((name) => join(path, name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    if (hasCode(error, 'ENOTDIR')) return [path];
    throw error;
  }
}

function release(path: string, name: string): void {
  rmSync(join(path, name), { force: true });
  try {
    rmdirSync(path);
  } catch {
    // Another process has locked the folder meanwhile.
  }
}

function read(path: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host }: Holder, path: string): boolean {
  // A process of another machine counts as alive, because it is not visible from here.
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(path);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
