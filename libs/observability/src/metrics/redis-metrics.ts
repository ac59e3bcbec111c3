import type { RedisConnection } from '@nuthatch/redis';
import { type Family, samplesOf, single } from './family.js';

const INTERVAL_MS = 15_000;

type Field = readonly [field: string, name: string, type: 'counter' | 'gauge', help: string];

/** What an operator asks of a cache server, with the names of redis_exporter. */
const FIELDS: readonly Field[] = [
  ['used_memory', 'redis_memory_used_bytes', 'gauge', 'Memory that Redis has allocated.'],
  ['maxmemory', 'redis_memory_max_bytes', 'gauge', 'The limit of this memory; 0 without a limit.'],
  ['evicted_keys', 'redis_evicted_keys_total', 'counter', 'Keys that Redis dropped because of its limit.'],
  ['expired_keys', 'redis_expired_keys_total', 'counter', 'Keys whose time was over.'],
  ['keyspace_hits', 'redis_keyspace_hits_total', 'counter', 'Lookups that found a key.'],
  ['keyspace_misses', 'redis_keyspace_misses_total', 'counter', 'Lookups that found no key.'],
  ['connected_clients', 'redis_connected_clients', 'gauge', 'Connections of clients.'],
  ['blocked_clients', 'redis_blocked_clients', 'gauge', 'Clients that wait in a blocking command.'],
  ['total_commands_processed', 'redis_commands_processed_total', 'counter', 'Commands.'],
  ['total_net_input_bytes', 'redis_net_input_bytes_total', 'counter', 'Bytes received.'],
  ['total_net_output_bytes', 'redis_net_output_bytes_total', 'counter', 'Bytes sent.'],
  ['rejected_connections', 'redis_rejected_connections_total', 'counter', 'Connections refused because of maxclients.'],
];

/**
 * Has the state of the connection, and the figures of the server, which it requests every 15 s. Figures that the server does not
 * tell are absent: while it is down, and where `INFO` is forbidden.
 */
export class RedisMetrics {
  #figures: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly redis: RedisConnection) {}

  start(): void {
    this.#timer = setInterval(() => void this.refresh(), INTERVAL_MS).unref();
    void this.refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Requests the figures now. Never rejects. */
  async refresh(): Promise<void> {
    try {
      // A refusal is no failure of the connection, so it must not reach it.
      const info = await this.redis.run((client) => client.info().catch(() => ''));
      this.#figures = figuresIn(info);
    } catch {
      this.#figures = new Map();
    }
  }

  /** Returns the metrics with their present values. */
  readonly metrics = (): readonly Family[] => {
    const { breaker, connected, roundTripMs } = this.redis.state;
    return [
      single('redis_up', 'gauge', 'Whether this process is connected to Redis.', connected ? 1 : 0),
      {
        name: 'cache_breaker_state',
        type: 'gauge',
        help: '1 for the present state of the breaker.',
        samples: samplesOf({ closed: Number(breaker === 'closed'), open: Number(breaker === 'open') }, 'state'),
      },
      ...(roundTripMs === undefined
        ? []
        : [single('redis_round_trip_seconds', 'gauge', 'Duration of the last heartbeat.', roundTripMs / 1_000)]),
      ...FIELDS.flatMap(([field, name, type, help]) => {
        const value = this.#figures.get(field);
        return value === undefined ? [] : single(name, type, help, value);
      }),
    ];
  };
}

/** Returns the numbers in the answer to `INFO`. */
export function figuresIn(info: string): ReadonlyMap<string, number> {
  const lines = info.split('\r\n').map((line) => line.split(':', 2));
  return new Map(
    lines.flatMap(([field = '', text = '']) => (/^\d+(?:\.\d+)?$/.test(text) ? [[field, Number(text)] as const] : [])),
  );
}
