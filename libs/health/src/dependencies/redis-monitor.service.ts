import { Inject, Injectable } from '@nestjs/common';
import { CacheRegistry } from '@nuthatch/cache';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import type { Dependencies } from './dependency-status.js';

/** Reads the state of Redis from memory. */
@Injectable()
export class RedisMonitor {
  constructor(
    @Inject(REDIS_CONNECTION) private readonly redis: Pick<RedisConnection, 'state'> | null,
    private readonly caches: CacheRegistry,
  ) {}

  /** The state of the connection; `undefined` without Redis. */
  get state(): RedisConnection['state'] | undefined {
    return this.redis?.state;
  }

  /** Whether the caches of this instance can use Redis. */
  get status(): Dependencies['redis'] {
    const { state } = this;
    if (state === undefined) return 'none';
    if (!state.connected) return 'down';
    return this.caches.channel.connected && state.lastError === undefined ? 'up' : 'refusing';
  }
}
