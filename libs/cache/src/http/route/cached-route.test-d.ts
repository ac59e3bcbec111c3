import { z } from 'zod';
import { defineCache } from '../../core/policy/define-cache.js';
import { CacheResponse } from '../cache-response.decorator.js';

interface Page {
  readonly name: string;
}
interface PageKey {
  readonly name: string;
  readonly language: string;
  readonly principal?: string | undefined;
}

const policy = { ttl: '30s' } as const;
const schema = z.object({ name: z.string(), language: z.string(), principal: z.string().optional() });
const pages = defineCache<Page, PageKey>('pages', { key: schema, ...policy });
const byName = defineCache<Page>('pages.byName', policy);
const key = ({ params }: { readonly params: Readonly<Record<string, unknown>> }) => params;

/** Compiled, never run: the types that each option accepts. */
CacheResponse(pages, key, {
  cacheControl: { scope: 'public', maxAge: '1m', staleWhileRevalidate: '5m', staleIfError: '1h' },
  vary: { language: 'Accept-Language' },
  principal: ({ headers }) => headers['x-tenant']?.toString(),
  headers: ({ name }, { query }) => ({ Link: `</${name}>`, 'X-Page': String(query['page']) }),
});
// @ts-expect-error the key has no such member
CacheResponse(pages, key, { vary: { country: 'X-Country' } });
// @ts-expect-error a member receives one header
CacheResponse(pages, key, { vary: { language: ['Accept-Language'] } });
// @ts-expect-error a string key has no members
CacheResponse(byName, key, { vary: 'Accept-Language' });
// @ts-expect-error the members of every string do not count
CacheResponse(byName, key, { vary: { length: 'Accept-Language' } });
// @ts-expect-error the key has no member "principal", so all principals would share an entry
CacheResponse(byName, key, { principal: () => 'ann' });
// @ts-expect-error a principal is a string
CacheResponse(pages, key, { principal: () => 7 });
// @ts-expect-error the function "principal" is synchronous
CacheResponse(pages, key, { principal: async () => 'ann' });
// @ts-expect-error a bare number is no duration
CacheResponse(pages, key, { cacheControl: { maxAge: 60 } });
// @ts-expect-error a duration has a unit
CacheResponse(pages, key, { cacheControl: { maxAge: '60' } });
// @ts-expect-error there is no such scope
CacheResponse(pages, key, { cacheControl: { scope: 'shared' } });
// @ts-expect-error a header is a string
CacheResponse(pages, key, { headers: () => ({ 'X-Count': 1 }) });
// @ts-expect-error headers are computed from the cache's value
CacheResponse(pages, key, { headers: ({ title }) => ({ 'X-Title': String(title) }) });
// @ts-expect-error there is no such option
CacheResponse(pages, key, { ttl: '30s' });
