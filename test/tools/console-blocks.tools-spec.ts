import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { createDatabase } from '../support/postgres-server.js';
import { installedOrUnpacked } from '../support/programs/unpacked-program.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { consoleBlocks, patternOf, withoutChance } from './console-blocks.js';
import { Shell } from './shell.js';

/** With `PAUSE_SECONDS=36`, the blocks are run at the speed of a person, who lets entries expire. */
const pauseMs = Number(process.env['PAUSE_SECONDS'] ?? 0) * 1_000;

const root = join(import.meta.dirname, '../..');
const tour = 'docs/tour/README.md';
const toRun = (page: string) =>
  consoleBlocks(readFileSync(join(root, page), 'utf8')).filter(({ directive }) => !directive?.startsWith('not run: '));
const others = globSync('{README.md,docs/**/*.md,libs/*/README.md}', {
  cwd: root,
  exclude: (name) => name === 'node_modules',
}).filter((page) => page !== tour && toRun(page).length > 0);

/** Two instances on :3000 and :3001 of the pages, with one Redis, and one PostgreSQL of 10,000 users. */
describe('the console blocks of the documentation', () => {
  let redis: RedisServer;
  const instances: AppProcess[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    const environment = { DATABASE_URL: await createDatabase(inject('postgresUrl')), REDIS_URL: redis.url };
    const env = { PATH: process.env['PATH'], ...environment };
    await promisify(execFile)(process.execPath, ['dist/apps/api/seed.js'], { cwd: root, env });
    // On a busy machine a short timeout would make reads bypass Redis.
    const settings = { ...environment, CACHE_OPERATION_TIMEOUT: '5s' };
    instances.push(await startApp(settings));
    instances.push(await startApp(settings));
    await redisIs('up');
  }, 120_000);
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.kill()));
    await redis.kill();
  });

  async function redisIs(state: 'up' | 'down'): Promise<void> {
    if (state === 'down') await redis.kill();
    if (state === 'up' && (await statuses()).some((status) => status !== 'ok')) await redis.restart();
    const wanted = state === 'up' ? 'ok' : 'degraded';
    await eventually(async () => expect(await statuses()).toEqual([wanted, wanted]), { within: 20_000 });
  }

  /** `/health` reports the connection; a list shows whether reads use it again. */
  const statuses = () =>
    Promise.all(
      instances.map(async ({ url }) => {
        const { status }: { status: string } = JSON.parse(await (await fetch(`${url}/health`)).text());
        const list = await fetch(`${url}/users?limit=2`);
        await list.text();
        return status === 'ok' && list.headers.get('x-cache') === 'BYPASS' ? 'not used yet' : status;
      }),
    );

  /** In this shell, `curl` reaches the two instances by the addresses of the pages. */
  async function readersShell(): Promise<Shell> {
    const curl = installedOrUnpacked('curl', 'curl');
    if (!curl) throw new Error('The blocks need curl. Run: apt-get install curl');
    const shell = new Shell({ cwd: root, env: { ...process.env, ...curl.env } });
    const ports = instances.map(({ port }, at) => `--connect-to localhost:${3_000 + at}:127.0.0.1:${port}`).join(' ');
    await shell.run(`curl() { '${curl.command}' --no-progress-meter ${ports} "$@"; }`);
    await shell.run(`ID=$(curl -s 'localhost:3000/users?limit=1' | cut -d'"' -f6)`);
    return shell;
  }

  /** Runs the blocks of a page in one shell, and returns the outputs that differ from the page. */
  async function differences(page: string): Promise<readonly object[]> {
    const found: object[] = [];
    const shell = await readersShell();
    for (const { line, directive = '', steps } of toRun(page)) {
      const [, first] = /^after (.+)$/.exec(directive) ?? [];
      if (!first && !['', 'redis is down', 'redis is back'].includes(directive))
        throw new Error(`${page}:${line} has the unknown directive "${directive}".`);
      await redisIs(directive === 'redis is down' ? 'down' : 'up');
      await pause(pauseMs);
      if (first) await shell.run(first);
      for (const { command, output } of steps) {
        const written = withoutChance(await shell.run(command));
        if (!patternOf(output).test(written)) found.push({ line, command, shown: withoutChance(output), written });
      }
    }
    shell.close();
    await redisIs('up');
    return found;
  }

  const timeout = 120_000 + 20 * pauseMs;

  it.each(['first', 'second'])('the tour has the output that its page shows, the %s time', { timeout }, async () => {
    expect(await differences(tour)).toEqual([]);
  });

  it.each(others)('%s shows the real output', { timeout }, async (page) => {
    expect(await differences(page)).toEqual([]);
  });
});

describe(consoleBlocks, () => {
  it('returns commands with their outputs, and the directive before the block', () => {
    const page =
      '# A\n\n<!-- console: redis is down -->\n\n```console\n$ one\n1\n\n2\n$ two\n```\n\n```sh\n$ no\n```\n';
    expect(consoleBlocks(page)).toEqual([
      {
        line: 3,
        directive: 'redis is down',
        steps: [
          { command: 'one', output: '1\n\n2' },
          { command: 'two', output: '' },
        ],
      },
    ]);
  });
});

describe(patternOf, () => {
  it('accepts other ids, times and durations, and any text for an ellipsis', () => {
    const shown = 'ttl=30 5acdd50f-e599-4b4a-8123-5f22ccfa75d2\n{…}\n200 in 0.01 s';
    expect(withoutChance('ttl=9 01941f29-b054-7577-8b9d-a674943f19e7\r\n{"a":1}\n200 in 1.2 s')).toMatch(
      patternOf(shown),
    );
  });

  it('refuses another word or number', () => {
    expect(withoutChance('cache-status: hit; detail=l2')).not.toMatch(patternOf('cache-status: hit; detail=l1'));
    expect(withoutChance('"pending":1')).not.toMatch(patternOf('"pending":0'));
  });
});
