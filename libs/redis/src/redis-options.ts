/** One Redis server, by URL: `redis://` or, over TLS, `rediss://`. */
export interface SingleServer {
  readonly mode: 'single';
  readonly url: string;
}

/** A master that Sentinels name and replace. */
export interface SentinelGroup {
  readonly mode: 'sentinel';
  readonly master: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
}

/** A Redis Cluster, found through any of its nodes. */
export interface ClusterNodes {
  readonly mode: 'cluster';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
}

export type RedisTopology = SingleServer | SentinelGroup | ClusterNodes;

export interface RedisOptions {
  /** Where Redis is. This release takes a single server. */
  readonly topology: RedisTopology;

  /**
   * How long one operation may take, in milliseconds, before its caller goes on without Redis.
   * @default 100
   */
  readonly operationTimeoutMs?: number;

  /**
   * The name under which the connection stands in `CLIENT LIST`.
   * @default 'nuthatch'
   */
  readonly clientName?: string;

  /**
   * The version of the Redis serialization protocol.
   * @default 2
   */
  readonly protocol?: 2 | 3;
}
