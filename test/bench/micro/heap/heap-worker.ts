import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LRUCache } from 'lru-cache';
import { serveCommands } from '../../../support/processes/serve-commands.js';
import { bentocacheInMemory, cacheManagerInMemory, nuthatch } from '../libraries.js';
import { connectionTo } from '../connection-to.js';
import { newId, TTL_MS, type User, userWith } from '../users.js';

export type Holder =
  'lru-cache' | 'cache-manager' | 'bentocache' | 'bentocache-references' | 'nuthatch' | 'nuthatch-redis';

/** The argument with which the benchmark starts this program. */
export interface HeapOptions {
  readonly holder: Holder;
  readonly redisUrl: string;
}

export interface HeapCommands {
  /** Fills a memory, and returns how many bytes of heap an entry needs. */
  bytesPerEntry(): Promise<number>;
}

/** The first entries pay for compiled code and for tables of the least size. */
const FIRST_ENTRIES = 2_000;
const ENTRIES = 10_000;
const PARALLEL = 50;
const MOST_ENTRIES = FIRST_ENTRIES + ENTRIES;

/** Reads a user through a cache that has room for all of them. */
type Read = (id: string, load: () => Promise<User>) => Promise<unknown>;

const OPEN: Readonly<Record<Holder, (redisUrl: string) => Promise<Read>>> = {
  async 'lru-cache'() {
    const map = new LRUCache<string, User>({ max: MOST_ENTRIES });
    return async (id, load) => map.get(id) ?? map.set(id, await load());
  },
  async 'cache-manager'() {
    const manager = cacheManagerInMemory();
    return (id, load) => manager.wrap(id, load, TTL_MS);
  },
  bentocache: async () => readBento({}),
  'bentocache-references': async () => readBento({ serialize: false }),
  async nuthatch() {
    const { cache } = await nuthatch(null, ROOMY);
    return (id, load) => cache.readThrough(id, load);
  },
  async 'nuthatch-redis'(redisUrl) {
    const { cache } = await nuthatch(await connectionTo(redisUrl), ROOMY);
    return (id, load) => cache.readThrough(id, load);
  },
};

const ROOMY = { maxEntries: 2 * MOST_ENTRIES, maxBytes: 1_000_000_000 };

function readBento(options: { readonly serialize?: false }): Read {
  const bento = bentocacheInMemory({ ...options, maxItems: MOST_ENTRIES });
  return (key, factory) => bento.getOrSet({ key, factory });
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let loads = 0;

/** A driver of a database also parses its text, so that no two users share a string. */
async function loadUser(id: string): Promise<User> {
  loads += 1;
  return JSON.parse(JSON.stringify(userWith(id)));
}

async function fill(read: Read, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += PARALLEL)
    await Promise.all(ids.slice(at, at + PARALLEL).map((id) => read(id, () => loadUser(id))));
}

const options: HeapOptions = JSON.parse(process.argv[2] ?? '');
serveCommands<HeapCommands>({
  async bytesPerEntry() {
    const read = await OPEN[options.holder](options.redisUrl);
    const ids = Array.from({ length: MOST_ENTRIES }, newId);
    await fill(read, ids.slice(0, FIRST_ENTRIES));
    const before = heapBytes();
    await fill(read, ids.slice(FIRST_ENTRIES));
    const bytes = (heapBytes() - before) / ENTRIES;
    await fill(read, ids);
    if (loads !== MOST_ENTRIES) throw new Error(`${options.holder} loaded ${loads} values for ${MOST_ENTRIES} keys.`);
    return bytes;
  },
});
