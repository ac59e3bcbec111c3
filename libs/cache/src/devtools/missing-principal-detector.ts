import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { CacheObserver } from '../core/coherence/observer.js';
import type { RecordRef } from '../core/store/redis-keys.js';
import { Memo } from '../core/store/memo.js';
import type { CapturedTag } from '../core/store/record-format.js';

const MOST_RECORDS = 2_000;
const MOST_REQUESTERS = 8;

/** What was loaded into a slot since it was last invalidated: digests of the answers, by digests of who asked. */
interface Fills {
  readonly tags: string;
  readonly answers: Map<string, string>;
}

/**
 * For development: reports a cache whose loader answers by who asks, while its key does not say who that is. One user is given then
 * what was loaded for another.
 *
 * Two users who were given different answers prove nothing, as the origin may have changed in between. It is reported once the
 * first of them is given the first answer again, and nothing was invalidated meanwhile.
 */
export class MissingPrincipalDetector implements CacheObserver {
  readonly #asking = new AsyncLocalStorage<string>();
  readonly #reported = new Set<string>();
  #fills = new Memo<Fills>(MOST_RECORDS);

  constructor(private readonly warn: (message: string) => void) {}

  /** Runs `work` for an asker. What names it is not kept, only its digest. */
  runAs<T>(who: string, work: () => T): T {
    return this.#asking.run(digest(who), work);
  }

  /** A load for the present asker has filled a slot with this payload. */
  stored({ cache, key }: RecordRef, payload: string, tagVersions: readonly CapturedTag[]): void {
    const asker = this.#asking.getStore();
    if (asker === undefined || this.#reported.has(cache)) return;
    const answer = digest(payload);
    const tags = String(tagVersions);
    const known = this.#fills.get(key);
    const answers = known?.tags === tags ? known.answers : new Map<string, string>();
    const former = answers.get(asker);
    if (former === answer && hasOther([...answers], asker, answer)) this.#report(cache);
    // It changes by itself, so what others were given before says nothing of them.
    if ((former !== undefined && former !== answer) || answers.size >= MOST_REQUESTERS) answers.clear();
    answers.set(asker, answer);
    this.#fills.set(key, { tags, answers });
  }

  /** A slot was written: what is loaded next may be another value for everybody. */
  invalidated(recordKey: string): void {
    this.#fills.get(recordKey)?.answers.clear();
  }

  /** Writes may have gone by unheard. */
  invalidatedAll(): void {
    this.#fills = new Memo<Fills>(MOST_RECORDS);
  }

  #report(cache: string): void {
    this.#reported.add(cache);
    this.warn(
      `Cache "${cache}": what is loaded under one of its keys depends on who asks, so one user is given the answer of another. Make who asks a part of the key, or leave such answers out of the cache.`,
    );
  }
}

/** Whether somebody was given another answer since this one was. */
function hasOther(answers: readonly (readonly [string, string])[], asker: string, answer: string): boolean {
  const since = answers.findIndex(([who]) => who === asker);
  return answers.slice(since).some(([, other]) => other !== answer);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
