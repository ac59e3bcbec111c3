import type { CacheRegistry } from '../../core/cache-registry.js';
import type { InvalidationBatch } from '../../core/coherence/pending-invalidations.js';
import type { CacheDefinition } from '../../core/policy/define-cache.js';
import { parseKey } from '../../core/policy/key-schema.js';
import type { RedisKeys } from '../../core/store/redis-keys.js';
import type { Change } from './outbox-table.js';

/** Names the records of the changes in the outbox, as the caches of this process name them: by their own key schemas. */
export class ChangeNames {
  readonly #warned = new Set<string>();

  constructor(
    private readonly registry: Pick<CacheRegistry, 'caches'>,
    private readonly keys: RedisKeys,
    private readonly warn: (message: string) => void,
  ) {}

  /** Returns the records and the tags that a change invalidates. An entry that cannot be named is invalidated with its whole cache. */
  of({ keys, tags }: Pick<Change, 'keys' | 'tags'>): InvalidationBatch {
    const recordKeys = new Set<string>();
    const tagKeys = new Set(tags.filter((tag) => tag !== null).map((tag) => this.keys.tag(tag)));
    for (const [cache, texts] of Object.entries(keys)) {
      const named = texts && this.#recordsOf(cache, texts);
      if (named) named.forEach((recordKey) => recordKeys.add(recordKey));
      else tagKeys.add(this.keys.cacheTag(cache));
    }
    return { recordKeys: [...recordKeys], tags: [...tagKeys] };
  }

  #recordsOf(cache: string, texts: readonly (string | null)[]): readonly string[] | undefined {
    const definition = this.registry.caches.get(cache)?.definition;
    if (!definition) {
      this.#warnOnce(
        `The outbox names the cache "${cache}", which no module of this process registers, so its entries are invalidated all at ` +
          'once. Import its module here, or OutboxModule only where it is imported.',
      );
      return undefined;
    }
    const names: string[] = [];
    for (const text of texts) {
      // A row without a value has no entry.
      if (text === null) continue;
      const found = this.#namesOf(definition, text);
      if (found.length === 0) {
        this.#warnOnce(
          `The key schema of the cache "${cache}" rejects a key of the outbox, so its entries are invalidated all at once. Check the ` +
            'column in its `from`.',
        );
        return undefined;
      }
      names.push(...found);
    }
    return names;
  }

  #namesOf({ name, key }: CacheDefinition<unknown, unknown>, text: string): readonly string[] {
    return formsOf(text).flatMap((form) => {
      try {
        const parsed = parseKey(key, form);
        return parsed ? [this.keys.record(name, parsed.key).key] : [];
      } catch {
        // The schema threw, or its key has no canonical form.
        return [];
      }
    });
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.warn(message);
  }
}

/** Returns the values that a program may have read from a column with this text. */
function formsOf(text: string): readonly unknown[] {
  const number = Number(text);
  const isNumber = text !== '' && String(number) === text;
  const isBoolean = text === 'true' || text === 'false';
  return [text, ...(isNumber ? [number] : []), ...(isBoolean ? [text === 'true'] : [])];
}
