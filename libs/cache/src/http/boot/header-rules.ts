import type { CachedHandler } from './route-handler.js';

/** Headers that the cache sets on its answers, and what to do instead of declaring them. */
const OURS: Readonly<Record<string, string>> = {
  'cache-control': 'use the option "cacheControl" instead',
  etag: 'use the option "etag" of defineCache instead',
  'last-modified': 'use the option "lastModified" of defineCache instead',
  age: 'remove it',
};
const JSON_MEDIA_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** Returns the problems of the headers that a handler declares with `@Header`: the cache sets them, or its key does not cover them. */
export function headerProblemsOf({ headers, route }: CachedHandler): string[] {
  return headers.flatMap(({ name, value }) => {
    const field = name.toLowerCase();
    const instead = OURS[field];
    if (instead !== undefined) return [`has @Header('${name}'), which the cache overwrites: ${instead}`];
    // A function computes the value for each answer, so it is unknown at boot.
    if (typeof value !== 'string') return [];
    if (field === 'content-type' && !JSON_MEDIA_TYPE.test(value)) {
      return [`has @Header('${name}', '${value}'), but a cache answers JSON: remove the header`];
    }
    if (field !== 'vary') return [];
    const held = new Set(route.vary.map(([, header]) => header));
    return value
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '' && !held.has(each.toLowerCase()))
      .map(
        (each) => `sends Vary: ${each}, but its key has no member for that header: add the header to the option "vary"`,
      );
  });
}
