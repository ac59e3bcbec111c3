import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { RedisConnection } from '@nuthatch/redis';
import type { CheckedOptions } from './cache.options.js';
import { SystemClock } from './core/clock.js';
import { type CacheRuntime, createRuntime, usable } from './core/cache-runtime.js';
import { type L1Entry, PLACE_BYTES } from './core/store/entry.js';
import { MissingPrincipalDetector } from './devtools/missing-principal-detector.js';
import { ExpiringLru } from './memory/expiring-lru.js';
import { MemoryStore } from './memory/memory-store.js';
import { openRedis, type OpenRedis } from './redis/open-redis.js';
import { SampleChannel } from './redis/samples/sample-channel.js';

/** The most bytes of a record besides its payload and type hints: numbers, tags, an entity tag. */
const MOST_OVERHEAD_BYTES = 64 * 1024;

/** Divides the memory of the caches, in bytes: tag versions get an eighth, and the store that replaces Redis gets half. */
function memoryShares(maxBytes: number, withRedis: boolean): Record<'entries' | 'tags' | 'records', number> {
  const tags = maxBytes / 8;
  const records = withRedis ? 0 : maxBytes / 2;
  return { entries: maxBytes - tags - records, tags, records };
}

/** Creates the tiers of one application, and closes them after the last request was answered. */
export class RuntimeProvider implements OnModuleInit, OnApplicationShutdown {
  readonly runtime: CacheRuntime;
  /** Distinguishes requesters; `undefined` unless `reportSharedPrincipals` is set. */
  readonly missingPrincipals: MissingPrincipalDetector | undefined;
  readonly #tier: OpenRedis | undefined;
  readonly #samples: SampleChannel | undefined;

  constructor(
    private readonly redis: RedisConnection | null,
    options: CheckedOptions,
  ) {
    const { maxBytes, maxEntries, reportSharedPrincipals, heartbeatMs, stalenessSamples, ...rest } = options;
    const clock = new SystemClock();
    const logger = new Logger('Cache');
    const warn = (message: string): void => logger.warn(message);
    this.missingPrincipals = reportSharedPrincipals ? new MissingPrincipalDetector(warn) : undefined;
    const shares = memoryShares(maxBytes, redis !== null);
    const parts = {
      ...rest,
      clock,
      observer: this.missingPrincipals,
      local: new ExpiringLru<L1Entry>(clock, { maxBytes: shares.entries, maxEntries, leastBytes: PLACE_BYTES }),
      maxTagBytes: shares.tags,
      warn,
    };
    if (!redis) {
      logger.log('No Redis is configured: entries live in the memory of this process only');
      const bounds = { maxBytes: shares.records, maxEntries };
      this.runtime = createRuntime({ ...parts, store: (_, listener) => new MemoryStore(clock, bounds, listener) });
      return;
    }
    const maxRecordBytes = options.maxPayloadBytes + MOST_OVERHEAD_BYTES;
    const { namespace, maxStalenessMs } = options;
    const tier = openRedis(redis, {
      clock,
      namespace,
      processId: clock.id(),
      maxRecordBytes,
      maxStalenessMs,
      heartbeatMs,
    });
    this.runtime = createRuntime({
      ...parts,
      store: () => tier.store,
      outboxProgress: tier.outboxProgress,
      stalenessSamples,
    });
    this.#tier = tier;
    tier.open(this.runtime);
    this.#samples = samplesOf(redis, this.runtime);
  }

  /**
   * Waits for the invalidation channel, so that the hooks of later modules find caches that work. `RedisModule` has waited for the
   * connection: without one there is nothing to wait for.
   */
  async onModuleInit(): Promise<void> {
    if (this.redis?.state.connected) await usable(this.runtime, this.redis.bootTimeoutMs);
  }

  /**
   * Applies pending invalidations while the connection is still open: `CacheModule` imports `RedisModule` first, and Nest shuts down
   * in the reverse order.
   */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.#tier?.close(), this.#samples?.close()]);
  }
}

/** Exchanges the samples of writes with the other instances, if writes are sampled. */
function samplesOf(redis: RedisConnection, { keys, staleness }: CacheRuntime): SampleChannel | undefined {
  if (!staleness) return undefined;
  const channel = new SampleChannel(redis, `${keys.namespace}:samples`, (text) => staleness.receive(text));
  staleness.connect((text) => channel.send(text));
  channel.open();
  return channel;
}
