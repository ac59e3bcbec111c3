import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.js';
import { postgresProgram } from './programs/postgres-program.js';
import { ServerProcess } from './server-process.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

const run = promisify(execFile);

interface PostgresOptions {
  /** Whether a commit waits for the disk, as in production. @default false */
  readonly durable?: boolean;
}

/** A PostgreSQL on 127.0.0.1 that trusts all users and keeps no data. */
export async function startPostgres({ durable = false }: PostgresOptions = {}): Promise<PostgresServer> {
  const dir = await temporaryFolder('postgres');
  return startIn(dir, durable).catch(async (failure: unknown) => {
    await removeFolder(dir);
    throw failure;
  });
}

async function startIn(dir: string, durable: boolean): Promise<PostgresServer> {
  const user = await unprivilegedUser();
  await chmod(dir, 0o755);
  if (user) await chown(dir, user.uid, user.gid);

  const { postgres, initdb } = await postgresProgram(dir);
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  const data = join(dir, 'data');
  const cluster = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '-D', data];
  const init = await ServerProcess.start(initdb, cluster, { env, dir, user });
  if ((await init.exited).code !== 0) throw new Error(`initdb failed:\n${init.lines.join('\n')}`);

  const port = await freePort();
  const network = ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${dir}`];
  const fast = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];
  // SIGQUIT is like a crash for its clients, but the system removes its shared memory.
  const options = { env, dir, user, lastSignal: 'SIGQUIT', afterExit: () => removeFolder(dir) } as const;
  const server = await ServerProcess.start(postgres, ['-D', data, ...network, ...(durable ? [] : fast)], options);

  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await server.ready(() => answers(url));
  return new PostgresServer(url, server);
}

export class PostgresServer {
  constructor(
    readonly url: string,
    private readonly server: ServerProcess,
  ) {}

  createDatabase(): Promise<string> {
    return createDatabase(this.url);
  }

  /** Ends the server in order, and closes its connections. */
  async stop(): Promise<void> {
    await this.server.end('SIGINT');
  }

  /** Crashes the server, without a checkpoint. */
  async kill(): Promise<void> {
    await this.server.end('SIGQUIT');
  }
}

/** Creates an empty database on this server, and returns its URL. */
export async function createDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await query(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

/** Runs a statement over a connection of its own, and returns its rows. */
export async function query(url: string, statement: string): Promise<unknown[]> {
  const { rows } = await withClient(url, (client) => client.query(statement));
  return rows;
}

async function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root, so a test run as root starts it as `nobody`. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
