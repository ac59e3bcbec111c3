import { CacheError } from '../errors.js';
import { applyInvalidation, type InvalidationBatch } from '../coherence/pending-invalidations.js';
import type { StoredText } from '../store/store.js';
import type { CacheRuntime } from '../cache-runtime.js';
import { ConcurrencyLimit } from '../concurrency/concurrency-limit.js';

/** What became of an invalidation: everywhere now, or remembered until the store is back. */
export type Applied = 'applied' | 'pending';

/** The value that a write leaves in a slot. */
export interface WrittenValue extends StoredText {
  readonly recordKey: string;
}

/** How long readers leave a slot alone whose writer is not heard of again: longer than any statement of the database may run. */
const INTENT_MS = 10_000;

/** What is known of the end of a write. */
type Ended = 'ended' | 'unmarked' | 'unknown';

interface Intent {
  readonly recordKey: string;
  /** Drawn anew for each slot and each write, and never sent twice as an intent. */
  readonly token: string;
  /** The connection that acknowledged it; `undefined` when none did in time. It may still be carried out late. */
  readonly session: string | undefined;
}

/** One write between its first intent and its acknowledgement. */
export class ActiveWrite {
  readonly #records = new Map<string, Promise<Intent>>();
  readonly #tags = new Map<string, Promise<Intent>>();
  readonly #limit = new ConcurrencyLimit();

  constructor(
    private readonly runtime: CacheRuntime,
    private readonly strict: boolean,
  ) {}

  /**
   * Marks records and tags as being written, and answers whether all of them are. Call it before the commit: what is announced later
   * is not protected. What is named again is waited for like the first time.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` when the write is strict and one of them was not acknowledged.
   */
  async announce({ recordKeys, tags }: InvalidationBatch): Promise<boolean> {
    const announcing = [this.#announceOnce(recordKeys, this.#records), this.#announceOnce(tags, this.#tags)];
    const unheardOf = (await Promise.all(announcing)).flatMap(unacknowledged);
    if (this.strict && unheardOf.length > 0) {
      throw new CacheError('CACHE_UNAVAILABLE', 'The write could not be announced to the cache, which is strict.');
    }
    return unheardOf.length === 0;
  }

  /** Ends a write whose body never ran. */
  async cancel(): Promise<void> {
    await this.#finish(undefined);
  }

  /**
   * Ends a write whose body threw. When it is certain that nothing was written the intents end now; else it is announced once more and
   * left to run out: until then nobody stores what may be about to change, however long ago the write began. What cannot be
   * announced is pending.
   */
  async fail(error: unknown): Promise<void> {
    if (this.#rolledBack(error)) await this.#finish(undefined);
    else await this.#announceAgain();
  }

  /** Ends a write that was committed. `value` is stored where nothing else fell beside the write. It never rejects. */
  async commit(value: WrittenValue | undefined): Promise<Applied> {
    const ended = await this.#finish(value);
    if (ended === 'ended') return 'applied';
    const batch = this.#batch();
    // Without all of its marks, something may have been loaded anew from one of them under the new version of another.
    if (
      ended === 'unmarked' &&
      (await applyInvalidation(this.runtime, batch, (recordKey) =>
        this.runtime.coherence.onInvalidation('done', recordKey),
      ))
    )
      return 'applied';
    this.runtime.pending.add(batch);
    return 'pending';
  }

  #rolledBack(error: unknown): boolean {
    try {
      return this.runtime.rolledBack(error);
    } catch (thrown) {
      this.runtime.warn(`rolledBack threw, and the outcome of a write counts as unknown: ${String(thrown)}`);
      return false;
    }
  }

  async #announceAgain(): Promise<void> {
    const again = ({ recordKey }: Intent): Promise<Intent> => this.#intent(recordKey);
    const [records, tags] = await Promise.all([this.#each(this.#records, again), this.#each(this.#tags, again)]);
    this.#forget();
    this.runtime.pending.add({ recordKeys: unacknowledged(records), tags: unacknowledged(tags) });
  }

  /** Two intents of one write on one slot would look like two writes that overlap. */
  #announceOnce(recordKeys: readonly string[], announced: Map<string, Promise<Intent>>): Promise<Intent[]> {
    return Promise.all(
      recordKeys.map((recordKey) => {
        const intent = announced.get(recordKey) ?? this.#limit.run(() => this.#intent(recordKey));
        announced.set(recordKey, intent);
        return intent;
      }),
    );
  }

  async #intent(recordKey: string): Promise<Intent> {
    const { store, clock } = this.runtime;
    const token = clock.id();
    const { session } = store;
    if (session === undefined) return { recordKey, token, session };
    const acknowledged = await store.intent(recordKey, token, INTENT_MS).then(
      () => store.session === session,
      () => false,
    );
    return { recordKey, token, session: acknowledged ? session : undefined };
  }

  /** Slots before tags: whoever loads a list under a tag's new version must not find an old item. */
  async #finish(value: WrittenValue | undefined): Promise<Ended> {
    const { session } = this.runtime.store;
    const records = await this.#each(this.#records, (intent) => this.#done(intent, value));
    const tags = await this.#each(this.#tags, (intent) => this.#done(intent, undefined));
    // After DONE, and before anybody is told: what this process held or was reading may be from before the commit.
    this.#forget();
    const all = [...records, ...tags];
    if (all.length === 0) return 'ended';
    if (session === undefined || this.runtime.store.session !== session || all.includes('unknown')) return 'unknown';
    return all.length > 1 && all.includes('unmarked') ? 'unmarked' : 'ended';
  }

  /** Takes a step of each intent, also of those that nobody waited for. */
  #each<T>(intents: ReadonlyMap<string, Promise<Intent>>, step: (intent: Intent) => Promise<T>): Promise<T[]> {
    return Promise.all(
      [...intents.values()].map(async (announcing) => {
        const intent = await announcing;
        return this.#limit.run(() => step(intent));
      }),
    );
  }

  async #done({ recordKey, token, session }: Intent, value: WrittenValue | undefined): Promise<Ended> {
    const { store } = this.runtime;
    try {
      if (store.session === undefined) return 'unknown';
      // Only an intent that stood before the write began, on the connection that still stands, vouches for the value.
      const vouched = session !== undefined && session === store.session;
      const stored =
        value?.recordKey === recordKey &&
        vouched &&
        (await store.doneWithValue(recordKey, token, value).catch(() => false));
      return stored || (await store.done(recordKey, token)) ? 'ended' : 'unmarked';
    } catch {
      return 'unknown';
    }
  }

  #batch(): InvalidationBatch {
    return { recordKeys: [...this.#records.keys()], tags: [...this.#tags.keys()] };
  }

  #forget(): void {
    for (const recordKey of [...this.#records.keys(), ...this.#tags.keys()])
      this.runtime.coherence.onInvalidation('done', recordKey);
  }
}

function unacknowledged(intents: readonly Intent[]): string[] {
  return intents.filter(({ session }) => session === undefined).map(({ recordKey }) => recordKey);
}
