import { setTimeout as pause } from 'node:timers/promises';
import { RedisConnection } from '@nuthatch/redis';
import { checkOptions } from '../../../../libs/cache/src/cache.options.js';
import { CacheRegistry } from '../../../../libs/cache/src/core/cache-registry.js';
import type { Cache } from '../../../../libs/cache/src/core/cache.js';
import { RedisKeys } from '../../../../libs/cache/src/core/store/redis-keys.js';
import type { ReadResult } from '../../../../libs/cache/src/core/read-result.js';
import { ChangeNames } from '../../../../libs/cache/src/outbox/relay/change-names.js';
import { OutboxRelay } from '../../../../libs/cache/src/outbox/relay/outbox-relay.js';
import { OutboxTable } from '../../../../libs/cache/src/outbox/relay/outbox-table.js';
import { RuntimeProvider } from '../../../../libs/cache/src/runtime-provider.js';
import type { Source } from '../history/operation.js';
import type { WorkerOptions } from './commands.js';
import { isSettled } from './is-settled.js';
import { compoundList, listOfRows, rowPolicy, tagOf } from './policies.js';
import { idsOf, listOf, type Row, ROWS, Rows } from './rows.js';
import type { RowAccess, Seen, Written } from './sessions.js';

const RETENTION_MS = 900_000;

const NAMES = new RedisKeys('consistency');
/** Returns the key of a row's record in Redis. */
export const recordKeyOf = (id: number): string => NAMES.record('row', id).key;

/** The caches of one process. */
export class Caches implements RowAccess {
  readonly rows: Rows;
  readonly redis: RedisConnection;
  readonly row: Cache<number, Row>;
  /** A list that one query reads from the database. */
  readonly list: Cache<number, readonly Row[]>;
  /** A list that is composed of cached rows. */
  readonly compound: Cache<number, readonly Row[]>;
  readonly #open: RuntimeProvider;

  constructor({ redisUrl, databaseUrl, operationTimeoutMs, outbox }: WorkerOptions) {
    this.rows = new Rows(databaseUrl);
    this.redis = new RedisConnection({ topology: { mode: 'single', url: redisUrl }, operationTimeoutMs });
    this.#open = new RuntimeProvider(this.redis, checkOptions({ namespace: NAMES.namespace }));
    this.redis.open();
    const registry = new CacheRegistry(this.#open.runtime);
    this.row = registry.create(rowPolicy);
    this.list = registry.create(listOfRows);
    this.compound = registry.create(compoundList);
    if (outbox) this.#follow(registry);
  }

  #follow(registry: CacheRegistry): void {
    const { runtime } = this.#open;
    const table = new OutboxTable(this.rows.client, 'public');
    const relay = new OutboxRelay(
      runtime,
      table,
      new ChangeNames(registry, runtime.keys, runtime.warn),
      () => RETENTION_MS,
    );
    relay.restrictReads();
    void relay.start();
  }

  /** Whether no invalidation is pending, the invalidation channel is verified, and Redis is read. */
  settled(): Promise<boolean> {
    return isSettled(
      this.#open.runtime,
      Array.from({ length: ROWS }, (_, id) => recordKeyOf(id)),
    );
  }

  /** Half of the reads are those of a request on Fastify: from memory, or by a read whose load continues in the pipeline. */
  async readRow(id: number, strong: boolean): Promise<Seen> {
    if (!strong && Math.random() < 0.5) return seen(await this.#readRowAsRequest(id));
    return seen(await this.row.read(id, () => this.rows.find(id), { strong }));
  }

  async #readRowAsRequest(id: number): Promise<ReadResult<Row> | undefined> {
    const entry = this.row.at(id);
    return entry?.getFromMemory() ?? entry?.read(() => this.rows.find(id));
  }

  async readList(id: number, strong: boolean): Promise<Seen> {
    const list = listOf(id);
    return seen(await this.list.read(list, () => this.rows.list(list), { strong }));
  }

  /** Half of the loads read their rows one by one, the others all at once. */
  async readCompound(id: number, strong: boolean): Promise<Seen> {
    const list = listOf(id);
    const ids = idsOf(list);
    const one = (each: number): Promise<Row> => this.row.readThrough(each, () => this.rows.find(each));
    const load = () => (Math.random() < 0.5 ? Promise.all(ids.map(one)) : this.#readRows(ids, false));
    return seen(await this.compound.read(list, load, { strong }), 'rows');
  }

  async readMany(ids: readonly number[], strong: boolean): Promise<Seen> {
    return { rows: await this.#readRows(ids, strong), source: 'batch' };
  }

  async #readRows(ids: readonly number[], strong: boolean): Promise<readonly Row[]> {
    const load = async (missing: number[]) =>
      new Map((await this.rows.findMany(missing)).map((row) => [row.id, row] as const));
    const rows = await this.row.readThroughMany(ids, load, { strong });
    return rows.map((row, index) => {
      if (!row || row.id !== ids[index])
        throw new Error(`A read of row ${ids[index]} returned ${JSON.stringify(row)}.`);
      return row;
    });
  }

  readSlowly(id: number, { strong, loadMs }: { readonly strong: boolean; readonly loadMs: number }): Promise<Row> {
    return this.row.readThrough(id, async () => pause(loadMs, await this.rows.find(id)), { strong });
  }

  /** Half of the writes store their value, and the others only invalidate. */
  async write(id: number): Promise<Written> {
    const tag = tagOf(listOf(id));
    const tags = { tags: [tag] };
    const write = () => this.rows.change(id);
    const { version } = await (Math.random() < 0.5
      ? this.row.writeThrough(id, write, tags)
      : this.row.writeInvalidate(id, write, tags));
    return { version, pending: this.#open.runtime.pending.affects(recordKeyOf(id), [NAMES.tag(tag)]) };
  }
}

function seen(result: ReadResult<Row | readonly Row[]> | undefined, loadedFrom: Source = 'origin'): Seen {
  const value = result?.answer.value;
  return { rows: value === undefined ? [] : 'id' in value ? [value] : value, source: result?.tier ?? loadedFrom };
}
