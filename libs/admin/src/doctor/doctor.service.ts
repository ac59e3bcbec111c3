import { Inject, Injectable, Logger, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import { CacheAdmin } from '../cache/cache-admin.service.js';
import { type Advice, adviceFor, mostUrgentFirst } from './advice.js';
import { redisFacts } from './redis-facts.js';

/** Examines the caches and their Redis as this instance sees them. Logs what it would change once, after the start. */
@Injectable()
export class Doctor implements OnApplicationBootstrap {
  constructor(
    private readonly admin: CacheAdmin,
    @Inject(ADMIN_OPTIONS) private readonly options: AdminOptions,
    @Optional() @Inject(REDIS_CONNECTION) private readonly redis: RedisConnection | null | undefined,
  ) {}

  /** Does not delay the start. */
  onApplicationBootstrap(): void {
    // The log of the caches has said already that there is no Redis.
    if (!this.redis) return;
    const logger = new Logger('Doctor');
    void this.examine().then((advice) => {
      for (const { level, about, finding, fix } of advice)
        if (level !== 'note') logger.warn(`${about}: ${finding} ${fix}`);
    });
  }

  /** Returns advice, the most urgent first. Never rejects: a Redis that is down is part of the advice. */
  async examine(): Promise<readonly Advice[]> {
    const redis = this.redis ? await redisFacts(this.redis).catch(() => undefined) : undefined;
    const own = adviceFor({ redis, stats: this.admin.stats(), caches: this.admin.caches() });
    const others = await Promise.all((this.options.advisers ?? []).map(adviceOf));
    return mostUrgentFirst([...own, ...others.flat()]);
  }
}

/** An adviser that fails has no advice. */
async function adviceOf(adviser: () => readonly Advice[] | Promise<readonly Advice[]>): Promise<readonly Advice[]> {
  try {
    return await adviser();
  } catch (error) {
    new Logger('Doctor').warn(`An adviser failed: ${String(error)}`);
    return [];
  }
}
