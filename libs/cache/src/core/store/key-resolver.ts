import type { CacheDefinition } from '../policy/define-cache.js';
import { CacheError } from '../errors.js';
import { parseKey } from '../policy/key-schema.js';
import type { RedisKeys, RecordRef } from './redis-keys.js';
import { Memo } from './memo.js';

/** Where an entry stands, and what invalidates it. */
export interface EntryRef<K> {
  /** As its schema made it: canonical. */
  readonly key: K;
  readonly record: RecordRef;
  /** The slots of every tag: the namespace's, the cache's and the key's own, in this order. */
  readonly tags: readonly string[];
  /** The key's own tags, as its policy names them. */
  readonly ownTags: readonly string[];
}

/** Besides the two that every entry has. */
const MOST_TAGS = 14;
const MEMOISED_REFS = 5_000;
const LONGEST_MEMOISED_KEY = 200;

/** The addresses of one cache. */
export class KeyResolver<K> {
  readonly #implicitTags: readonly string[];
  /** To parse a key and to name its slot costs more than to find its entry in L1. */
  readonly #recent = new Memo<EntryRef<K>>(MEMOISED_REFS);

  constructor(
    private readonly definition: Pick<CacheDefinition<K, unknown>, 'name' | 'key' | 'tags'>,
    private readonly keys: RedisKeys,
  ) {
    this.#implicitTags = [keys.namespaceTag, keys.cacheTag(definition.name)];
  }

  /** The address of what may be a key; `undefined` when the schema refuses it. */
  resolve(rawKey: unknown): EntryRef<K> | undefined {
    if (typeof rawKey !== 'string') return this.#create(rawKey);
    const recent = this.#recent.get(rawKey);
    if (recent) return recent;
    const made = this.#create(rawKey);
    if (made && rawKey.length <= LONGEST_MEMOISED_KEY) this.#recent.set(rawKey, made);
    return made;
  }

  /** @throws {CacheError} `CACHE_KEY_INVALID` when the schema refuses it. */
  resolveOrThrow(key: K): EntryRef<K> {
    const ref = this.resolve(key);
    if (ref) return ref;
    throw new CacheError('CACHE_KEY_INVALID', `This is not a key of the cache "${this.definition.name}".`);
  }

  #create(rawKey: unknown): EntryRef<K> | undefined {
    const parsed = parseKey(this.definition.key, rawKey);
    if (!parsed) return undefined;
    const { key } = parsed;
    const ownTags = this.#ownTags(key);
    const tags = [...this.#implicitTags, ...ownTags.map((tag) => this.keys.tag(tag))];
    return { key, record: this.keys.record(this.definition.name, key), tags, ownTags };
  }

  #ownTags(key: K): readonly string[] {
    const own = this.definition.tags?.(key) ?? [];
    if (own.length > MOST_TAGS) {
      throw new CacheError(
        'CACHE_OPTIONS_INVALID',
        `Cache "${this.definition.name}" names ${own.length} tags for one entry; ${MOST_TAGS} is the most, since each is read with it.`,
      );
    }
    return own;
  }
}
