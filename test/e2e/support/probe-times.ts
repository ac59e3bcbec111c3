import { join } from 'node:path';
import type { AppProcess } from '../../support/app-process.js';
import { ServerProcess } from '../../support/server-process.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';

const program = join(import.meta.dirname, 'probe-client.mjs');

/**
 * Asks a probe every 50 ms while `act` runs, over a new connection each time, like an orchestrator. Returns the times of the answers
 * in milliseconds. A process of its own measures them, so that neither the load of this process counts nor other programs
 * on the machine.
 */
export async function probeTimes(
  { url, pid }: Pick<AppProcess, 'url' | 'pid'>,
  path: string,
  act: () => Promise<unknown>,
): Promise<readonly number[]> {
  const dir = await temporaryFolder('probes');
  const afterExit = () => removeFolder(dir);
  const args = [program, `${url}${path}`, String(pid)];
  const client = await ServerProcess.start(process.execPath, args, { dir, env: {}, afterExit });
  await client.ready(async () => client.lines.length > 0);
  const before = client.lines.length;
  await act();
  await client.end('SIGTERM');
  return client.lines.slice(before).map(Number);
}
