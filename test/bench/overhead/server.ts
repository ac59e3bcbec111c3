import { serveCommands } from '../../support/processes/serve-commands.js';
import { serveOn, serveWithMetrics } from '../http/contenders/nuthatch.js';
import type { Where } from '../http/contender.js';
import { pin } from '../http/pinning.js';
import type { Feature } from './feature.js';
import { tokenSwitch } from './switched-token.js';

export interface ServerOptions extends Where {
  /** What it has besides the cache, if anything. */
  readonly feature: Feature['name'] | undefined;
  /** The core on which it runs. @default any */
  readonly core: string | undefined;
}

/** The commands that the benchmark sends to a server. */
export interface Commands {
  /** Resolves once the server listens. */
  serve(): Promise<void>;
  /** Returns the processor time of the process, in microseconds. */
  processorTime(): number;
}

/** The program of a server: one application, with a feature or without any. */
const options: ServerOptions = JSON.parse(process.argv[2] ?? '');
const { feature, core } = options;
if (core !== undefined) pin(core);
tokenSwitch.on = feature === 'token';

serveCommands<Commands>({
  serve: () => (feature === 'metrics' ? serveWithMetrics() : serveOn('Fastify'))(options),
  processorTime() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
