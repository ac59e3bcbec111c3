import { acknowledged, type Cdn, portionsOf, purgeFailed } from './cdn.js';

/** Configures {@link cloudflare}. */
export interface CloudflareOptions {
  readonly zoneId: string;
  /** A token with the permission to purge the cache of the zone. */
  readonly token: string;
  /** The address of the API. @default 'https://api.cloudflare.com/client/v4' */
  readonly api?: string;
}

/** The most tags of one request. */
const MOST_TAGS = 100;

/**
 * Returns Cloudflare: answers have `Cache-Tag` and `CDN-Cache-Control` (RFC 9213). Up to 100 tags are purged with one request.
 *
 * The trap: Cloudflare limits the requests per account, on the free plan to 5 per minute. Set `interval` of `EdgeModule` so that the
 * purges of busy times share requests.
 *
 * @example
 * EdgeModule.forRoot({ client: pool, cdn: cloudflare({ zoneId, token }) });
 */
export function cloudflare({ zoneId, token, api = 'https://api.cloudflare.com/client/v4' }: CloudflareOptions): Cdn {
  const url = `${api}/zones/${encodeURIComponent(zoneId)}/purge_cache`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    headersOf: (names, seconds) => ({
      'cdn-cache-control': `max-age=${seconds}`,
      'cache-tag': names.join(','),
    }),
    async purge(names) {
      for (const tags of portionsOf(names, MOST_TAGS)) {
        const text = await acknowledged('Cloudflare', url, { method: 'POST', headers, body: JSON.stringify({ tags }) });
        if (!isSuccess(text)) throw purgeFailed('Cloudflare', 'answered without success');
      }
    },
  };
}

function isSuccess(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'success' in answer && answer.success === true;
  } catch {
    return false;
  }
}
