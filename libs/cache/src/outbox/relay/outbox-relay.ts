import type { CacheRuntime } from '../../core/cache-runtime.js';
import { applyInvalidation } from '../../core/coherence/pending-invalidations.js';
import type { RecordStore } from '../../core/store/store.js';
import type { ChangeNames } from './change-names.js';
import {
  checkpointOf,
  isAhead,
  type OutboxTable,
  type Page,
  PAGE,
  type Position,
  positionAt,
  transactionsHeld,
} from './outbox-table.js';
import { RelayPass } from './relay-pass.js';

const POLL_MS = 200;
/** After a longer time without a poll, nothing is read until the changes since are applied. */
const LONGEST_GAP_MS = 5_000;
/** How far the checkpoint may be behind while nothing changes, in milliseconds of the database's clock. */
const CHECKPOINT_EVERY_MS = 1_000;
const MOST_TRANSACTIONS_HELD = 10_000;

/** The connection to the store, and the checkpoint that was read over it. */
interface Shared {
  readonly session: string;
  readonly checkpoint: string | undefined;
}

/**
 * Follows the outbox of the database, in every instance. Each poll applies the changes that were committed since the last one to the
 * memory of this process, and to the store.
 *
 * The store keeps the position up to which its records have the changes: the checkpoint. A process that starts, a new connection and a
 * store with older records are one case: nothing is read from the store until the changes since its checkpoint are applied. If they are
 * no longer retained, or too many, the tag of all entries is invalidated instead.
 */
export class OutboxRelay {
  /** Every change up to here is applied in this process. */
  #position: Position | undefined;
  /** The connection on which the last poll has applied every change to the store. */
  #session: string | undefined;
  #catchingUp = false;
  #isHeld = false;
  #polling: Promise<void> | undefined;
  #stop: () => void = () => {};

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly table: OutboxTable,
    private readonly names: ChangeNames,
    /** How long changes are retained, in milliseconds. */
    private readonly retentionMs: () => number,
  ) {}

  /** Keeps the store from being read until its records have every change. Call it before the first read. */
  restrictReads(): void {
    const { store, outbox, clock } = this.runtime;
    outbox.status.applied(clock.now());
    // Every read asks this. A master of a cluster rejects reads by itself while it is not connected.
    const isSame = store.servers ? () => true : () => store.session === this.#session;
    store.restrictReads?.(() => !this.#catchingUp && this.#session !== undefined && isSame());
  }

  /** Starts to poll. Resolves after the first poll. */
  async start(): Promise<void> {
    this.#stop = this.runtime.clock.every(POLL_MS, () => void this.poll());
    await this.poll();
  }

  /** Ends after the poll that is running. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#polling;
  }

  /** Applies the changes since the last poll. Joins a poll that is running. Never rejects. */
  poll(): Promise<void> {
    this.#polling ??= this.#poll()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#polling = undefined;
      });
    return this.#polling;
  }

  async #poll(): Promise<void> {
    const { clock, store, outbox } = this.runtime;
    const startedAt = clock.now();
    const session = sessionWith(store);
    const checkpoint = session === undefined ? undefined : await this.#checkpoint();
    // Without the store, the changes are applied in this process only.
    if (checkpoint === undefined || session === undefined) return this.#applyHere();
    const { text, position } = checkpoint;
    const shared = { session, checkpoint: text };
    const isComplete = position
      ? await this.#apply(this.#position ?? position, position, shared)
      : await this.#startOver(shared);
    if (isComplete) outbox.status.applied(startedAt);
    // The store lacks changes, so nothing is read from it until a poll has applied them.
    else this.#session = undefined;
  }

  async #applyHere(): Promise<void> {
    this.#session = undefined;
    if (this.#position) await this.#apply(this.#position, this.#position);
    else this.#position = await this.table.now();
  }

  /** Applies the changes since both positions. Returns whether they were applied to the store too. */
  async #apply(own: Position, stored: Position, shared?: Shared): Promise<boolean> {
    const { store, outbox, coherence } = this.runtime;
    const pass = new RelayPass(this.runtime, this.names, shared !== undefined);
    const first = await this.table.read(own, stored);
    const now = first.position;
    this.#checkTransactions(now);
    const isUnknown = (position: Position): boolean =>
      now.at - position.at >= this.retentionMs() || isAhead(position, now);
    if (isUnknown(stored)) return this.#startOver(shared);
    if (isUnknown(own)) coherence.forgetAll();
    if (first.changes.length === PAGE || this.#gapMs > LONGEST_GAP_MS) this.#catchUp();
    let page: Page | undefined = first;
    while (page) {
      // The database reads a page while the one before is applied.
      const next: Promise<Page> | undefined =
        page.changes.length < PAGE ? undefined : this.table.read(own, stored, page.changes.at(-1));
      next?.catch(() => {});
      await pass.addPage(page.changes);
      if (pass.hasTooMany) return this.#startOver(shared);
      page = await next;
    }
    const isComplete = await pass.end();
    // Changes that became visible after the first page are read again by the next poll.
    this.#position = now;
    this.#catchingUp = false;
    if (!isComplete || shared === undefined || sessionWith(store) !== shared.session) return false;
    const isDue = first.changes.length > 0 || now.at - stored.at >= CHECKPOINT_EVERY_MS;
    if (isDue) await outbox.progress.advance(shared.checkpoint, checkpointOf(now)).catch(() => {});
    this.#session = shared.session;
    return true;
  }

  /** Invalidates all entries, instead of changes that are not known one by one. Returns whether the store has acknowledged it. */
  async #startOver(shared: Shared | undefined): Promise<boolean> {
    const { coherence, keys, outbox, store } = this.runtime;
    // Changes that are committed during the invalidation are read by the next poll.
    const position = await this.table.now();
    coherence.forgetAll();
    this.#position = position;
    this.#catchingUp = false;
    if (shared === undefined) return false;
    const namespace = { recordKeys: [], tags: [keys.namespaceTag] };
    const applied = await applyInvalidation(this.runtime, namespace, (recordKey) => coherence.forget(recordKey));
    if (!applied || sessionWith(store) !== shared.session) return false;
    await outbox.progress.advance(shared.checkpoint, checkpointOf(position)).catch(() => {});
    this.#session = shared.session;
    return true;
  }

  async #checkpoint(): Promise<
    { readonly text: string | undefined; readonly position: Position | undefined } | undefined
  > {
    try {
      const text = await this.runtime.outbox.progress.checkpoint();
      return { text, position: text === undefined ? undefined : positionAt(text) };
    } catch {
      // The store is unavailable. The next poll asks it again.
      return undefined;
    }
  }

  /** How long ago the last complete poll began. */
  get #gapMs(): number {
    return this.runtime.outbox.status.state?.lagMs ?? 0;
  }

  /** Serves nothing from this process or the store until the pass has ended. */
  #catchUp(): void {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    this.runtime.coherence.forgetAll();
  }

  #checkTransactions(position: Position): void {
    const held = transactionsHeld(position);
    if (held >= MOST_TRANSACTIONS_HELD && !this.#isHeld) {
      this.runtime.warn(
        `A transaction that writes has been open while ${held} others began. Each poll of the outbox reads their changes again until it ` +
          'ends. Find it in pg_stat_activity, by the lowest backend_xid.',
      );
    }
    this.#isHeld = held >= MOST_TRANSACTIONS_HELD;
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!this.runtime.outbox.status.failed(message)) return;
    this.runtime.warn(
      `The outbox was not applied: ${message.replace(/\.$/, '')}. Until it is, changes by other programs are not noticed. If the table is ` +
        'missing, run the migration of "npx -p @nuthatch/admin nuthatch outbox migration".',
    );
  }
}

/**
 * Identifies the connection to the store; `undefined` while the store is unavailable. Of several servers, one is enough: the changes
 * of the others are read again until they are applied.
 */
function sessionWith({ session, servers }: RecordStore): string | undefined {
  if (!servers) return session;
  return servers.some(({ connected }) => connected) ? 'servers' : undefined;
}
