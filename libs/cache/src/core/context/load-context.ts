import { AsyncLocalStorage } from 'node:async_hooks';
import type { InFlightRead } from '../coherence/in-flight-reads.js';
import type { InvalidationBatch } from '../coherence/pending-invalidations.js';
import type { RedisKeys } from '../store/redis-keys.js';

/** The load of one entry, shared by all loaders of it that run inside of each other. The outermost loader stores the result. */
export class EntryLoad {
  #result: { readonly value: unknown } | undefined;
  #uncacheable: string | undefined;

  constructor(
    readonly recordKey: string,
    private readonly read: InFlightRead,
  ) {}

  /** The names of the entry's tags in the store. */
  get tags(): readonly string[] {
    return this.read.tags;
  }

  /** Runs a loader inside of the load. Unless it is `strong`, returns an earlier result that no invalidation has outdated. */
  async runInner<V>(load: () => Promise<V>, strong: boolean): Promise<V> {
    const known = this.#result && !strong && this.read.isCurrent ? this.#result : undefined;
    // All loaders of one entry return values of its type.
    const value = known ? (known.value as V) : await load();
    this.#result = { value };
    return value;
  }

  /** Whether the innermost loader found no value. */
  get isAbsent(): boolean {
    return this.#result !== undefined && this.#result.value === undefined;
  }

  /** Whether the innermost loader returned this very value, and not a copy of it. */
  returned(value: unknown): boolean {
    return this.#result !== undefined && Object.is(this.#result.value, value);
  }

  /** Keeps the result out of the cache and from the reads that share the load: only its own caller receives it. */
  markUncacheable(reason: string): void {
    this.#uncacheable ??= reason;
  }

  /** Whether others than its own caller may receive the result. If not, `warn` receives the reason. */
  isShareable(value: unknown, warn: (what: string) => void): boolean {
    const unchanged = this.#result === undefined || Object.is(this.#result.value, value);
    const changed = unchanged ? undefined : 'the answer is not the object that the innermost loader returned';
    const reason = this.#uncacheable ?? changed;
    if (reason !== undefined) warn(`${reason}: it is sent, not stored`);
    return reason === undefined;
  }
}

/** The write whose body is running. Invalidations within the body join it. */
export interface RunningWrite {
  readonly keys: RedisKeys;
  /** Resolves to whether the store acknowledged every record of the batch. */
  takeOver(batch: InvalidationBatch): Promise<boolean>;
  /** Returns the token of the write, for the rows of the outbox that its transaction adds. */
  takeToken(): string;
  /** Called when the body has ended. */
  end(): void;
}

/** What the client of the running code has written. */
export interface ClientSession {
  /** Whether the client has written an entry with this record, or with one of these tags. */
  hasWritten(recordKey: string, tags: readonly string[]): boolean;
  /** A write is about to invalidate these tags, as the policies name them. */
  names(tags: readonly string[]): void;
  /** A write has succeeded. */
  wrote(batch: InvalidationBatch): void;
}

const NO_LOADS: readonly EntryLoad[] = [];

/** What the running code does. */
export type Activity =
  /** Loads of their own: of one entry, or of a batch. */
  | { readonly kind: 'load'; readonly loads: readonly EntryLoad[] }
  /** The body of a write. */
  | { readonly kind: 'write'; readonly write: RunningWrite }
  /** Work on behalf of a client. */
  | { readonly kind: 'session'; readonly session: ClientSession }
  /** Work on an entry that is known to be absent, while `read` is current. */
  | { readonly kind: 'absence'; readonly recordKey: string; readonly read: InFlightRead };

/**
 * Surrounds the running code: loads of entries, the body of a write, the session of a client, or work on an entry that is known to
 * be absent.
 *
 * Within a load every read is strong, and a read of an entry that is being loaded runs its loader: the outermost load stores the
 * result. Reads within the body of a write bypass the cache.
 */
export class LoadContext {
  static readonly #current = new AsyncLocalStorage<LoadContext | undefined>();
  #ended = false;

  private constructor(
    private readonly activity: Activity,
    private readonly startedIn: LoadContext | undefined,
  ) {}

  /** What surrounds the present code most closely, ended or not; `undefined` around most reads. */
  static get innermost(): LoadContext | undefined {
    return LoadContext.#current.getStore();
  }

  /** The load or the write around the present code. A context that has ended does not count: timers and pools may keep it. */
  static get current(): LoadContext | undefined {
    return LoadContext.#current.getStore()?.loadOrWrite;
  }

  /** The session of the client of the present code. */
  static get session(): ClientSession | undefined {
    return LoadContext.#current.getStore()?.session;
  }

  /** Whether a read here may take the entry from memory. Not within a load or a write, and not where its client has written it. */
  static allowsMemory(recordKey: string, tags: readonly string[]): boolean {
    const around = LoadContext.#current.getStore();
    return !around || (!around.loadOrWrite && !around.session?.hasWritten(recordKey, tags));
  }

  /** Runs `work` for a client. */
  static inSession<T>(session: ClientSession, work: () => T): T {
    return LoadContext.#current.run(
      new LoadContext({ kind: 'session', session }, LoadContext.#current.getStore()),
      work,
    );
  }

  /** Runs `work` as this activity, until it settles. */
  static async run<T>(activity: Activity, work: () => Promise<T>): Promise<T> {
    let startedIn = LoadContext.#current.getStore();
    // A loader that schedules its own next read must not chain one ended context to the next.
    while (startedIn && startedIn.#ended) startedIn = startedIn.startedIn;
    const context = new LoadContext(activity, startedIn);
    try {
      return await LoadContext.#current.run(context, work);
    } finally {
      context.#ended = true;
      if (activity.kind === 'write') activity.write.end();
    }
  }

  /** Runs work outside of every context. */
  static runDetached<T>(work: () => T): T {
    return LoadContext.#current.run(undefined, work);
  }

  /** Returns a function that runs work in the present context. */
  static capture(): <T>(work: () => T) => T {
    const context = LoadContext.#current.getStore();
    return (work) => LoadContext.#current.run(context, work);
  }

  /** The innermost load or write that has not ended: this one, or one around it. */
  get loadOrWrite(): LoadContext | undefined {
    const { kind } = this.activity;
    return !this.#ended && (kind === 'load' || kind === 'write') ? this : this.startedIn?.loadOrWrite;
  }

  /** The session of the client, of this context or of one around it. */
  get session(): ClientSession | undefined {
    return this.activity.kind === 'session' ? this.activity.session : this.startedIn?.session;
  }

  /** Returns whether the entry is known to be absent here. Loads and writes trust no such knowledge. */
  isAbsent(recordKey: string): boolean {
    if (this.#ended) return this.startedIn?.isAbsent(recordKey) ?? false;
    const { activity } = this;
    return activity.kind === 'absence' && activity.recordKey === recordKey && activity.read.isCurrent;
  }

  /** The write whose body the present code is, or within whose body it loads. */
  get write(): RunningWrite | undefined {
    return !this.#ended && this.activity.kind === 'write' ? this.activity.write : this.startedIn?.write;
  }

  /** Returns the load of a record around the present code. */
  findLoad(recordKey: string): EntryLoad | undefined {
    const loads = !this.#ended && this.activity.kind === 'load' ? this.activity.loads : NO_LOADS;
    const own = loads.find((load) => load.recordKey === recordKey);
    return own ?? this.startedIn?.findLoad(recordKey);
  }

  /** The records that the present code loads. */
  get loading(): readonly string[] {
    return this.loads.map(({ recordKey }) => recordKey);
  }

  /** The loads that the present code runs for. */
  get loads(): readonly EntryLoad[] {
    if (!this.#ended && this.activity.kind === 'load') return this.activity.loads;
    return this.startedIn?.loads ?? NO_LOADS;
  }

  /** Whether the innermost loader of an entry of the present load returned this very value. */
  returned(value: unknown): boolean {
    return this.activity.kind === 'load' && this.activity.loads.some((load) => load.returned(value));
  }

  /** Keeps the result of the present load out of the cache and from the reads that share it. */
  markUncacheable(reason: string): void {
    if (this.activity.kind === 'load') this.activity.loads.forEach((load) => load.markUncacheable(reason));
  }
}
