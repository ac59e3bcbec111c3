import type { CacheRuntime } from '../core/cache-runtime.js';
import type { ChangeNames } from '../outbox/relay/change-names.js';
import {
  checkpointOf,
  isAhead,
  type OutboxTable,
  PAGE,
  type Page,
  type Position,
  positionAt,
} from '../outbox/relay/outbox-table.js';
import { LEAST_RETENTION_MS } from '../outbox/relay/retention.js';
import type { Cdn } from './cdn/cdn.js';
import type { EdgeCursor } from './edge-cursor.js';
import { PurgeQueue } from './purge-queue.js';

/** How often the outbox is read, in milliseconds. */
const POLL_MS = 50;
/** How often the lease is extended, and the position stored. */
const RENEW_MS = 500;
/** The first pause after a failure. Each further one is twice as long. */
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** What {@link EdgePurger} works with. */
interface Parts {
  readonly table: OutboxTable;
  readonly cursor: EdgeCursor;
  readonly changes: ChangeNames;
  readonly cdn: Pick<Cdn, 'purge'>;
  /** Returns the name for the CDN of the key of a record or a tag. */
  readonly nameOf: (recordKey: string) => string;
  /** The shortest time between two purges, in milliseconds. */
  readonly intervalMs: number;
}

/**
 * Purges a CDN of the changes in the outbox, in one instance at a time. The position up to which the CDN has acknowledged every round is
 * stored in the database, so no change is lost with an instance: the next one purges again from there. If the changes since are no longer
 * retained, or too many, every answer is purged.
 */
export class EdgePurger {
  readonly #queue: PurgeQueue;
  /** Every change up to here is in the queue, or was purged. `undefined` in an instance that does not purge. */
  #read: Position | undefined;
  #renewedAt = -Infinity;
  #purgeAt = -Infinity;
  #failures = 0;
  #polling: Promise<void> | undefined;
  #purging: Promise<void> | undefined;
  #stop: () => void = () => {};

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly parts: Parts,
  ) {
    this.#queue = new PurgeQueue(this.#everything);
  }

  start(): void {
    const { clock, edge } = this.runtime;
    edge.applied(clock.now());
    this.#stop = clock.every(POLL_MS, () => void this.poll());
  }

  /** Ends after what is running, and gives the lease away. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#polling;
    await this.#purging;
    if (this.#read) await this.parts.cursor.release().catch(() => {});
  }

  /** Reads the changes since the last poll, and purges what is due. Joins a poll that is running. Never rejects. */
  poll(): Promise<void> {
    this.#polling ??= this.#poll()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#polling = undefined;
      });
    return this.#polling;
  }

  async #poll(): Promise<void> {
    const { clock, edge } = this.runtime;
    const startedAt = clock.now();
    try {
      await this.#renew(startedAt);
      if (this.#read) this.#read = await this.#readChanges(this.#read);
    } finally {
      // Without the database, what it has named before is purged all the same. The CDN may be slow, and the lease must not end meanwhile.
      this.#purging ??= this.#purge().finally(() => {
        this.#purging = undefined;
      });
    }
    if (!this.#queue.due(clock.now())) edge.applied(startedAt);
  }

  /** Takes or extends the lease, if it is time. */
  async #renew(now: number): Promise<void> {
    if (now - this.#renewedAt < RENEW_MS) return;
    const settled = this.#read && this.#queue.settled(this.#read);
    const held = await this.parts.cursor.hold(settled && checkpointOf(settled));
    this.#renewedAt = now;
    if (held === 'other') {
      this.#queue.clear();
      this.#read = undefined;
    } else if (!this.#read) {
      const stored = held.position === undefined ? undefined : positionAt(held.position);
      this.#read = stored ?? (await this.#startOver('no position of an earlier purge is stored'));
    }
  }

  /** Adds the changes since a position to the queue. Returns the position after them. */
  async #readChanges(from: Position): Promise<Position> {
    const { table, changes } = this.parts;
    const names = new Set<string>();
    const first = await table.read(from, from);
    const now = first.position;
    if (now.at - from.at >= LEAST_RETENTION_MS)
      return this.#startOver('the changes since the last purge are no longer retained');
    if (isAhead(from, now)) return this.#startOver('the database was restored, or is another one');
    let page: Page | undefined = first;
    while (page) {
      for (const change of page.changes) {
        const { recordKeys, tags } = changes.of(change);
        for (const name of [...recordKeys, ...tags]) names.add(this.parts.nameOf(name));
      }
      page = page.changes.length < PAGE ? undefined : await table.read(from, from, page.changes.at(-1));
    }
    if (!this.#queue.add(names, from, this.runtime.clock.now())) this.#warnOfAll('too many changes wait for it');
    return now;
  }

  /** Purges every answer. Returns the position from which changes are read. */
  async #startOver(reason: string): Promise<Position> {
    const now = await this.parts.table.now();
    this.#queue.clear();
    this.#queue.add(new Set([this.#everything]), undefined, this.runtime.clock.now());
    this.#warnOfAll(reason);
    return now;
  }

  /** Sends what is due to the CDN. After a failure, longer and longer pauses follow. Never rejects. */
  async #purge(): Promise<void> {
    const { clock } = this.runtime;
    const sentAt = clock.now();
    const due = sentAt < this.#purgeAt ? undefined : this.#queue.due(sentAt);
    if (!due) return;
    const { cdn, intervalMs } = this.parts;
    try {
      await cdn.purge(due.names);
      due.acknowledge(sentAt);
      this.#failures = 0;
      this.#purgeAt = sentAt + intervalMs;
    } catch (error) {
      const pauseMs = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** this.#failures);
      this.#failures += 1;
      this.#purgeAt = clock.now() + Math.max(intervalMs, pauseMs);
      this.#failed(error);
    }
  }

  get #everything(): string {
    return this.parts.nameOf(this.runtime.keys.namespaceTag);
  }

  #warnOfAll(reason: string): void {
    this.runtime.warn(`The CDN is purged of every answer, because ${reason}.`);
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!this.runtime.edge.failed(message)) return;
    this.runtime.warn(
      `The CDN was not purged: ${message}. Until it is, it serves old answers. The purge is repeated until it is acknowledged. If the ` +
        'table is missing, run the statements of edgeMigration().',
    );
  }
}
