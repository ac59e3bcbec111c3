import { RedisConnection, type RedisTopology } from '@nuthatch/redis';
import { Pool } from 'pg';
import { inject, onTestFinished } from 'vitest';
import { createDatabase } from '../../../../test/support/postgres-server.js';
import { checkOptions } from '../../src/cache.options.js';
import { CacheRegistry } from '../../src/core/cache-registry.js';
import type { CacheDefinition } from '../../src/core/policy/define-cache.js';
import { outboxMigration } from '../../src/outbox/migration/migration.js';
import { ChangeNames } from '../../src/outbox/relay/change-names.js';
import { OutboxRelay } from '../../src/outbox/relay/outbox-relay.js';
import { type Change, OutboxTable } from '../../src/outbox/relay/outbox-table.js';
import type { SqlClient } from '../../src/outbox/sql-client.js';
import { RuntimeProvider } from '../../src/runtime-provider.js';

type Definition = CacheDefinition<unknown, unknown>;

/** Creates a database with these tables and the outbox of these caches. */
export async function givenDatabase(tables: readonly string[], caches: readonly Definition[]) {
  const url = await createDatabase(inject('postgresUrl'));
  const pool = new Pool({ connectionString: url, max: 20 });
  pool.on('error', () => {});
  onTestFinished(() => pool.end());
  for (const statement of [...tables, ...outboxMigration(caches).up]) await pool.query(statement);
  return { url, pool };
}

/** Returns what the triggers have added to the outbox, oldest first, without the repeated texts of a row. */
export async function outboxOf(client: SqlClient): Promise<readonly Pick<Change, 'keys' | 'tags' | 'token'>[]> {
  const { rows } = await client.query(
    "SELECT json_build_object('keys', keys, 'tags', to_json(tags), 'token', token)::text AS change FROM cache_outbox ORDER BY id",
    [],
  );
  return rows.map((row) => {
    const { keys, tags, token }: Change = JSON.parse(String(Object(row)['change']));
    const once = Object.entries(keys).map(([cache, texts]) => [cache, texts && [...new Set(texts)]]);
    return { keys: Object.fromEntries(once), tags: [...new Set(tags)], token };
  });
}

const RETENTION_MS = 900_000;

interface InstanceOptions {
  readonly caches: readonly Definition[];
  readonly retentionMs?: number;
  /** Whether the relay polls by itself. If not, the test polls. @default true */
  readonly polls?: boolean;
  readonly operationTimeoutMs?: number;
}

/** Starts an instance with these caches and a relay, on the Redis of a URL, on a cluster, or in memory. */
export async function givenFollower(
  client: SqlClient,
  server: string | RedisTopology | null,
  { caches, retentionMs = RETENTION_MS, polls = true, operationTimeoutMs = 2_000 }: InstanceOptions,
) {
  const topology = typeof server === 'string' ? ({ mode: 'single', url: server } as const) : server;
  const redis = topology && new RedisConnection({ topology, operationTimeoutMs });
  redis?.open();
  const open = new RuntimeProvider(redis, checkOptions({ namespace: 'app' }));
  const { runtime } = open;
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const registry = new CacheRegistry(runtime);
  for (const definition of caches) registry.create(definition);
  const relay = new OutboxRelay(
    { ...runtime, warn },
    new OutboxTable(client, 'public'),
    new ChangeNames(registry, runtime.keys, warn),
    () => retentionMs,
  );
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await relay.stop();
    await open.onApplicationShutdown();
    await redis?.close();
  };
  onTestFinished(stop);
  relay.restrictReads();
  await open.onModuleInit();
  await redis?.firstAttempt;
  if (polls) await relay.start();
  return { runtime, registry, relay, redis, warnings, warn, stop };
}
