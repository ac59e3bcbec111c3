import { join } from 'node:path';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';

/** What the event loop of a server has done since its start. */
export interface ServerReport {
  readonly processorMs: number;
  /** Requests that were refused before the router. */
  readonly refusals: number;
  readonly slowestRefusalMs: number;
}

export interface MeteredApp extends AppProcess {
  measure(): Promise<ServerReport>;
}

const program = join(import.meta.dirname, 'server-meter.mjs');

/** Starts the application with a meter. */
export async function startMeteredApp(env: Readonly<Record<string, string>>): Promise<MeteredApp> {
  const app = await startApp({ ...env, NODE_OPTIONS: `--import ${program}` });
  const reports = () => app.logs.filter((line) => line.startsWith('{"processorMs"'));
  return {
    ...app,
    async measure() {
      const before = reports().length;
      app.signal('SIGCONT');
      return eventually(() => JSON.parse(reports()[before] ?? ''));
    },
  };
}
