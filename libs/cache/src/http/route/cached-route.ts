import type { IncomingHttpHeaders } from 'node:http';
import type { Cache } from '../../core/cache.js';
import type { CacheDefinition } from '../../core/policy/define-cache.js';
import { CacheError } from '../../core/errors.js';
import { cacheControl, type ClientCaching, edgeSeconds } from '../headers/cache-control.js';
import type { EdgeHeaders } from '../headers/edge-headers.js';
import { CONSISTENCY_TOKEN } from '../headers/consistency-token.js';

/** The parts of a request that a route may build its key from. The trap: pipes run later, so nothing here is validated yet. */
export interface KeySource {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** The parts of a request that identify its requester. */
export interface Requester {
  readonly headers: IncomingHttpHeaders;
  /** The user that a guard set. Guards have run. */
  readonly user?: unknown;
  /** Node's request, on Fastify: a middleware of Nest sets its `user`, which counts if no guard has set one. */
  readonly raw?: { readonly user?: unknown };
}

type PrincipalOf = (this: void, requester: Requester) => string | undefined;

/** Resolves to `PrincipalOf` if the key has a member `principal`. Without one, all principals would share an entry. */
type PrincipalFor<K> = 'principal' extends keyof K ? PrincipalOf : never;

type HeadersOf<K> = K extends object ? { readonly [Member in Extract<keyof K, string>]?: string } : never;

/** Configures how a route is answered from its cache. */
export interface CacheResponseOptions<K, V> {
  /** How clients may cache the response. @default `private, no-cache`: clients store it and revalidate it before each use */
  readonly cacheControl?: ClientCaching;
  /**
   * The request headers that the response depends on, each under the member of the key that receives it. The response lists them in
   * `Vary`. Let the key's schema map each header to few values, such as `de-AT,de;q=0.9` to `de`: each value is an entry of its own.
   *
   * With `vary` or `principal`, or with versions in a header, a full stop and a digest of the response are appended to the strong
   * entity tag of the policy. To evaluate `If-Match` for a write, compare the part before the last full stop.
   * @default none
   */
  readonly vary?: HeadersOf<K>;
  /**
   * Returns the user, tenant or role that the response belongs to, for the key's member `principal`. The schema must not change it. A
   * request with credentials bypasses the cache if there is no such function, or if it returns `undefined` or an empty string.
   * @default none: the response is shared, and requests with credentials bypass the cache
   */
  readonly principal?: PrincipalFor<K>;
  /** Returns additional headers, computed from the value for each response, on a hit and on a miss. @default none */
  headers?(this: void, value: V, request: KeySource): Readonly<Record<string, string>>;
}

/** The validated options of a route with `@CacheResponse`. */
export interface CachedRoute {
  readonly definition: CacheDefinition<unknown, unknown>;
  /** The value of `Cache-Control`. */
  readonly cacheControl: string;
  /** Whether the response has an `Age`, because clients may use it without revalidation. */
  readonly sendsAge: boolean;
  /** How long a CDN that is purged may use the response, in seconds; `undefined` if it keeps to `cacheControl`. */
  readonly edgeSeconds: number | undefined;
  /** The members of the key that receive a request header, each with the header's name in lower case. */
  readonly vary: readonly (readonly [member: string, header: string])[];
  /** The value of `Vary`; `undefined` if nothing but the URL selects the response. */
  readonly varyHeader: string | undefined;
  /** Whether one URL has several representations: the key contains the principal or a header, or a header selects the handler. */
  readonly hasVariants: boolean;
  key(request: KeySource): unknown;
  readonly principal?: PrincipalOf;
  headers?(this: void, value: unknown, request: KeySource): Readonly<Record<string, string>>;
}

/** A route that is cached, and its cache. */
export interface RouteCache {
  readonly route: CachedRoute;
  readonly cache: Cache<unknown, unknown>;
  /** The headers of its answers for a CDN; `undefined` for a route without `edgeMaxAge`. */
  readonly edge: EdgeHeaders | undefined;
}

/** A field name (RFC 9110 §5.1), except `*`: a response with `Vary: *` matches no other request. */
const FIELD_NAME = /^(?!\*$)[\w!#$%&'*+.^`|~-]+$/;

/** Validates the options of a route. @throws {CacheError} `CACHE_OPTIONS_INVALID` for the first invalid option. */
export function cachedRoute<K, V>(
  definition: CacheDefinition<K, V>,
  key: (request: KeySource) => unknown,
  { cacheControl: client = {}, vary, principal, headers }: CacheResponseOptions<K, V>,
): CachedRoute {
  if (definition.codec) {
    throw invalid(
      definition,
      `uses the codec "${definition.codec.name}", but a response is JSON: remove the option "codec" of defineCache`,
    );
  }
  if (principal && client.scope === 'public') {
    throw invalid(
      definition,
      'has a principal in its key, so shared caches must not store its responses: set cacheControl.scope to "private"',
    );
  }
  const members = Object.entries<unknown>({ ...vary }).flatMap(([member, header]) =>
    typeof header === 'string' ? [[member, header.toLowerCase()] as const] : [],
  );
  for (const [, header] of members) {
    if (!FIELD_NAME.test(header))
      throw invalid(
        definition,
        `varies with ${JSON.stringify(header)}, which is no name of a header: write a field name such as "Accept-Language" in the option "vary"`,
      );
  }
  const varied = members.map(([, header]) => header);
  // A shared cache may hold an answer that is older than the writes of this client.
  const isShared = client.maxAge !== undefined || client.edgeMaxAge !== undefined;
  if (client.scope === 'public' && isShared) varied.push(CONSISTENCY_TOKEN);
  return {
    definition,
    key,
    cacheControl: cacheControl(client),
    sendsAge: client.maxAge !== undefined,
    edgeSeconds: edgeSeconds(client),
    vary: members,
    varyHeader: varied.length > 0 ? varied.join(', ') : undefined,
    hasVariants: principal !== undefined || members.length > 0,
    ...(principal && { principal }),
    ...(headers && { headers }),
  };
}

function invalid({ name }: { readonly name: string }, problem: string): CacheError {
  return new CacheError('CACHE_OPTIONS_INVALID', `@CacheResponse: the cache "${name}" ${problem}.`);
}
