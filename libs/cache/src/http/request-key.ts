import type { Asker, CachedRoute, KeySource } from './cached-route.js';

/** What decides under which key a request is answered. */
export interface KeyedRequest extends KeySource, Asker {}

/** What may be a key; `undefined` where the request names its sender and the route does not say whose answers it gives. */
export function requestKey(route: CachedRoute, request: KeyedRequest): { readonly raw: unknown } | undefined {
  const own = route.key(request);
  if (!route.principal) {
    if (namesItsSender(request)) return undefined;
    return { raw: route.vary.length === 0 ? own : withMembers(own, varying(route, request)) };
  }
  const principal = route.principal(request);
  // Without a declared principal in the key, an answer to somebody may not be given to somebody else (RFC 9111 §3.5).
  if (principal === undefined && namesItsSender(request)) return undefined;
  return { raw: withMembers(own, { ...varying(route, request), principal }) };
}

export function namesItsSender({ headers, user }: Asker): boolean {
  return headers.authorization !== undefined || headers.cookie !== undefined || (user !== undefined && user !== null);
}

function varying({ vary }: CachedRoute, { headers }: Asker): Readonly<Record<string, unknown>> {
  return Object.fromEntries(vary.map(([member, header]) => [member, headers[header]]));
}

/** What is no object stays what it is: a key schema with these members refuses it. */
function withMembers(key: unknown, members: Readonly<Record<string, unknown>>): unknown {
  return typeof key === 'object' && key !== null ? { ...key, ...members } : key;
}
