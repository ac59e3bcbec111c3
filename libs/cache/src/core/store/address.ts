import type { CacheDefinition } from '../policy/define-cache.js';
import { CacheError } from '../errors.js';
import { parseKey } from '../policy/key-schema.js';
import type { Names, Slot } from './redis-keys.js';
import { Recent } from './memo.js';

/** Where an entry stands, and what invalidates it. */
export interface Address<K> {
  /** As its schema made it: canonical. */
  readonly key: K;
  readonly slot: Slot;
  /** The slots of every tag: the namespace's, the cache's and the key's own, in this order. */
  readonly tags: readonly string[];
  /** The key's own tags, as its policy names them. */
  readonly groups: readonly string[];
}

/** Besides the two that every entry has. */
const MOST_TAGS = 14;
const RECENT_ADDRESSES = 5_000;
const LONGEST_RECENT = 200;

/** The addresses of one cache. */
export class Addresses<K> {
  readonly #implicitTags: readonly string[];
  /** To parse a key and to name its slot costs more than to find its entry in L1. */
  readonly #recent = new Recent<Address<K>>(RECENT_ADDRESSES);

  constructor(
    private readonly definition: Pick<CacheDefinition<K, unknown>, 'name' | 'key' | 'tags'>,
    private readonly names: Names,
  ) {
    this.#implicitTags = [names.namespaceTag, names.cacheTag(definition.name)];
  }

  /** The address of what may be a key; `undefined` when the schema refuses it. */
  find(rawKey: unknown): Address<K> | undefined {
    if (typeof rawKey !== 'string') return this.#make(rawKey);
    const recent = this.#recent.get(rawKey);
    if (recent) return recent;
    const made = this.#make(rawKey);
    if (made && rawKey.length <= LONGEST_RECENT) this.#recent.set(rawKey, made);
    return made;
  }

  /** @throws {CacheError} `CACHE_KEY_INVALID` when the schema refuses it. */
  of(key: K): Address<K> {
    const address = this.find(key);
    if (address) return address;
    throw new CacheError('CACHE_KEY_INVALID', `This is not a key of the cache "${this.definition.name}".`);
  }

  #make(rawKey: unknown): Address<K> | undefined {
    const parsed = parseKey(this.definition.key, rawKey);
    if (!parsed) return undefined;
    const { key } = parsed;
    const groups = this.#groups(key);
    const tags = [...this.#implicitTags, ...groups.map((tag) => this.names.tag(tag))];
    return { key, slot: this.names.slot(this.definition.name, key), tags, groups };
  }

  #groups(key: K): readonly string[] {
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
