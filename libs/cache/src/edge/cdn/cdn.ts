import { CacheError } from '../../core/errors.js';

/**
 * A cache in front of the instances. `fastly`, `cloudflare`, `varnish` and `souin` return one; an object with these two functions
 * connects any other.
 *
 * @example
 * const cdn: Cdn = {
 *   headersOf: (names, seconds) => ({ 'cdn-cache-control': `max-age=${seconds}`, 'edge-cache-tag': names.join(',') }),
 *   purge: async (names) => {
 *     const body = JSON.stringify({ objects: names });
 *     const { ok } = await fetch('https://purge.example.com/tags', { method: 'POST', body });
 *     if (!ok) throw new Error('The purge was refused.');
 *   },
 * };
 */
export interface Cdn {
  /**
   * Returns the headers of an answer that the CDN may use for `seconds`. `names` are printable ASCII without spaces, commas and double quotes.
   * One of them is on every answer.
   */
  headersOf(this: void, names: readonly string[], seconds: number): Readonly<Record<string, string>>;
  /**
   * Removes the answers that have one of these names, and resolves once the CDN has acknowledged it. It may be called again with names
   * that are purged already. Rejects if anything is unclear: the purge is repeated later.
   */
  purge(this: void, names: readonly string[]): Promise<void>;
}

/** How long a CDN may take to acknowledge a request, in milliseconds. */
const DEADLINE_MS = 5_000;
/** The most characters of an answer that a message quotes. */
const MOST_QUOTED = 200;

/** Sends a request of a purge, and returns the text of its answer. @throws {CacheError} `CACHE_EDGE_PURGE_FAILED`. */
export async function acknowledged(cdn: string, url: string, request: RequestInit): Promise<string> {
  // The headers of the request may have a token, so no message names them.
  const { status, text } = await answerOf(url, request).catch((cause: unknown) => {
    throw purgeFailed(cdn, 'did not answer', { cause });
  });
  if (status >= 200 && status < 300) return text;
  throw purgeFailed(cdn, `answered ${status}: ${text.slice(0, MOST_QUOTED)}`);
}

export function purgeFailed(cdn: string, what: string, options?: ErrorOptions): CacheError {
  return new CacheError('CACHE_EDGE_PURGE_FAILED', `${cdn} did not purge: it ${what}`, options);
}

async function answerOf(
  url: string,
  request: RequestInit,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(DEADLINE_MS) });
  return { status: answer.status, text: await answer.text() };
}

/** Divides names into portions that one request may have. */
export function* portionsOf(names: readonly string[], most: number): Generator<readonly string[]> {
  for (let start = 0; start < names.length; start += most) yield names.slice(start, start + most);
}
