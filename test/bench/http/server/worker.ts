import { serveCommands } from '../../../support/processes/serve-commands.js';
import type { Commands, WorkerOptions } from './commands.js';
import { origin } from './origin.js';
import { pin } from '../pinning.js';
import { contenderOf } from '../all-contenders.js';

/** The program of a server: one contender in its own process. */
const options: WorkerOptions = JSON.parse(process.argv[2] ?? '');
if (options.core !== undefined) pin(options.core);

serveCommands<Commands>({
  async serve() {
    const { load, traffic } = contenderOf(options.contender);
    origin.orders = traffic.orders;
    const serve = await load();
    await serve(options);
  },
  usage() {
    const { user, system } = process.cpuUsage();
    return { cpuMicros: user + system, loads: origin.loads, writes: origin.writes };
  },
});
