/** One Redis server, by URL: `redis://` or, over TLS, `rediss://`. */
export interface SingleServer {
  readonly mode: 'single';
  readonly url: string;
}

/** A master that Sentinels monitor. Not supported by this release. */
export interface SentinelGroup {
  readonly mode: 'sentinel';
  readonly master: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
}

/** A Redis Cluster, discovered through any of its nodes. Not supported by this release. */
export interface ClusterNodes {
  readonly mode: 'cluster';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
}

/** Describes how Redis is deployed. This release supports {@link SingleServer}. */
export type RedisTopology = SingleServer | SentinelGroup | ClusterNodes;

/**
 * Configures a connection.
 *
 * @example
 * const options: RedisOptions = { topology: { mode: 'single', url: 'rediss://cache:6380' }, operationTimeoutMs: 50 };
 */
export interface RedisOptions {
  /** The address of Redis. This release supports a single server. */
  readonly topology: RedisTopology;

  /**
   * How long one operation may take, in milliseconds. Then its caller continues without Redis.
   * @default 100
   */
  readonly operationTimeoutMs?: number;

  /**
   * How long the boot waits for the first attempt to connect, and as long again for the invalidation channel of the cache, in
   * milliseconds. An attempt that fails ends the wait. 0 does not wait.
   * @default 1_000
   */
  readonly bootTimeoutMs?: number;

  /**
   * The name of the connection in `CLIENT LIST`.
   * @default 'nuthatch'
   */
  readonly clientName?: string;

  /**
   * The version of the Redis serialization protocol.
   * @default 2
   */
  readonly protocol?: 2 | 3;
}
