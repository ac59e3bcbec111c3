import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@keyv/redis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { createDatabase } from '../../support/postgres-server.js';
import { untilReady } from '../../support/until-ready.js';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/operations/memory.md'), 'utf8');
const namespace = `memory-${process.pid}`;

/** The samples of one kind of entry. More would expire while they are stored. */
const ENTRIES = 50;
const TOLERANCE = 0.15;

/** Returns the bytes of Redis that docs/operations/memory.md states for an entry. */
function documented(entry: string): number {
  const section = page.slice(page.indexOf('## What an entry takes in Redis'));
  const [, bytes = ''] = new RegExp(`^\\| ${entry} +\\| +([\\d,]+) +\\|`, 'm').exec(section) ?? [];
  return Number(bytes.replace(',', ''));
}

describe('the memory of Redis', () => {
  const redis = createClient({ url: inject('redisUrl') });
  let api: AppProcess;
  let ids: string[];

  beforeAll(async () => {
    const environment = { DATABASE_URL: await createDatabase(inject('postgresUrl')), NODE_ENV: 'production' };
    await promisify(execFile)(process.execPath, ['dist/apps/api/seed.js', '--users', '500'], {
      cwd: root,
      env: { PATH: process.env['PATH'], ...environment },
    });
    api = await startApp({
      ...environment,
      SHUTDOWN_DELAY: '0s',
      REDIS_URL: inject('redisUrl'),
      CACHE_NAMESPACE: namespace,
      CACHE_OPERATION_TIMEOUT: '5s',
    });
    await redis.connect();
    await untilReady(api.url);
    const { data } = (await get(`/users?limit=${ENTRIES}`)) as { readonly data: readonly { readonly id: string }[] };
    ids = data.map(({ id }) => id);
  });
  afterAll(async () => {
    await redis.close();
    await api.stop();
  });

  async function get(path: string): Promise<unknown> {
    return (await fetch(`${api.url}${path}`)).json();
  }

  /** Returns the mean of MEMORY USAGE over the keys that match a pattern: key, value and their place in the table of keys. */
  async function meanBytes(pattern: string): Promise<number> {
    const sizes: number[] = [];
    for await (const keys of redis.scanIterator({ MATCH: `${namespace}:${pattern}`, COUNT: 1_000 })) {
      for (const key of keys) sizes.push((await redis.memoryUsage(key)) ?? 0);
    }
    if (sizes.length === 0) throw new Error(`Redis has no key that matches ${pattern}.`);
    return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  }

  it.each([
    ['a user', 'c:users.byId:*', () => ids.map((id) => `/users/${id}`)],
    [
      'a page of 20 users',
      'c:users.page:*',
      () => ['name', '-name', 'email', '-email'].map((sort) => `/users?limit=20&sort=${sort}`),
    ],
    ['a known absence', 'c:orders.byId:*', () => ids.map(() => `/orders/${randomUUID()}`)],
    ['a tag', 't:*', () => []],
  ])('has the documented bytes for %s', async (entry, pattern, pathsOf) => {
    await Promise.all(pathsOf().map(get));
    const bytes = await meanBytes(pattern);
    expect(bytes / documented(entry)).toBeGreaterThan(1 - TOLERANCE);
    expect(bytes / documented(entry)).toBeLessThan(1 + TOLERANCE);
  });
});
