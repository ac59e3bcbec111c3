import type { CachedHandler } from './route-handler.js';

/** What answers from a cache say of themselves, and what says it. */
const OURS: Readonly<Record<string, string>> = {
  'cache-control': 'use the option "cacheControl"',
  etag: 'use "etag" of the cache',
  'last-modified': 'use "lastModified" of the cache',
  age: 'the cache tells it',
};
const JSON_MEDIA_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Why a handler cannot have what it declares by `@Header`: the cache sets that, or its key says nothing of it. */
export function headerProblemsOf({ headers, route }: CachedHandler): string[] {
  return headers.flatMap(({ name, value }) => {
    const field = name.toLowerCase();
    const instead = OURS[field];
    if (instead !== undefined) return [`has @Header('${name}'), which would be overwritten: ${instead}`];
    // What is made anew for each answer is not known yet.
    if (typeof value !== 'string') return [];
    if (field === 'content-type' && !JSON_MEDIA_TYPE.test(value)) {
      return [`has @Header('${name}', '${value}'), but what a cache answers is JSON: leave it out`];
    }
    if (field !== 'vary') return [];
    const held = new Set(route.vary.map(([, header]) => header));
    return value
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '' && !held.has(each.toLowerCase()))
      .map((each) => `varies with ${each}, of which its key says nothing: name it in the option "vary"`);
  });
}
