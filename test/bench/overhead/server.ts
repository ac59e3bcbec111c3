import { serveCommands } from '../../support/processes/serve-commands.js';
import { serveOn, serveWithMetrics } from '../http/contenders/nuthatch.js';
import type { Where } from '../http/contender.js';
import { pin } from '../http/pinning.js';
import { userIds } from '../http/server/user.js';
import type { Feature } from './feature.js';
import { serveApi } from './serve-api.js';
import { tokenSwitch } from './switched-token.js';

export interface ServerOptions extends Where {
  /** What it has besides the cache, if anything. */
  readonly feature: Feature['name'] | undefined;
  readonly server: Feature['server'];
  /** The database of the example API. */
  readonly databaseUrl: string;
  /** The core on which it runs. @default any */
  readonly core: string | undefined;
}

/** The commands that the benchmark sends to a server. */
export interface Commands {
  /** Resolves once the server listens, with the path of a cached user. */
  serve(): Promise<string>;
  /** Returns the processor time of the process, in microseconds. */
  processorTime(): number;
}

/** The program of a server: one application, with a feature or without any. */
const options: ServerOptions = JSON.parse(process.argv[2] ?? '');
const { feature, server, core } = options;
if (core !== undefined) pin(core);
tokenSwitch.on = feature === 'token' || server === 'api';

serveCommands<Commands>({
  async serve() {
    if (server === 'api') return serveApi({ ...options, metrics: feature === 'metrics' });
    await (feature === 'metrics-alone' ? serveWithMetrics() : serveOn('Fastify'))(options);
    return `/users/${userIds(1)[0]}`;
  },
  processorTime() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
