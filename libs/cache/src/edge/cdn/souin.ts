import { acknowledged, type Cdn, portionsOf } from './cdn.js';

/** Configures {@link souin}. */
export interface SouinOptions {
  /** The addresses of the API of all servers, such as `http://souin:8080/souin-api/souin`. */
  readonly urls: readonly string[];
  /** The value of the header `Authorization` of a purge, if the API checks one. @default none */
  readonly authorization?: string;
}

const MOST_NAMES = 50;

/**
 * Returns Souin, also as a module of Caddy or Traefik: answers have `Cache-Groups` (RFC 9875) and `CDN-Cache-Control` (RFC 9213).
 *
 * The trap: Souin reads its keys from `Cache-Groups` if an answer has it. So the names replace the tags that `Cache-Groups` has
 * otherwise.
 *
 * @example
 * EdgeModule.forRoot({ client: pool, cdn: souin({ urls: ['http://souin:8080/souin-api/souin'] }) });
 */
export function souin({ urls, authorization }: SouinOptions): Cdn {
  return {
    headersOf: (names, seconds) => ({
      'cdn-cache-control': `max-age=${seconds}`,
      'cache-groups': listOf(names),
    }),
    async purge(names) {
      // A server that does not answer must not keep the others from their portions.
      const purgeAt = async (url: string): Promise<void> => {
        for (const portion of portionsOf(names, MOST_NAMES)) {
          const headers = { 'surrogate-key': listOf(portion), ...(authorization && { authorization }) };
          await acknowledged('Souin', url, { method: 'PURGE', headers });
        }
      };
      await Promise.all(urls.map(purgeAt));
    },
  };
}

/** Souin compares the strings of the list with their quotes. */
function listOf(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
