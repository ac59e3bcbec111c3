import type { INestApplication } from '@nestjs/common';
import { CacheRegistry } from '@nuthatch/cache';
import { expect, inject } from 'vitest';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { createApp } from '../../../apps/api/src/create-app.js';
import { eventually } from '../../support/eventually.js';
import { copyEmbedded } from '../../support/embedded-database.js';
import { createDatabase } from '../../support/postgres-server.js';
import { watchApp } from './watch/watch-app.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON of the body; `undefined` without a body and for other media types. */
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- each test states the shape that it expects
}

export interface Sent {
  /** A text is sent as it is, any other value as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RunningApi {
  readonly app: INestApplication;
  readonly url: string;
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  /** Takes the messages about invalidations that its writes have forgotten. They fail no test then. */
  forgotten(): string[];
  stop(): Promise<void>;
}

/** An empty database on a server. It starts ten times faster than the embedded one. */
export const newDatabase = async () => ({ DATABASE_URL: await createDatabase(inject('postgresUrl')) });

/** Both databases. The API makes the same promises on each. */
export const databases = [
  {
    database: 'embedded PostgreSQL',
    environment: async () => ({ DATA_DIR: await copyEmbedded(inject('embeddedFolder')) }),
  },
  { database: 'PostgreSQL', environment: newDatabase },
];

/** Starts the whole application in this process, on a free port. A forgotten invalidation fails the test that runs. */
export async function startApi(environment: Readonly<Record<string, string>>): Promise<RunningApi> {
  const app = await createApp(new AppConfig({ LOG_LEVEL: 'silent', ...environment }));
  const watcher = await watchApp(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    app,
    url,
    send: (method, path, sent) => send(method, `${url}${path}`, sent),
    forgotten: () => watcher.take(),
    stop: () => app.close().finally(() => watcher.close()),
  };
}

let namespaces = 0;

/** Returns the settings of a cache in Redis. Tests share one Redis, and each call returns a new namespace. */
export function cacheEnvironment() {
  namespaces += 1;
  return {
    REDIS_URL: inject('redisUrl'),
    CACHE_NAMESPACE: `e2e-${process.pid}-${namespaces}`,
    // On a busy machine a short timeout would make reads bypass Redis.
    CACHE_OPERATION_TIMEOUT: '5s',
  };
}

/** Starts the application like {@link startApi} and waits until its invalidation channel is connected. */
export async function startListening(environment: Readonly<Record<string, string>>): Promise<RunningApi> {
  const api = await startApi(environment);
  await eventually(() => expect(api.app.get(CacheRegistry).channel.connected).toBe(true));
  return api;
}

/** Sends one request to any instance. */
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
