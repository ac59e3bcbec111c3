import { get } from 'node:http';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { ServerProcess, type Exit } from './server-process.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

const main = join(import.meta.dirname, '../../dist/apps/api/main.js');

export interface AppProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Every line it wrote to stdout and stderr so far. */
  readonly logs: readonly string[];
  readonly exited: Promise<Exit>;
  /** Sends SIGTERM. */
  stop(): Promise<Exit>;
  /** Kills the process. */
  kill(): Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

/**
 * Starts the built application as a process of its own. It inherits only PATH and HOME, and runs in an empty folder, so that it
 * finds no files of another run. `program` is the bundle to start.
 */
export async function startApp(env: Readonly<Record<string, string>> = {}, program = main): Promise<AppProcess> {
  const port = Number(env['PORT'] ?? (await freePort()));
  const dir = await temporaryFolder('app');
  const { PATH, HOME } = process.env;
  const server = await ServerProcess.start(process.execPath, ['--enable-source-maps', program], {
    dir,
    afterExit: () => removeFolder(dir),
    env: { PATH, HOME, HOST: '127.0.0.1', PORT: String(port), ...env },
  });
  await server.ready(() => answers(port));

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: server.pid,
    logs: server.lines,
    exited: server.exited,
    stop: () => server.end('SIGTERM'),
    kill: () => server.end('SIGKILL'),
    signal: (signal) => server.signal(signal),
  };
}

/** Accepts any response. It uses a connection of its own, because a kept-alive one would delay the end of the application. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/health/live', agent: false, timeout: 1_000 }, (response) => {
      response.resume().once('end', () => resolve(true));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
