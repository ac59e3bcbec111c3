import type { CacheDefinition } from '../policy/define-cache.js';
import { CacheError } from '../errors.js';
import { anyString, parseKey } from '../policy/key-schema.js';
import type { RedisKeys, RecordRef } from './redis-keys.js';
import { Memo } from './memo.js';

/** Locates an entry and names what invalidates it. */
export interface EntryRef<K> {
  /** The canonical key, as the schema returned it. */
  readonly key: K;
  readonly record: RecordRef;
  /** The complete keys of all tags: the namespace's, the cache's and the entry's own, in this order. */
  readonly tags: readonly string[];
  /** The entry's own tags, as the policy names them. */
  readonly ownTags: readonly string[];
}

/** Returns the keys of the records and the tags of all entries. */
export function namesOf(refs: readonly EntryRef<unknown>[]): readonly string[] {
  return [...new Set(refs.flatMap(({ record, tags }) => [...tags, record.key]))];
}

/** Besides the two tags that every entry has. */
const MAX_TAGS = 14;
const NONE: readonly string[] = [];
const MEMOISED_REFS = 5_000;
const MAX_MEMOISED_KEY_LENGTH = 200;

/** Resolves the keys of one cache to their records and tags. */
export class KeyResolver<K> {
  readonly #implicitTags: readonly string[];
  /** Memoised, because parsing a key and naming its record costs more than a hit in L1. */
  readonly #recent = new Memo<EntryRef<K>>(MEMOISED_REFS);

  constructor(
    private readonly definition: Pick<CacheDefinition<K, unknown>, 'name' | 'key' | 'tags'>,
    private readonly keys: RedisKeys,
    /** Logs a mistake of the code. */
    private readonly warn: (what: string) => void = () => {},
  ) {
    this.#implicitTags = [keys.namespaceTag, keys.cacheTag(definition.name)];
  }

  /** Returns the reference of a raw key, or `undefined` if the schema rejects it. */
  resolve(rawKey: unknown): EntryRef<K> | undefined {
    if (typeof rawKey !== 'string') return this.#create(rawKey);
    const recent = this.#recent.get(rawKey);
    if (recent) return recent;
    const made = this.#create(rawKey);
    if (made && rawKey.length <= MAX_MEMOISED_KEY_LENGTH) this.#recent.set(rawKey, made);
    return made;
  }

  /** Returns the reference of a key. @throws {CacheError} `CACHE_KEY_INVALID` if the schema rejects it. */
  resolveOrThrow(key: K): EntryRef<K> {
    const ref = this.resolve(key);
    if (ref) return ref;
    const { name } = this.definition;
    const problem = this.#hasSchema
      ? `The key schema of the cache "${name}" rejects this key.`
      : `The cache "${name}" has string keys, and this key is not a string. Set the option "key" of its policy for other keys.`;
    throw new CacheError('CACHE_KEY_INVALID', problem);
  }

  /** Whether the policy has a key schema. Without one, a key that is not a string is a mistake of the code, not of a client. */
  get #hasSchema(): boolean {
    return this.definition.key !== anyString;
  }

  #create(rawKey: unknown): EntryRef<K> | undefined {
    const parsed = parseKey(this.definition.key, rawKey);
    if (!parsed) {
      if (!this.#hasSchema)
        this.warn('a key that is not a string is not cached: set the option "key" of the policy, or pass a string');
      return undefined;
    }
    const { key } = parsed;
    const ownTags = this.#ownTags(key);
    // Entries without tags of their own share one list, because a reference may live for as long as its entry.
    const tags =
      ownTags.length === 0 ? this.#implicitTags : [...this.#implicitTags, ...ownTags.map((tag) => this.keys.tag(tag))];
    return { key, record: this.keys.record(this.definition.name, key), tags, ownTags };
  }

  #ownTags(key: K): readonly string[] {
    const own = this.definition.tags?.(key) ?? NONE;
    if (own.length > MAX_TAGS) {
      throw new CacheError(
        'CACHE_OPTIONS_INVALID',
        `Cache "${this.definition.name}" returns ${own.length} tags for one entry. Return at most ${MAX_TAGS}: each is read with the entry.`,
      );
    }
    return own;
  }
}
