import type { RedisConnection } from '@nuthatch/redis';
import type { Clock } from '../core/clock.js';
import type { CacheRuntime } from '../core/cache-runtime.js';
import type { ChannelListener } from '../core/store/store.js';
import { AcknowledgedNames } from './acknowledged-names.js';
import { Heartbeat } from './heartbeat.js';
import { runImporting } from './steps/run-each.js';
import { ReadGate } from './read-gate.js';
import { RedisStore, type RedisStoreOptions } from './redis-store.js';
import { RedisSync } from './redis-sync.js';
import type { ServerNames } from './server-names.js';

export interface CacheServerOptions extends RedisStoreOptions {
  readonly clock: Clock;
  readonly maxStalenessMs: number;
  readonly heartbeatMs: number;
}

/** One Redis server as the caches use it: its records, and the proof that they may be read. */
export class CacheServer {
  readonly store: RedisStore;
  readonly #proof: { readonly heartbeat: Heartbeat; readonly gate: ReadGate; readonly acknowledged: AcknowledgedNames };
  #sync: RedisSync | undefined;

  constructor(
    readonly redis: RedisConnection,
    readonly names: ServerNames,
    private readonly options: CacheServerOptions,
  ) {
    const { clock, maxStalenessMs } = options;
    this.#proof = {
      heartbeat: new Heartbeat(names),
      gate: new ReadGate(clock, maxStalenessMs),
      acknowledged: new AcknowledgedNames(clock),
    };
    this.store = new RedisStore(redis, names, options, this.#proof);
  }

  /** Returns a store that takes its steps on records that are moving to this server. */
  importing(): RedisStore {
    return new RedisStore(this.redis, this.names, { ...this.options, runSteps: runImporting }, this.#proof);
  }

  /** Begins to receive the invalidations of this server, and reports them to `listener`. */
  open(runtime: CacheRuntime, listener: ChannelListener): void {
    const { failoverLagMs } = this.redis;
    const { maxStalenessMs, heartbeatMs } = this.options;
    this.#sync = new RedisSync(this.redis, { ...runtime, coherence: listener }, this.#proof, {
      names: this.names,
      heartbeatMs,
      settlingMs: Math.max(maxStalenessMs, failoverLagMs),
      failoverLagMs,
    });
    this.#sync.open();
  }

  /** Stops the heartbeats. Steps may still be taken. */
  async stop(): Promise<void> {
    await this.#sync?.stop();
  }

  /** Closes the connection that receives the invalidations. */
  async close(): Promise<void> {
    await this.#sync?.close();
  }
}
