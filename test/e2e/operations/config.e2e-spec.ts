import { createServer } from 'node:net';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { copyEmbedded } from '../../support/embedded-database.js';
import { freePort } from '../../support/free-port.js';
import { eventually } from '../../support/eventually.js';
import { type Exit, ServerProcess } from '../../support/server-process.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { newDatabase } from '../support/running-api.js';

const main = join(import.meta.dirname, '../../../dist/apps/api/main.js');

describe('the process', () => {
  let dir: string;
  let running: ServerProcess[];
  beforeEach(async () => {
    dir = await temporaryFolder('config');
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((process) => process.end('SIGKILL')));
    await removeFolder(dir);
  });

  const givenDatabase = (folder: string) => copyEmbedded(inject('embeddedFolder'), join(dir, folder));
  const start = async (env: Readonly<Record<string, string>>) => {
    const server = await ServerProcess.start(process.execPath, [main], {
      dir,
      env: { HOST: '127.0.0.1', NO_COLOR: '1', ...env },
    });
    running.push(server);
    return server;
  };
  const failure = async (
    env: Readonly<Record<string, string>>,
  ): Promise<{ exit: Exit; message: string; lines: readonly string[] }> => {
    const server = await start(env);
    return {
      exit: await server.exited,
      lines: server.lines,
      message: server.lines.filter((line) => !line.startsWith('[Nest]')).join('\n'),
    };
  };

  it('ends on an old Node with one sentence, before any other message', async () => {
    const oldNode = `Object.defineProperty(process, 'version', { value: 'v20.19.5' })`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(oldNode)}`;
    const { exit, lines } = await failure({ NODE_OPTIONS, PORT: 'http' });
    expect(exit).toEqual({ code: 1, signal: null });
    expect(lines).toEqual(['Nuthatch needs Node 24 or newer, and this is v20.19.5.']);
  });

  it('lists every wrong setting at once, without secrets', async () => {
    const wrong = {
      NODE_ENV: 'prod',
      PORT: 'http',
      HOST: 'my host',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: 'yes',
      KEEP_ALIVE_TIMEOUT: '72',
      SHUTDOWN_DELAY: '5',
      DATABASE_URL: 'mysql://root:hunter2@db/app',
      REDIS_URL: 'http://:hunter2@cache',
      REDIS_SENTINELS: 'a',
      REDIS_TLS_CA: '/etc/redis/ca.crt',
      REDIS_CLUSTER_NODES: 'a',
      CACHE_NAMESPACE: 'a:b',
      CACHE_REQUIRED: 'yes',
      CACHE_OPERATION_TIMEOUT: '100',
      CACHE_L1_MAX_BYTES: 'much',
      CACHE_L1_MAX_STALENESS: 'never',
      REQUIRE_IF_MATCH: 'yes',
      DATA_DIR_FILE: '/nowhere',
    };
    const { exit, message } = await failure(wrong);
    expect(exit).toEqual({ code: 1, signal: null });
    const lines = message.split('\n');
    expect(lines[0]).toBe('Nuthatch did not start. 19 settings are invalid:');
    const named = lines.slice(1).map((line) => /^ {2}- ([A-Z_0-9]+) /.exec(line)?.[1]);
    expect(named).toHaveLength(19);
    expect(new Set(named)).toEqual(new Set(Object.keys(wrong)));
    expect(message).not.toContain('hunter2');
  });

  it('reads a .env file, and prefers the environment', async () => {
    await writeFile(join(dir, '.env'), 'PORT=http\nLOG_LEVEL=loud\n');
    const { message } = await failure({ LOG_LEVEL: 'info' });
    expect(message).toContain('One setting is invalid:\n  - PORT is "http".');
  });

  it('reports a port in use, and leaves no data folder locked', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const { exit, message, lines } = await failure({ PORT: port, DATA_DIR: await givenDatabase('data') });
    other.close();
    expect(exit.code).toBe(1);
    expect(lines.filter((line) => /in use/i.test(line))).toHaveLength(1);
    expect(await readdir(join(dir, 'data'))).toEqual(['postgres']);
    expect(message).toContain(
      `Nuthatch did not start. Port ${port} is in use. Stop the program that listens on it, or set PORT to another port (0 selects a free one).`,
    );
  });

  it.each([
    ['HOST', 'nohost.invalid', newDatabase],
    ['DATA_DIR', main, async () => ({})],
    ['DATA_DIR', join(main, 'data'), async () => ({})],
  ])('reports what is wrong with %s=%s, without a stack', async (name, value, database) => {
    const { exit, message } = await failure({ PORT: '0', ...(await database()), [name]: value });
    expect(exit.code).toBe(1);
    expect(message).toMatch(new RegExp(`^Nuthatch did not start\\. .*${name}`, 'm'));
    expect(message).not.toMatch(/^ +at /m);
  });

  it('rejects a data folder that another process has open, and opens a folder after a crash', async () => {
    await givenDatabase('.nuthatch');
    const first = await start({ PORT: String(await freePort()) });
    await eventually(() => expect(first.lines.join('\n')).toMatch(/ API .*\/users/), { within: 20_000 });
    const second = await failure({ PORT: '0' });
    expect(second.exit.code).toBe(1);
    expect(second.message).toContain(`is open in process ${first.pid}`);
    expect(second.lines.join('\n')).not.toMatch(/^ +at /m);

    await first.end('SIGKILL');
    const port = await freePort();
    const third = await start({ PORT: String(port) });
    await eventually(() => expect(third.lines.join('\n')).toMatch(/ API .*\/users/), { within: 20_000 });
    expect((await fetch(`http://127.0.0.1:${port}/users`)).status).toBe(200);
    expect(await third.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('reports a database that is down at once, each line with its own time, and suggests the setting that is meant', async () => {
    const database = `postgres://nuthatch@127.0.0.1:${await freePort()}/nuthatch`;
    const server = await start({ PORT: '0', DATABASE_URL: database, REDIS_URI: 'redis://localhost' });
    const times = await eventually(
      () => {
        const found = ['PostgreSQL is not ready', 'Did you mean REDIS_URL?'].map((text) =>
          server.lines.find((line) => line.includes(text)),
        );
        expect(found).not.toContain(undefined);
        return found.map((line) => Date.parse(JSON.parse(line ?? '').time));
      },
      { within: 20_000 },
    );
    // The boot waits 3 s for the database before it writes the second line.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2_500);
  });

  it('prints its servers at the start, and the settings that change them', async () => {
    const server = await start({ PORT: String(await freePort()), DATA_DIR: await givenDatabase('data') });
    await eventually(() => expect(server.lines.join('\n')).toMatch(/API .*\/docs\n[^]*DATABASE_URL=[^]*REDIS_URL=/), {
      within: 20_000,
    });
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });
});
