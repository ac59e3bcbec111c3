import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { CacheRegistry } from '@nuthatch/cache';
import { expect, inject } from 'vitest';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { createApp } from '../../../apps/api/src/create-app.js';
import { createFastifyAdapter } from '../../../apps/api/src/http/server/fastify-adapter.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` when there is none, or when it is something else. */
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- what a test expects of it is what it says
}

export interface Sent {
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RunningApi {
  readonly app: INestApplication;
  readonly url: string;
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  stop(): Promise<void>;
}

/** Both databases: what the API promises, it promises on each. */
export const databases = [
  { database: 'embedded PostgreSQL', environment: async () => ({ DATA_DIR: 'memory' }) },
  { database: 'PostgreSQL', environment: async () => ({ DATABASE_URL: await createDatabase(inject('postgresUrl')) }) },
];

/** The application on each database. */
export const setups = databases.map(({ database, environment }) => ({
  on: database,
  environment,
  adapter: createFastifyAdapter,
}));

/** The whole application in this process, listening on a port of its own. */
export async function startApi(
  environment: Readonly<Record<string, string>>,
  adapter: () => AbstractHttpAdapter = createFastifyAdapter,
): Promise<RunningApi> {
  const app = await createApp(new AppConfig({ LOG_LEVEL: 'silent', ...environment }), adapter());
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    app,
    url,
    send: (method, path, sent) => send(method, `${url}${path}`, sent),
    stop: () => app.close(),
  };
}

let namespaces = 0;

/** The settings of a cache in Redis. Tests share one Redis, each in a namespace of its own. */
export function cacheEnvironment() {
  namespaces += 1;
  return { REDIS_URL: inject('redisUrl'), CACHE_NAMESPACE: `e2e-${process.pid}-${namespaces}` };
}

/** As {@link startApi}, once it hears of the writes of others. */
export async function startListening(
  environment: Readonly<Record<string, string>>,
  adapter?: () => AbstractHttpAdapter,
): Promise<RunningApi> {
  const api = await startApi(environment, adapter);
  await eventually(() => expect(api.app.get(CacheRegistry).channel.connected).toBe(true));
  return api;
}

/** One request, to whichever instance. */
export async function send(method: string, url: string, { body, headers }: Sent = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = text !== '' && /json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}
