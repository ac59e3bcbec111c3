import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
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
 * @throws FolderInUse
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = resolve(folder, 'lock');
  const me: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  while (!place(path, me)) {
    const holder = read(path);
    if (holder && isAlive(holder, path)) throw new FolderInUse(folder, holder);
    discard(path, holder);
  }
  held.add(path);
  return () => {
    if (held.delete(path)) rmSync(path, { force: true });
  };
}

/** Creates the lock as a link, which is atomic and never replaces a file: no process reads a half-written lock. */
function place(path: string, holder: Holder): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(holder));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of a dead process. If another process has replaced it since it was read, the new lock is restored. */
function discard(path: string, dead: Holder | undefined): void {
  const aside = `${path}.${randomUUID()}.dead`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (JSON.stringify(read(aside)) !== JSON.stringify(dead)) linkSync(aside, path);
  rmSync(aside, { force: true });
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
