import { serveCommands } from '../../support/processes/serve-commands.js';
import { serveOn, serveWithMetrics } from '../http/contenders/nuthatch.js';
import type { Where } from '../http/contender.js';
import { pin } from '../http/pinning.js';
import type { Feature } from './feature.js';
import { type ProcessWide, startedBy } from './process-wide.js';
import { tokenSwitch } from './switched-token.js';

export interface ServerOptions extends Where {
  readonly feature: Feature['name'];
  /** The core on which it runs. @default any */
  readonly core: string | undefined;
}

/** The commands that the benchmark sends to the server. */
export interface Commands {
  /** Resolves once the server listens. The feature is on. */
  serve(): Promise<void>;
  /** Switches the feature on or off. Returns the processor time of the process, in microseconds. */
  turn(on: boolean): number;
}

/** The program of the server: one application, whose feature is switched on and off while it runs. */
const options: ServerOptions = JSON.parse(process.argv[2] ?? '');
const { feature, core } = options;
if (core !== undefined) pin(core);

let metrics: ProcessWide | undefined;
let isOn = true;

serveCommands<Commands>({
  async serve() {
    const serve = feature === 'metrics' ? serveWithMetrics() : serveOn('Fastify');
    const started = await startedBy(() => serve(options));
    if (feature === 'metrics') metrics = started;
  },
  turn(on) {
    if (on !== isOn) {
      if (on) metrics?.on();
      else metrics?.off();
      if (feature === 'token') tokenSwitch.on = on;
      isOn = on;
    }
    const { user, system } = process.cpuUsage();
    return user + system;
  },
});
