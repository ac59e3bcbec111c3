import { AsyncLocalStorage } from 'node:async_hooks';
import type { FreshnessProof } from '../coherence/freshness-proof.js';
import type { InvalidationBatch } from '../coherence/pending-invalidations.js';
import type { RedisKeys } from '../store/redis-keys.js';
import type { EntryLoad } from './entry-load.js';

/** The write whose body is running. Invalidations within the body join it. */
export interface RunningWrite {
  readonly keys: RedisKeys;
  /** Resolves to whether the store acknowledged every record of the batch. */
  takeOver(batch: InvalidationBatch): Promise<boolean>;
}

type Activity =
  | { readonly kind: 'load'; readonly loads: ReadonlyMap<string, EntryLoad> }
  | { readonly kind: 'write'; readonly write: RunningWrite }
  | { readonly kind: 'absence'; readonly recordKey: string; readonly proof: FreshnessProof };

/**
 * What the present code runs inside of: loads of entries, the body of a write, or work on an entry that is known to be absent.
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

  /** The load or the write around the present code. A context that has ended does not count: timers and pools may keep it. */
  static get current(): LoadContext | undefined {
    return LoadContext.#active(LoadContext.#current.getStore(), loadOrWrite);
  }

  /** Runs loads in a context of their own: the load of one entry, or the loads of a batch. */
  static load<T>(loads: readonly EntryLoad[], work: () => Promise<T>): Promise<T> {
    return LoadContext.#run({ kind: 'load', loads: new Map(loads.map((load) => [load.recordKey, load])) }, work);
  }

  /** Runs the body of a write. */
  static write<T>(write: RunningWrite, body: () => Promise<T>): Promise<T> {
    return LoadContext.#run({ kind: 'write', write }, body);
  }

  /** Runs `work` where the entry is known to be absent, until `proof` ends. */
  static absence<T>(recordKey: string, proof: FreshnessProof, work: () => Promise<T>): Promise<T> {
    return LoadContext.#run({ kind: 'absence', recordKey, proof }, work);
  }

  /** Runs background work outside of every context. */
  static runDetached<T>(work: () => Promise<T>): Promise<T> {
    return LoadContext.#current.run(undefined, work);
  }

  /** Returns whether the entry is known to be absent here. Loads and writes trust no such knowledge. */
  static isAbsent(recordKey: string): boolean {
    const innermost = LoadContext.#active(LoadContext.#current.getStore(), any)?.activity;
    return innermost?.kind === 'absence' && innermost.recordKey === recordKey && innermost.proof.isValid;
  }

  static async #run<T>(activity: Activity, work: () => Promise<T>): Promise<T> {
    const context = new LoadContext(activity, LoadContext.#current.getStore());
    try {
      return await LoadContext.#current.run(context, work);
    } finally {
      context.#ended = true;
    }
  }

  /** The write around the present code, also around a load in its body. */
  get write(): RunningWrite | undefined {
    return this.activity.kind === 'write' ? this.activity.write : this.#parent?.write;
  }

  /** Whether the present code is the body of a write, or a load within one. */
  get isWrite(): boolean {
    return this.write !== undefined;
  }

  /** Returns the load of a record around the present code. */
  findLoad(recordKey: string): EntryLoad | undefined {
    const own = this.activity.kind === 'load' ? this.activity.loads.get(recordKey) : undefined;
    return own ?? this.#parent?.findLoad(recordKey);
  }

  /** Keeps the result of the present load out of the cache and from the reads that share it. */
  markUncacheable(reason: string): void {
    if (this.activity.kind === 'load') this.activity.loads.forEach((load) => load.markUncacheable(reason));
  }

  get #parent(): LoadContext | undefined {
    return LoadContext.#active(this.startedIn, loadOrWrite);
  }

  /** Returns the innermost context that has not ended and whose activity is accepted. */
  static #active(context: LoadContext | undefined, accepts: (activity: Activity) => boolean): LoadContext | undefined {
    let innermost = context;
    while (innermost && (innermost.#ended || !accepts(innermost.activity))) innermost = innermost.startedIn;
    return innermost;
  }
}

const any = (): boolean => true;
const loadOrWrite = ({ kind }: Activity): boolean => kind !== 'absence';
