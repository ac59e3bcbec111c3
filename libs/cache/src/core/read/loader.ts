import type { CacheDefinition } from '../policy/define-cache.js';
import { CacheError } from '../errors.js';
import type { Counters } from '../counters.js';
import type { Entry } from '../store/entry.js';
import type { EntryMaker, MadeEntry } from './entry-factory.js';
import { Evidence } from '../coherence/freshness-proof.js';
import { LoadScope } from '../context/load-context.js';
import type { LocalReads } from './l1.js';
import type { FoundValue, TagSighting } from './lookup-result.js';
import type { Answer, ReadDetail, ReadOutcome } from '../read-result.js';
import type { ReadRequest } from './read-request.js';
import { isRefusal } from '../policy/client-error.js';
import { type CapturedTag, leasePrefix, valuePrefix, versionOf, versionText } from '../store/record-format.js';
import { SlotLoad } from '../context/entry-load.js';
import type { Visit } from './time-budget.js';
import type { Tiers } from '../cache-runtime.js';

const SHORTEST_LEASE_MS = 1_000;
const LONGEST_LEASE_MS = 5_000;
/** A tag outlives whatever captures it until it is renewed. */
const TAG_LIVES = 2;
const SHORTEST_TAG_MS = 120_000;

/** The right to fill a slot, and what it is filled over. */
interface FillRight {
  readonly expected: string;
  /** Gives the right back when nothing was filled. */
  readonly giveBack: (failed: boolean) => Promise<void>;
}

interface Loaded<V> {
  readonly value: V | undefined;
  /** Whether it may be stored, and given to others: whether it is for its caller only. */
  readonly shareable: boolean;
  /** What the caller is to see, although it is known that there is no value. */
  readonly thrown: { readonly error: unknown } | undefined;
}

/** Runs loaders, and stores what they return where that is allowed. */
export class Loader<K, V> {
  /** About how long a load takes, in milliseconds: the slower ones weigh more. */
  #loadMs = 0;

  constructor(
    private readonly definition: CacheDefinition<K, V>,
    private readonly tiers: Tiers,
    private readonly counters: Counters,
    private readonly parts: { readonly maker: EntryMaker<K, V>; readonly local: LocalReads<V> },
  ) {}

  get loadMs(): number {
    return this.#loadMs;
  }

  /** Long enough for most loads, short enough that a holder that died is soon replaced. */
  get leaseMs(): number {
    return Math.min(LONGEST_LEASE_MS, Math.max(SHORTEST_LEASE_MS, Math.ceil(2 * this.#loadMs)));
  }

  /**
   * The versions of the tags before the load begins; `undefined` when one is being written and cannot be captured. An absent tag
   * gets its first version.
   */
  async capture(tags: readonly TagSighting[]): Promise<readonly CapturedTag[] | undefined> {
    const captured = await Promise.all(tags.map(async (tag) => [tag.slot, await this.#versionOf(tag)] as const));
    return captured.every(isCaptured) ? captured : undefined;
  }

  /** Loads, and stores nothing. */
  async loadOnly(request: ReadRequest<V>, detail: ReadDetail | undefined): Promise<ReadOutcome<V>> {
    const { value, shareable, thrown } = await this.#run(request);
    if (thrown) throw thrown.error;
    // A client that has to name a version in order to write needs the tag when the store is away too.
    const etag = shareable && value !== undefined ? this.parts.maker.etagOf(value) : undefined;
    return missed<V>({ value, json: undefined, etag }, { detail, onlyFor: shareable ? undefined : request.load });
  }

  /** Loads under a lease that was acquired. A load that outlives its lease is not stored: the slot says so. */
  loadUnderLease(
    request: ReadRequest<V>,
    { captured, token }: { readonly captured: readonly CapturedTag[]; readonly token: string },
    visit: Visit,
  ): Promise<ReadOutcome<V>> {
    const { store } = this.tiers;
    const { errorBackOffMs: retryMs } = this.definition;
    return this.#loadAndFill(request, captured, visit, {
      expected: leasePrefix(token),
      giveBack: (failed) =>
        store.release(request.slot.name, token, failed && retryMs ? { error: 'origin', retryMs } : undefined),
    });
  }

  /** Loads anew what still stands in the slot, and replaces exactly that. */
  loadOver(request: ReadRequest<V>, { stored }: FoundValue<V>, visit: Visit): Promise<ReadOutcome<V>> {
    return this.#loadAndFill(request, stored.tags, visit, {
      expected: valuePrefix(stored.fillId),
      giveBack: async () => {},
    });
  }

  async #loadAndFill(
    request: ReadRequest<V>,
    tags: readonly CapturedTag[],
    visit: Visit,
    right: FillRight,
  ): Promise<ReadOutcome<V>> {
    const startedAt = this.tiers.clock.now();
    const loaded = await this.#run(request).catch((error: unknown) => {
      void right.giveBack(isOriginFailure(error)).catch(ignore);
      throw error;
    });
    const made = loaded.shareable ? this.parts.maker.make(loaded.value, tags, startedAt) : undefined;
    const filling = this.#fill(request, made, visit, right);
    // The store has kept this reader long enough: the entry goes there without it.
    const filled = !visit.budget.spent && (await filling);
    if (made && filled) {
      this.parts.local.admitMade(request.slot, made, visit.ticket);
      this.tiers.observer?.stored(request.slot, made.entry.stored?.payload ?? '', tags);
    }
    if (loaded.thrown) throw loaded.thrown.error;
    return missed<V>(answerOf(loaded.value, made?.entry), {
      onlyFor: loaded.shareable ? undefined : request.load,
      made: filled ? made : undefined,
    });
  }

  /** Fills the slot, or gives the right back. It never rejects. */
  async #fill(
    { slot }: ReadRequest<V>,
    made: MadeEntry<V> | undefined,
    { session }: Visit,
    { expected, giveBack }: FillRight,
  ): Promise<boolean> {
    const { store } = this.tiers;
    // Another connection may be another server, one that lost what was invalidated since.
    const reconnected = store.session !== session;
    const filled =
      made && !reconnected ? await store.fill(slot.name, { ...made, expected }).catch(() => undefined) : undefined;
    if (filled) return true;
    if (made) this.counters.refused(reconnected ? 'reconnected' : filled === undefined ? 'unavailable' : 'overtaken');
    void giveBack(false).catch(ignore);
    return false;
  }

  /** A call of the origin takes one permit; that of a batch takes it when all of the batch have come to it. */
  async #run(request: ReadRequest<V>): Promise<Loaded<V>> {
    if (request.batch) return this.#load(request);
    return this.tiers.bulkhead.run(() => {
      this.counters.loaded();
      return this.#load(request);
    });
  }

  async #load(request: ReadRequest<V>): Promise<Loaded<V>> {
    const { slot, tags } = request;
    const evidence = new Evidence(this.tiers, [slot.name, ...tags]);
    try {
      return await this.#loadWithin(new SlotLoad(slot.name, evidence), request);
    } finally {
      evidence.end();
    }
  }

  #loadWithin(loading: SlotLoad, { load }: ReadRequest<V>): Promise<Loaded<V>> {
    return LoadScope.load([loading], async () => {
      const startedAt = this.tiers.clock.now();
      const loaded = await load().then(
        (value): Loaded<V> => ({ value, shareable: this.#mayShare(loading, value), thrown: undefined }),
        (error: unknown): Loaded<V> => {
          // A handler threw its 404 because the innermost loader found nothing: that is what is known, and stored.
          if (!loading.producedNothing) throw error;
          return { value: undefined, shareable: true, thrown: { error } };
        },
      );
      this.#measure(this.tiers.clock.now() - startedAt);
      return loaded;
    });
  }

  #mayShare(loading: SlotLoad, value: V | undefined): boolean {
    const refusal = loading.refusalOf(value);
    if (refusal !== undefined) this.parts.maker.warn(`${refusal}: it is sent, not stored`);
    return refusal === undefined;
  }

  #measure(ms: number): void {
    this.#loadMs = ms > this.#loadMs ? ms : this.#loadMs * 0.95 + ms * 0.05;
  }

  async #versionOf({ slot, text, version }: TagSighting): Promise<string | undefined> {
    if (version === undefined && text !== null) return undefined;
    const { coherence, store, clock } = this.tiers;
    const lifeMs = this.#tagLifeMs;
    const due = coherence.tags.renewalDue(slot, clock.now(), lifeMs);
    if (version !== undefined && !due) return version;
    const created = await store.create(slot, versionText(clock.id()), lifeMs).catch((error: unknown) => {
      coherence.tags.renewalFailed(slot);
      throw error;
    });
    const standing = versionOf(created);
    if (standing !== version) coherence.tags.forget(slot);
    return standing;
  }

  get #tagLifeMs(): number {
    const { lifetimes, negative } = this.definition;
    return Math.max(SHORTEST_TAG_MS, TAG_LIVES * Math.max(lifetimes.hardMs, negative?.hardMs ?? 0));
  }
}

function isCaptured(tag: readonly [string, string | undefined]): tag is CapturedTag {
  return tag[1] !== undefined;
}

/** Whether it is the origin that failed: neither an answer to the caller, nor this process that was too busy to ask. */
function isOriginFailure(error: unknown): boolean {
  return !isRefusal(error) && !(error instanceof CacheError);
}

/** What could not be given back ends with its lease. */
function ignore(): void {}

/** The value as it was loaded, with the stored form that was made of it. */
function answerOf<V>(value: V | undefined, entry: Entry<V> | undefined): Answer<V> {
  return {
    value,
    json: entry?.json,
    get etag() {
      return entry?.etag;
    },
  };
}

interface Missed<V> {
  readonly detail?: ReadDetail | undefined;
  readonly made?: MadeEntry<V> | undefined;
  readonly onlyFor?: ReadOutcome<V>['onlyFor'];
}

/** What a loader returned, as the answer to a read. */
export function missed<V>(answer: Answer<V>, { detail, made, onlyFor }: Missed<V> = {}): ReadOutcome<V> {
  return {
    answer,
    result: detail ? 'bypass' : 'miss',
    detail,
    tier: undefined,
    ttlMs: made ? made.lifetimes.freshMs - made.ageMs : 0,
    ageMs: made?.ageMs ?? 0,
    stored: made !== undefined,
    onlyFor,
    collapsed: false,
  };
}
