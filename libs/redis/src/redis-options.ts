/** The place of a server. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Certificates as PEM texts. `{}` trusts the certificate authorities of the system. */
export interface RedisTls {
  /** The certificate authorities to trust, instead of those of the system. */
  readonly ca?: string;
  /** The certificate of this client, for servers that require one. */
  readonly cert?: string;
  /** The private key of {@link cert}. */
  readonly key?: string;
  /** The name that the certificate of the server must have, if it is not the host of the address. */
  readonly servername?: string;
}

/** As whom a client connects, and how. */
export interface RedisAccess {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Connects over TLS. */
  readonly tls?: RedisTls | undefined;
}

/** One Redis server, by URL: `redis://` or, over TLS, `rediss://`. */
export interface SingleServer {
  readonly mode: 'single';
  readonly url: string;
}

/** A master that Sentinels monitor. */
export interface SentinelGroup {
  readonly mode: 'sentinel';
  /** The name that the Sentinels give to the master. */
  readonly master: string;
  /** All Sentinels. A majority of them must be reachable, as for a failover. */
  readonly sentinels: readonly ServerAddress[];
  /**
   * Returns as whom and how to connect to the Sentinels. Called before each attempt.
   * @default no user, no TLS
   */
  readonly sentinelAccess?: () => RedisAccess;
}

/** A Redis Cluster, discovered through any of its nodes. */
export interface ClusterNodes {
  readonly mode: 'cluster';
  /** Some of the nodes, of which one must be reachable at the start. The others are found through it. */
  readonly nodes: readonly ServerAddress[];
  /**
   * Returns where this process reaches a node that announces an address, for a cluster behind a translation of addresses.
   * @default the announced address
   */
  readonly addressOf?: (announced: ServerAddress) => ServerAddress;
}

/** Describes how Redis is deployed. */
export type RedisTopology = SingleServer | SentinelGroup | ClusterNodes;

/**
 * Configures a connection.
 *
 * @example
 * const options: RedisOptions = { topology: { mode: 'single', url: 'rediss://cache:6380' }, operationTimeoutMs: 50 };
 */
export interface RedisOptions {
  /** The address of Redis: a single server, the Sentinels of a master, or nodes of a cluster. */
  readonly topology: RedisTopology;

  /**
   * Returns as whom and how to connect. Called before each attempt, so that a new password or certificate needs no restart. Its
   * values replace those of the URL.
   * @default the user, the password and the protocol of the URL
   */
  readonly access?: () => RedisAccess;

  /**
   * How long one operation may take, in milliseconds. Then its caller continues without Redis.
   * @default 100
   */
  readonly operationTimeoutMs?: number;

  /**
   * The time between two heartbeats of the connection, in milliseconds. Every fourth asks for the identity of the server.
   * @default 250
   */
  readonly heartbeatMs?: number;

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
