import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FolderInUse, lockFolder } from './folder-lock.js';

describe(lockFolder, () => {
  let folder: string;
  const textOf = (pid: number, host = hostname()) => JSON.stringify({ pid, host, since: '2026-01-01T00:00:00.000Z' });
  const lockOf = (...holder: Parameters<typeof textOf>) => {
    mkdirSync(join(folder, 'lock'));
    writeFileSync(join(folder, 'lock', 'of-another'), textOf(...holder));
  };
  const holder = () => {
    const [name = '', ...others] = readdirSync(join(folder, 'lock'));
    expect(others).toEqual([]);
    return JSON.parse(readFileSync(join(folder, 'lock', name), 'utf8'));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('creates the folder, locks it and releases it', () => {
    folder = join(folder, 'deep', 'folder');
    const unlock = lockFolder(folder);
    expect(holder()).toMatchObject({ pid: process.pid, host: hostname() });
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    folder = join(folder, '../..');
  });

  it('creates the folders above it', () => {
    const below = join(folder, 'a', 'b');
    lockFolder(below)();
    expect(readdirSync(join(folder, 'a'))).toEqual(['b']);
  });

  it('refuses a folder that the system does not let it create', () => {
    // mkdir answers ENOENT below an existing folder.
    expect(() => lockFolder('/proc/nuthatch/data')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  it('refuses a folder that this process has open', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(FolderInUse);
    unlock();
    lockFolder(folder)();
  });

  it('refuses a folder that a live process has open and names the process and the fix', () => {
    lockOf(process.ppid);
    expect(() => lockFolder(folder)).toThrow(
      new RegExp(`process ${process.ppid} [^]*DATA_DIR[^]*DATABASE_URL[^]*delete`),
    );
    expect(holder().pid).toBe(process.ppid);
  });

  it('refuses a folder that a process of another machine has locked', async () => {
    const pid = await goneProcess();
    lockOf(pid, 'elsewhere');
    expect(() => lockFolder(folder)).toThrow(`process ${pid} on elsewhere`);
  });

  it('takes over the lock of a dead process', async () => {
    lockOf(await goneProcess());
    const unlock = lockFolder(folder);
    expect(holder().pid).toBe(process.pid);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes over a lock with its own pid that a former container left', () => {
    lockOf(process.pid);
    const unlock = lockFolder(folder);
    expect(holder().since).not.toBe('2026-01-01T00:00:00.000Z');
    unlock();
  });

  it('takes over a file that is not a lock', () => {
    writeFileSync(join(folder, 'lock'), '');
    const unlock = lockFolder(folder);
    expect(holder().pid).toBe(process.pid);
    unlock();
  });

  it('leaves the lock of a process that takes over the same dead lock at the same time', async () => {
    lockOf(await goneProcess());
    let unlock: (() => void) | undefined;
    // Between the reading of the dead lock and its removal, another starter takes it over.
    const kill = vi.spyOn(process, 'kill').mockImplementationOnce(() => {
      unlock = lockFolder(folder);
      throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
    });
    expect(() => lockFolder(folder)).toThrow(FolderInUse);
    kill.mockRestore();
    expect(holder().pid).toBe(process.pid);
    unlock?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('respects the lock of a former release, a file, while its process runs', async () => {
    writeFileSync(join(folder, 'lock'), textOf(process.ppid));
    expect(() => lockFolder(folder)).toThrow(`process ${process.ppid} `);
    writeFileSync(join(folder, 'lock'), textOf(await goneProcess()));
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('releases its own lock once and keeps the lock of a later process', () => {
    const unlock = lockFolder(folder);
    unlock();
    lockOf(process.ppid);
    unlock();
    expect(holder().pid).toBe(process.ppid);
  });
});

async function goneProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}
