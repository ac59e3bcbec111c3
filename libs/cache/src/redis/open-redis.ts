import type { RedisConnection } from '@nuthatch/redis';
import type { CacheRuntime } from '../core/cache-runtime.js';
import type { Histogram } from '../core/histogram.js';
import type { OutboxProgress } from '../core/store/outbox-progress.js';
import type { RecordStore } from '../core/store/store.js';
import { CacheServer } from './cache-server.js';
import { ClusterServers, type ClusterOptions } from './cluster/cluster-servers.js';
import { ClusterStore } from './cluster/cluster-store.js';
import { flushPending } from './flush-pending.js';
import { RedisOutboxProgress } from './outbox-progress.js';
import { namesOfOnlyServer } from './server-names.js';

/** Redis as the second tier of the caches of a process. */
export interface OpenRedis {
  readonly store: RecordStore;
  readonly outboxProgress: OutboxProgress;
  /** Begins to receive invalidations. */
  open(runtime: CacheRuntime): void;
  /** Applies pending invalidations, and closes what `open` has opened. */
  close(): Promise<void>;
}

/** Returns the second tier: one server, or all masters of a cluster. */
export function openRedis(redis: RedisConnection, options: ClusterOptions): OpenRedis {
  return redis.cluster ? ofCluster(redis, redis.cluster, options) : ofServer(redis, options);
}

function ofServer(redis: RedisConnection, options: ClusterOptions): OpenRedis {
  const server = new CacheServer(redis, namesOfOnlyServer(options.namespace, options.processId), options);
  let opened: CacheRuntime | undefined;
  return {
    store: server.store,
    outboxProgress: new RedisOutboxProgress(redis, outboxKey(options)),
    open(runtime) {
      opened = runtime;
      server.open(runtime, runtime.coherence);
    },
    async close() {
      await server.stop();
      if (opened) await flushPending(opened, redis.firstAttempt);
      await server.close();
    },
  };
}

function ofCluster(
  redis: RedisConnection,
  map: NonNullable<RedisConnection['cluster']>,
  options: ClusterOptions,
): OpenRedis {
  const durations = new Map<string, Histogram>();
  const key = outboxKey(options);
  const servers = new ClusterServers(redis, map, { ...options, durations });
  let opened: CacheRuntime | undefined;
  return {
    store: new ClusterStore(redis, map, servers, durations),
    outboxProgress: new RedisOutboxProgress(
      { run: (...operation) => servers.connectionOf(key).run(...operation) },
      key,
    ),
    open(runtime) {
      opened = runtime;
      servers.open(runtime);
    },
    async close() {
      await servers.stop();
      if (opened) await flushPending(opened, servers.firstAttempts());
      await servers.close();
    },
  };
}

/** The key of the checkpoint of the outbox. In a cluster, the keys of its changes have the same hash slot. */
function outboxKey({ namespace }: ClusterOptions): string {
  return `${namespace}:{outbox}`;
}
