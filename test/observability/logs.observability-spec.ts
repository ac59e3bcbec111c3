import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { type AppProcess, startApp } from '../support/app-process.js';
import { eventually } from '../support/eventually.js';
import { createDatabase } from '../support/postgres-server.js';
import { folder, questionsTo } from './files.js';

const anyLine = z.looseObject({
  level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
  time: z.iso.datetime(),
  pid: z.int(),
  hostname: z.string(),
  msg: z.string(),
});

/** The line of a request. It has no other member, because the README lists every one. */
const requestLine = z.strictObject({
  ...anyLine.shape,
  requestId: z.string(),
  method: z.string(),
  path: z.string().startsWith('/'),
  status: z.int(),
  durationMs: z.number(),
  clientAddress: z.ipv4(),
  traceId: z.string().length(32).optional(),
  cache: z
    .strictObject({
      name: z.string(),
      result: z.enum(['hit', 'miss', 'stale', 'negative', 'bypass', 'error']),
      tier: z.enum(['l1', 'l2']).optional(),
      ageMs: z.number().optional(),
    })
    .optional(),
});

describe('the log lines that Alloy sends to Loki', () => {
  let app: AppProcess;
  let lines: readonly unknown[];
  let requests: readonly unknown[];

  beforeAll(async () => {
    app = await startApp({
      DATABASE_URL: await createDatabase(inject('postgresUrl')),
      NODE_ENV: 'production',
      SHUTDOWN_DELAY: '0s',
    });
    const headers = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    for (const path of ['/users', '/users', '/nowhere']) await (await fetch(`${app.url}${path}`, { headers })).text();
    await eventually(() => {
      if (!app.logs.some((line) => line.includes('/nowhere'))) throw new Error('The last line is not written yet.');
    });
    lines = app.logs.map((line) => JSON.parse(line));
    requests = app.logs.filter((line) => line.includes('"msg":"request completed"')).map((line) => JSON.parse(line));
  });
  afterAll(() => app.kill());

  it('are JSON, each with a level, a time and a message', () => {
    for (const line of lines) expect(anyLine.parse(line)).toEqual(line);
  });

  it('have one line per request, with these members and no other', () => {
    expect(requests.map((line) => requestLine.parse(line))).toMatchObject([
      { path: '/users', status: 200, cache: { name: 'users.page', result: 'miss' } },
      { path: '/users', status: 200, cache: { name: 'users.page', result: 'hit' } },
      { path: '/nowhere', status: 404 },
    ]);
  });

  it('have the members that the configuration of Alloy and the dashboards read', () => {
    const alloy = readFileSync(join(folder, 'config.alloy'), 'utf8');
    const extracted = /stage\.json \{\s*expressions = \{([^}]*)\}/.exec(alloy)?.[1] ?? '';
    const read = [...extracted.matchAll(/= "(\w+)"/g)].map(([, name = '']) => name);
    const shown = questionsTo('loki').flatMap(({ expr }) =>
      [...expr.matchAll(/\{\{\.(\w+)\}\}/g)].map(([, name = '']) => name),
    );
    expect(read.length).toBeGreaterThan(0);
    expect(shown.length).toBeGreaterThan(0);
    expect(Object.keys(requestLine.shape)).toEqual(expect.arrayContaining([...read, ...shown]));
  });
});
