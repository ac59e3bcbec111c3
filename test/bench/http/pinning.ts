import { spawnSync } from 'node:child_process';

/** The cores of the processes. A server that shares its core with the load is measured together with the load. */
export interface Cores {
  readonly server: string;
  readonly others: string;
}

/** Returns `undefined` when the system cannot pin processes or has a single core. */
export function coresToPin(): Cores | undefined {
  const cores: Cores = { server: '0', others: '1' };
  const works = Object.values(cores).every((core) => taskset('-c', core, 'true'));
  return works ? cores : undefined;
}

/** Pins all threads of a process, of this one by default, and the processes that it starts from now on. */
export function pin(core: string, pid = process.pid): void {
  const pinThreads = (): boolean => taskset('-a', '-c', '-p', core, String(pid));
  // A thread that ends after taskset has listed it makes taskset fail.
  if (!pinThreads() && !pinThreads()) throw new Error(`taskset could not pin process ${pid} to core ${core}.`);
}

function taskset(...args: readonly string[]): boolean {
  return spawnSync('taskset', args).status === 0;
}
