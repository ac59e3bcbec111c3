import { acknowledged, type Cdn, portionsOf } from './cdn.js';

/** Configures {@link varnish}. */
export interface VarnishOptions {
  /** The addresses of all servers, such as `http://varnish-0:6081`. A change is purged once every server has acknowledged it. */
  readonly urls: readonly string[];
  /** The value of the header `Authorization` of a purge, if the VCL checks one. @default none */
  readonly authorization?: string;
}

/** So many names fit into the longest header that Varnish accepts by default: 8 kB. */
const MOST_NAMES = 50;

/**
 * Returns Varnish with the VCL of `docker/varnish.vcl`: answers have `Surrogate-Key` and `CDN-Cache-Control` (RFC 9213), which the VCL
 * removes before clients see them. A purge is a request with the method PURGE and the names in `Surrogate-Key`.
 *
 * @example
 * EdgeModule.forRoot({ client: pool, cdn: varnish({ urls: ['http://varnish:6081'] }) });
 */
export function varnish({ urls, authorization }: VarnishOptions): Cdn {
  return {
    headersOf: (names, seconds) => ({
      'cdn-cache-control': `max-age=${seconds}`,
      'surrogate-key': names.join(' '),
    }),
    async purge(names) {
      // A server that does not answer must not keep the others from their portions.
      const purgeAt = async (url: string): Promise<void> => {
        for (const portion of portionsOf(names, MOST_NAMES)) {
          const headers = { 'surrogate-key': portion.join(' '), ...(authorization && { authorization }) };
          await acknowledged('Varnish', url, { method: 'PURGE', headers });
        }
      };
      await Promise.all(urls.map(purgeAt));
    },
  };
}
