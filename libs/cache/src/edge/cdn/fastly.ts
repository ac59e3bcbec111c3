import { acknowledged, type Cdn, portionsOf } from './cdn.js';

/** Configures {@link fastly}. */
export interface FastlyOptions {
  readonly serviceId: string;
  /** A token with the scope `purge_select`. */
  readonly token: string;
  /** The address of the API. @default 'https://api.fastly.com' */
  readonly api?: string;
}

/** The most keys of one request. */
const MOST_KEYS = 256;

/**
 * Returns Fastly: answers have `Surrogate-Key` and `Surrogate-Control`, which Fastly removes before clients see them. Up to 256 keys are
 * purged with one request.
 *
 * @example
 * EdgeModule.forRoot({ client: pool, cdn: fastly({ serviceId, token }) });
 */
export function fastly({ serviceId, token, api = 'https://api.fastly.com' }: FastlyOptions): Cdn {
  const url = `${api}/service/${encodeURIComponent(serviceId)}/purge`;
  const headers = { 'fastly-key': token, 'content-type': 'application/json', accept: 'application/json' };
  return {
    headersOf: (names, seconds) => ({
      'surrogate-control': `max-age=${seconds}`,
      'surrogate-key': names.join(' '),
    }),
    async purge(names) {
      for (const keys of portionsOf(names, MOST_KEYS)) {
        await acknowledged('Fastly', url, { method: 'POST', headers, body: JSON.stringify({ surrogate_keys: keys }) });
      }
    },
  };
}
