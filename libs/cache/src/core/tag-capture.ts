import type { CacheRuntime } from './cache-runtime.js';
import type { CacheDefinition } from './policy/define-cache.js';
import type { TagVersionResult } from './read/lookup-result.js';
import { tooSlow } from './read/l2-attempt.js';
import { type CapturedTag, sharedTags, versionOf, versionText } from './store/record-format.js';

/** A tag lives this many times as long as its longest-lived entry, so it outlives every entry until it is renewed. */
const TAG_LIVES = 2;
const SHORTEST_TAG_MS = 120_000;

/** Captures the versions of tags for the entries of one cache, and keeps these tags alive in the store. */
export class TagCapture {
  readonly #tagLifeMs: number;
  #latestCaptured: readonly CapturedTag[] = [];

  constructor(
    { lifetimes, negative }: Pick<CacheDefinition<unknown, unknown>, 'lifetimes' | 'negative'>,
    private readonly runtime: Pick<CacheRuntime, 'coherence' | 'clock' | 'store'>,
  ) {
    this.#tagLifeMs = Math.max(SHORTEST_TAG_MS, TAG_LIVES * Math.max(lifetimes.expiryMs, negative?.expiryMs ?? 0));
  }

  /**
   * Captures the tag versions before a load begins; `undefined` when a tag is being written. It takes a step only for an absent tag,
   * which gets its first version, and now and then to extend the life of a used one.
   *
   * @throws when the store is unavailable, or too slow for this read.
   */
  capture(
    tags: readonly TagVersionResult[],
    lastStepAt = Infinity,
  ): readonly CapturedTag[] | undefined | Promise<readonly CapturedTag[] | undefined> {
    const { coherence, clock } = this.runtime;
    const now = clock.now();
    const captured: CapturedTag[] = [];
    for (const { recordKey, version, text } of tags) {
      if (version === undefined && text !== null) {
        this.limitIntents(recordKey);
        return undefined;
      }
      if (version !== undefined && !coherence.tags.renewalDue(recordKey, now, this.#tagLifeMs))
        captured.push([recordKey, version]);
    }
    if (captured.length === tags.length) return this.#latest(captured);
    return now < lastStepAt ? this.#renewAll(tags, captured) : Promise.reject(tooSlow());
  }

  /** Ends the intents of a record or tag after their lives at the latest, in the background. */
  limitIntents(recordKey: string): void {
    void this.runtime.store.limitIntents?.(recordKey).catch(ignore);
  }

  /** Returns a list of the same tags that other entries have already: its text, and its memory, are shared then. */
  #latest(captured: readonly CapturedTag[]): readonly CapturedTag[] {
    const latest = this.#latestCaptured;
    const isSame =
      captured.length === latest.length &&
      captured.every(([tag, version], place) => latest[place]?.[0] === tag && latest[place][1] === version);
    if (!isSame) this.#latestCaptured = sharedTags(captured);
    return this.#latestCaptured;
  }

  /** Renews the tags that are not `captured` yet. */
  async #renewAll(
    tags: readonly TagVersionResult[],
    captured: readonly CapturedTag[],
  ): Promise<readonly CapturedTag[] | undefined> {
    const current = new Map(captured);
    const versions = await Promise.all(tags.map(async (tag) => current.get(tag.recordKey) ?? (await this.#renew(tag))));
    const all = tags.map(({ recordKey }, index) => [recordKey, versions[index]] as const);
    return all.every((tag): tag is CapturedTag => tag[1] !== undefined) ? all : undefined;
  }

  /** Lets a tag live on in the store, or creates it, and returns its version there; `undefined` while it is being written. */
  async #renew({ recordKey, version }: TagVersionResult): Promise<string | undefined> {
    const { coherence, store, clock } = this.runtime;
    const text = await store
      .ensureTagVersion(recordKey, versionText(clock.id()), this.#tagLifeMs)
      .catch((error: unknown) => {
        coherence.tags.renewalFailed(recordKey);
        throw error;
      });
    const current = versionOf(text);
    if (current !== version) coherence.tags.forget(recordKey);
    return current;
  }
}

/** Intents that could not be limited end with the life of their record. */
function ignore(): void {}
