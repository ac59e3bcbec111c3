import { CacheError } from '../errors.js';
import { applyUnit, type InvalidationUnit } from '../coherence/pending-invalidations.js';
import type { StoredText } from '../store/store.js';
import type { Tiers } from '../cache-runtime.js';
import { Turnstile } from '../concurrency/concurrency-limit.js';

/** What became of an invalidation: everywhere now, or remembered until the store is back. */
export type Applied = 'applied' | 'pending';

/** The value that a write leaves in a slot. */
export interface SlotValueText extends StoredText {
  readonly slot: string;
}

/** How long readers leave a slot alone whose writer is not heard of again: longer than any statement of the database may run. */
const INTENT_MS = 10_000;

/** What is known of the end of a write. */
type Ended = 'ended' | 'unmarked' | 'unknown';

interface Intent {
  readonly slot: string;
  /** Drawn anew for each slot and each write, and never sent twice as an intent. */
  readonly token: string;
  /** The connection that acknowledged it; `undefined` when none did in time. It may still be carried out late. */
  readonly session: string | undefined;
}

/** One write between its first intent and its acknowledgement. */
export class WriteUnderWay {
  readonly #slots = new Map<string, Promise<Intent>>();
  readonly #tags = new Map<string, Promise<Intent>>();
  readonly #turnstile = new Turnstile();

  constructor(
    private readonly tiers: Tiers,
    private readonly strict: boolean,
  ) {}

  /**
   * Marks slots and tags as being written, and answers whether all of them are. Call it before the commit: what is announced later
   * is not protected. What is named again is waited for like the first time.
   *
   * @throws {CacheError} `CACHE_UNAVAILABLE` when the write is strict and one of them was not acknowledged.
   */
  async announce({ slots, tags }: InvalidationUnit): Promise<boolean> {
    const announcing = [this.#announceOnce(slots, this.#slots), this.#announceOnce(tags, this.#tags)];
    const unheardOf = (await Promise.all(announcing)).flatMap(unheard);
    if (this.strict && unheardOf.length > 0) {
      throw new CacheError('CACHE_UNAVAILABLE', 'The write could not be announced to the cache, which is strict.');
    }
    return unheardOf.length === 0;
  }

  /** Ends a write whose body never ran. */
  async withdraw(): Promise<void> {
    await this.#finish(undefined);
  }

  /**
   * Ends a write whose body threw. When it is certain that nothing was written the intents end now; else it is announced once more and
   * left to run out: until then nobody stores what may be about to change, however long ago the write began. What cannot be
   * announced is pending.
   */
  async abandon(error: unknown): Promise<void> {
    if (this.#rolledBack(error)) await this.#finish(undefined);
    else await this.#announceAnew();
  }

  /** Ends a write that was committed. `value` is stored where nothing else fell beside the write. It never rejects. */
  async end(value: SlotValueText | undefined): Promise<Applied> {
    const ended = await this.#finish(value);
    if (ended === 'ended') return 'applied';
    const unit = this.#unit();
    // Without all of its marks, something may have been loaded anew from one of them under the new version of another.
    if (
      ended === 'unmarked' &&
      (await applyUnit(this.tiers, unit, (slot) => this.tiers.coherence.pushed('done', slot)))
    )
      return 'applied';
    this.tiers.pending.add(unit);
    return 'pending';
  }

  #rolledBack(error: unknown): boolean {
    try {
      return this.tiers.rolledBack(error);
    } catch (thrown) {
      this.tiers.warn(`rolledBack threw, and the outcome of a write counts as unknown: ${String(thrown)}`);
      return false;
    }
  }

  async #announceAnew(): Promise<void> {
    const again = ({ slot }: Intent): Promise<Intent> => this.#intent(slot);
    const [slots, tags] = await Promise.all([this.#each(this.#slots, again), this.#each(this.#tags, again)]);
    this.#forget();
    this.tiers.pending.add({ slots: unheard(slots), tags: unheard(tags) });
  }

  /** Two intents of one write on one slot would look like two writes that overlap. */
  #announceOnce(slots: readonly string[], announced: Map<string, Promise<Intent>>): Promise<Intent[]> {
    return Promise.all(
      slots.map((slot) => {
        const intent = announced.get(slot) ?? this.#turnstile.pass(() => this.#intent(slot));
        announced.set(slot, intent);
        return intent;
      }),
    );
  }

  async #intent(slot: string): Promise<Intent> {
    const { store, clock } = this.tiers;
    const token = clock.id();
    const { session } = store;
    if (session === undefined) return { slot, token, session };
    const acknowledged = await store.intent(slot, token, INTENT_MS).then(
      () => store.session === session,
      () => false,
    );
    return { slot, token, session: acknowledged ? session : undefined };
  }

  /** Slots before tags: whoever loads a list under a tag's new version must not find an old item. */
  async #finish(value: SlotValueText | undefined): Promise<Ended> {
    const { session } = this.tiers.store;
    const slots = await this.#each(this.#slots, (intent) => this.#done(intent, value));
    const tags = await this.#each(this.#tags, (intent) => this.#done(intent, undefined));
    // After DONE, and before anybody is told: what this process held or was reading may be from before the commit.
    this.#forget();
    const all = [...slots, ...tags];
    if (all.length === 0) return 'ended';
    if (session === undefined || this.tiers.store.session !== session || all.includes('unknown')) return 'unknown';
    return all.length > 1 && all.includes('unmarked') ? 'unmarked' : 'ended';
  }

  /** Takes a step of each intent, also of those that nobody waited for. */
  #each<T>(intents: ReadonlyMap<string, Promise<Intent>>, step: (intent: Intent) => Promise<T>): Promise<T[]> {
    return Promise.all(
      [...intents.values()].map(async (announcing) => {
        const intent = await announcing;
        return this.#turnstile.pass(() => step(intent));
      }),
    );
  }

  async #done({ slot, token, session }: Intent, value: SlotValueText | undefined): Promise<Ended> {
    const { store } = this.tiers;
    try {
      if (store.session === undefined) return 'unknown';
      // Only an intent that stood before the write began, on the connection that still stands, vouches for the value.
      const vouched = session !== undefined && session === store.session;
      const stored =
        value?.slot === slot && vouched && (await store.doneWithValue(slot, token, value).catch(() => false));
      return stored || (await store.done(slot, token)) ? 'ended' : 'unmarked';
    } catch {
      return 'unknown';
    }
  }

  #unit(): InvalidationUnit {
    return { slots: [...this.#slots.keys()], tags: [...this.#tags.keys()] };
  }

  #forget(): void {
    for (const slot of [...this.#slots.keys(), ...this.#tags.keys()]) this.tiers.coherence.pushed('done', slot);
  }
}

function unheard(intents: readonly Intent[]): string[] {
  return intents.filter(({ session }) => session === undefined).map(({ slot }) => slot);
}
