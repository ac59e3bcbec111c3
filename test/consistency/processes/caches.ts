import { setTimeout as pause } from 'node:timers/promises';
import { RedisConnection } from '@nuthatch/redis';
import { z } from 'zod';
import { checkOptions } from '../../../libs/cache/src/cache.options.js';
import { defineCache } from '../../../libs/cache/src/core/cache-definition.js';
import { CacheRegistry } from '../../../libs/cache/src/core/cache-registry.js';
import type { Cache } from '../../../libs/cache/src/core/cache.js';
import type { ReadOutcome } from '../../../libs/cache/src/core/read-outcome.js';
import { OpenTiers } from '../../../libs/cache/src/open-tiers.js';
import type { WorkerOptions } from './commands.js';
import { idsOf, listOf, type Row, Rows } from './rows.js';

/** Longer than any scenario: an entry that is wrong stays wrong, and is seen. */
export const TTL = '60s';

const policy = { version: 1, key: z.number().int(), ttl: TTL } as const;
const tagOf = (list: number): string => `list:${list}`;

/** What one process caches of the rows. */
export class Caches {
  readonly rows: Rows;
  readonly row: Cache<number, Row>;
  /** Read from the database by one query. */
  readonly list: Cache<number, readonly Row[]>;
  /** Put together from cached rows. */
  readonly compound: Cache<number, readonly Row[]>;
  readonly #open: OpenTiers;

  constructor({ redisUrl, databaseUrl, operationTimeoutMs }: WorkerOptions) {
    this.rows = new Rows(databaseUrl);
    const redis = new RedisConnection({ topology: { mode: 'single', url: redisUrl }, operationTimeoutMs });
    this.#open = new OpenTiers(redis, checkOptions({ namespace: 'consistency' }));
    redis.open();
    const registry = new CacheRegistry(this.#open.tiers);
    const tags = (list: number): string[] => [tagOf(list)];
    this.row = registry.create(defineCache<number, Row>({ name: 'row', ...policy }));
    this.list = registry.create(defineCache<number, readonly Row[]>({ name: 'list', ...policy, tags }));
    this.compound = registry.create(defineCache<number, readonly Row[]>({ name: 'compound', ...policy, tags }));
  }

  /** Whether nothing is pending, and everything that is written is heard of. */
  get settled(): boolean {
    const { pending, coherence, store } = this.#open.tiers;
    return store.session !== undefined && pending.size === 0 && coherence.fresh;
  }

  /** Whether a write of `id` waits to be told to the others. */
  pends(id: number): boolean {
    const { pending, names } = this.#open.tiers;
    return pending.concerns(names.slot('row', id).name, [names.tag(tagOf(listOf(id)))]);
  }

  readRow(id: number, strong: boolean): Promise<ReadOutcome<Row> | undefined> {
    return this.row.read(id, () => this.rows.find(id), { strong });
  }

  readList(list: number, strong: boolean): Promise<ReadOutcome<readonly Row[]> | undefined> {
    return this.list.read(list, () => this.rows.list(list), { strong });
  }

  readCompound(list: number, strong: boolean): Promise<ReadOutcome<readonly Row[]> | undefined> {
    const load = () => Promise.all(idsOf(list).map((id) => this.row.readThrough(id, () => this.rows.find(id))));
    return this.compound.read(list, load, { strong });
  }

  readSlowly(id: number, { strong, loadMs }: { readonly strong: boolean; readonly loadMs: number }): Promise<Row> {
    return this.row.readThrough(id, async () => pause(loadMs, await this.rows.find(id)), { strong });
  }

  /** Half of the writes leave their value, the others leave nothing. */
  async write(id: number): Promise<Row> {
    const tags = { tags: [tagOf(listOf(id))] };
    const write = () => this.rows.change(id);
    return Math.random() < 0.5 ? this.row.writeThrough(id, write, tags) : this.row.writeAround(id, write, tags);
  }
}
