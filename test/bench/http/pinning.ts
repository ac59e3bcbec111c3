import { spawnSync } from 'node:child_process';

/** Which core is whose. A server that shares its core with the load is measured together with it. */
export interface Cores {
  readonly server: string;
  readonly everybodyElse: string;
}

/** `undefined` where the system cannot pin, or has one core only. */
export function coresToPin(): Cores | undefined {
  const cores: Cores = { server: '0', everybodyElse: '1' };
  const works = Object.values(cores).every((core) => taskset('-c', core, 'true'));
  return works ? cores : undefined;
}

/** With all its threads, and with what it starts from now on. */
export function pinThisProcess(core: string): void {
  if (!taskset('-a', '-c', '-p', core, String(process.pid)))
    throw new Error(`This process cannot be pinned to core ${core}.`);
}

function taskset(...args: readonly string[]): boolean {
  return spawnSync('taskset', args).status === 0;
}
