import { Inject, Injectable } from '@nestjs/common';
import { CacheRegistry, type ServerState } from '@nuthatch/cache';
import { REDIS_CONNECTION, type RedisConnection, type RedisState } from '@nuthatch/redis';
import type { Dependencies } from './dependency-status.js';

/** What health says of Redis. */
interface RedisReport extends RedisState {
  /** The masters of a cluster. */
  readonly masters?: readonly ServerState[];
}

/** Combines the state of the connection with what Redis refuses although it answers. */
@Injectable()
export class RedisMonitor {
  constructor(
    @Inject(REDIS_CONNECTION) private readonly redis: Pick<RedisConnection, 'state'> | null,
    private readonly caches: CacheRegistry,
  ) {}

  /** The state of the connection. While Redis refuses something, `lastError` has its word. `undefined` without Redis. */
  get state(): RedisReport | undefined {
    const state = this.redis?.state;
    if (!state) return undefined;
    const { masters, refusal } = this.caches;
    return {
      ...state,
      lastError: state.lastError ?? (state.connected ? refusal : undefined),
      ...(masters && { masters }),
    };
  }

  /** Whether the caches of this instance can use Redis. */
  get status(): Dependencies['redis'] {
    const { state } = this;
    if (state === undefined) return 'none';
    if (!state.connected) return 'down';
    return this.caches.channel.connected && state.lastError === undefined ? 'up' : 'refusing';
  }
}
