import { HttpStatus, Injectable } from '@nestjs/common';
import {
  type Applied,
  type Cache,
  type CacheCounters,
  CachedUrls,
  CacheRegistry,
  type ChannelState,
  type Explanation,
  type HotKey,
  type JournalEntry,
  type Miss,
  type ProcessMemory,
  type StalenessCounts,
} from '@nuthatch/cache';
import { AdminError } from '../admin-error.js';
import { type TagActivity, tagActivity } from './tag-activity.js';

/** The state of the caches of this instance. */
export interface CacheStats {
  /** Seconds since this process started. */
  readonly uptimeSeconds: number;
  /** Where invalidations take effect. */
  readonly scope: Scope;
  readonly channel: ChannelState;
  /** The word with which Redis refuses what the caches need. */
  readonly refusal: string | null;
  /** Invalidations that wait until Redis is available again. */
  readonly pending: number;
  readonly memory: ProcessMemory;
  /** How sampled writes compare with later answers of this instance; `null` unless writes are sampled. */
  readonly staleness: StalenessCounts | null;
  readonly caches: Readonly<Record<string, CacheCounters>>;
}

/** The instances whose entries an invalidation removes: all that share the Redis, or this one without Redis. */
export type Scope = 'all-instances' | 'this-instance';

/** One cache: its policy, and its counters in this instance. Times are in milliseconds. */
export interface CacheSummary {
  readonly name: string;
  readonly version: number;
  readonly ttlMs: number;
  readonly negativeTtlMs: number | null;
  readonly hasTags: boolean;
  readonly strict: boolean;
  readonly counters: CacheCounters;
}

/** An entry to invalidate. The key is a value of the key schema, or its text. */
export interface NamedEntry {
  readonly cache: string;
  readonly key: unknown;
}

/** The result of an invalidation. */
export interface InvalidationReport {
  readonly scope: Scope;
  /** `null` in a dry run. */
  readonly applied: Applied | null;
  readonly tags: readonly string[];
  /** In a dry run, what a read of each key would find; otherwise empty. */
  readonly found: readonly Explanation<unknown>[];
}

/** Reads and invalidates the caches of this application by name. */
@Injectable()
export class CacheAdmin {
  constructor(
    private readonly registry: CacheRegistry,
    private readonly urls: CachedUrls,
  ) {}

  stats(): CacheStats {
    const { channel, refusal, pending, memory, staleness } = this.registry;
    return {
      uptimeSeconds: Math.round(process.uptime()),
      scope: this.#scope,
      channel,
      refusal: refusal ?? null,
      pending,
      memory,
      staleness: staleness ?? null,
      caches: this.registry.counters(),
    };
  }

  caches(): readonly CacheSummary[] {
    return [...this.registry.caches.values()].map((cache) => {
      const { name, version, lifetimes, negative, strict = false } = cache.definition;
      return {
        name,
        version,
        ttlMs: lifetimes.freshMs,
        negativeTtlMs: negative?.freshMs ?? null,
        hasTags: 'tags' in cache.definition,
        strict,
        counters: cache.counters(),
      };
    });
  }

  /** Returns the last writes and invalidations of this instance, the newest first. */
  journal(limit: number): readonly JournalEntry[] {
    return take(this.registry.journal, limit);
  }

  /** Returns the last reads of this instance that loaded their value, the newest first. */
  misses(limit: number): readonly Miss[] {
    return take(this.registry.misses, limit);
  }

  /** Returns the records that this instance reads most, the first one most. */
  hotKeys(limit: number): readonly HotKey[] {
    return this.registry.hotKeys.slice(0, limit);
  }

  /** Returns the tags that were invalidated, those with the most misses of this instance first. */
  tags(limit: number): readonly TagActivity[] {
    return tagActivity(this.registry.journal, this.registry.misses).slice(0, limit);
  }

  /** @throws {AdminError} 404 for an unknown cache, 400 for a key that its schema rejects. */
  async explain(entry: NamedEntry): Promise<Explanation<unknown>> {
    const { cache, entry: found } = this.#resolve(entry);
    return cache.explain(found.key);
  }

  /**
   * Explains the entry that answers a GET of the URL without credentials.
   *
   * @throws {AdminError} 404 when no cached route has the URL.
   */
  async explainUrl(url: string): Promise<Explanation<unknown> & { readonly route: UrlRoute }> {
    const found = this.urls.find(url);
    if (!found)
      throw new AdminError(
        HttpStatus.NOT_FOUND,
        'No cached route answers this URL, or its key schema rejects the parameters.',
      );
    const { cache, key, handler, hasVariants } = found;
    return { ...(await cache.explain(key)), route: { handler, hasVariants } };
  }

  /** Returns the stored value if it is fresh, as JSON. It counts as a read of the cache. */
  async value(entry: NamedEntry): Promise<unknown> {
    const { cache, entry: found } = this.#resolve(entry);
    const text = JSON.stringify(await cache.get(found.key), jsonView);
    const value: unknown = text === undefined ? null : JSON.parse(text);
    return value;
  }

  /** Invalidates all entries and tags as one unit. With `dryRun`, changes nothing. @throws as {@link explain}. */
  async invalidate(
    entries: readonly NamedEntry[],
    tags: readonly string[],
    dryRun: boolean,
  ): Promise<InvalidationReport> {
    const resolved = entries.map((entry) => this.#resolve(entry));
    const scope = this.#scope;
    if (dryRun) {
      const found = await Promise.all(resolved.map(({ cache, entry }) => cache.explain(entry.key)));
      return { scope, applied: null, tags, found };
    }
    const invalidated = resolved.map(({ entry }) => entry);
    return { scope, applied: await this.registry.invalidate(invalidated, tags), tags, found: [] };
  }

  /** Invalidates every entry of a cache. @throws {AdminError} 404 for an unknown cache. */
  async clear(name: string): Promise<InvalidationReport> {
    return { scope: this.#scope, applied: await this.#find(name).clear(), tags: [], found: [] };
  }

  get #scope(): Scope {
    return this.registry.inProcess ? 'this-instance' : 'all-instances';
  }

  #find(name: string): Cache<unknown, unknown> {
    const cache = this.registry.caches.get(name);
    if (cache) return cache;
    const names = [...this.registry.caches.keys()].join(', ');
    throw new AdminError(HttpStatus.NOT_FOUND, `No cache is named "${name}". This application has: ${names}.`);
  }

  /** A text is the key itself if the schema accepts it, otherwise the key's JSON. */
  #resolve({ cache: name, key }: NamedEntry): ResolvedEntry {
    const cache = this.#find(name);
    const entry = cache.at(key) ?? (typeof key === 'string' ? cache.at(parsedJson(key)) : undefined);
    if (entry) return { cache, entry };
    throw new AdminError(HttpStatus.BAD_REQUEST, `The key schema of the cache "${name}" rejects this key.`);
  }
}

/** A named entry that exists, or may exist. */
interface ResolvedEntry {
  readonly cache: Cache<unknown, unknown>;
  readonly entry: NonNullable<ReturnType<Cache<unknown, unknown>['at']>>;
}

/** The route of a URL. With variants, requests with other credentials or headers have entries of their own. */
export interface UrlRoute {
  readonly handler: string;
  readonly hasVariants: boolean;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON has no form for these values, which caches keep. */
function jsonView(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

function take<T>(items: Iterable<T>, limit: number): readonly T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === limit) break;
    taken.push(item);
  }
  return taken;
}
