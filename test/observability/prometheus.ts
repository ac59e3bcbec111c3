import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { installedOrUnpacked, type Program } from '../support/programs/unpacked-program.js';
import { ServerProcess } from '../support/server-process.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';
import { folder } from './files.js';

/** One time series of an answer: its values over time. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [at: number, value: string])[];
}

export interface Prometheus {
  /** Returns the answer to a question about the time since the start, one value per second. @throws for an invalid question. */
  ask(expr: string): Promise<readonly Series[]>;
  stop(): Promise<unknown>;
}

/** Starts Prometheus with docker/observability/prometheus.yaml, except that it scrapes this address, each second. */
export async function startPrometheus(metricsPort: number): Promise<Prometheus> {
  const { command, env } = program('prometheus');
  const dir = await temporaryFolder('prometheus');
  await cp(join(folder, 'rules'), join(dir, 'rules'), { recursive: true });
  await writeFile(join(dir, 'prometheus.yml'), await configuration(metricsPort));
  const port = await freePort();
  const args = [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const server = await ServerProcess.start(command, args, { dir, env, afterExit: () => removeFolder(dir) });
  const url = `http://127.0.0.1:${port}`;
  await server.ready(() =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const startedAt = Date.now() / 1_000;
  return {
    stop: () => server.end('SIGTERM'),
    ask: async (expr) => {
      const query = new URLSearchParams({
        query: expr,
        start: String(startedAt),
        end: String(Date.now() / 1_000),
        step: '1',
      });
      const answer: Answer = JSON.parse(await (await fetch(`${url}/api/v1/query_range?${String(query)}`)).text());
      if (answer.status === 'error') throw new Error(`${expr}: ${answer.error}`);
      return answer.data.result;
    },
  };
}

type Answer =
  | { readonly status: 'success'; readonly data: { readonly result: readonly Series[] } }
  | { readonly status: 'error'; readonly error: string };

/** Runs promtool in the folder of the rules. Returns its output. @throws with its output if it fails. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { command, env } = program('promtool');
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: join(folder, 'rules'), env });
  return stdout + stderr;
}

function program(name: string): Program {
  const found = installedOrUnpacked(name, 'prometheus');
  if (found) return found;
  throw new Error(`The test needs ${name}. Install Prometheus, or run npm run test:observability on Debian.`);
}

async function configuration(metricsPort: number): Promise<string> {
  const text = await readFile(join(folder, 'prometheus.yaml'), 'utf8');
  const changes = { 'app:9464': `127.0.0.1:${metricsPort}`, '15s': '1s' };
  return Object.entries(changes).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`prometheus.yaml does not have "${from}".`);
    return changed.replaceAll(from, to);
  }, text);
}
