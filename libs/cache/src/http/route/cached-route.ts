import type { IncomingHttpHeaders } from 'node:http';
import type { CacheDefinition } from '../../core/policy/define-cache.js';
import { CacheError } from '../../core/errors.js';
import { cacheControl, type ClientCaching } from '../headers/cache-control.js';

/** What a route's key may be made of, as the adapter parsed it and before any pipe: nothing here is validated yet. */
export interface KeySource {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** What tells who asks. Guards have run: `user` is what they found. */
export interface Requester {
  readonly headers: IncomingHttpHeaders;
  readonly user?: unknown;
  /** Node's own request, on Fastify: what a middleware of Nest found is its `user`. */
  readonly raw?: { readonly user?: unknown };
}

type PrincipalOf = (this: void, requester: Requester) => string | undefined;

/** Only where the key has a member for it: else everybody would have one entry. */
type PrincipalFor<K> = 'principal' extends keyof K ? PrincipalOf : never;

type HeadersOf<K> = K extends object ? { readonly [Member in Extract<keyof K, string>]?: string } : never;

/** How a route answers from its cache, beyond what the cache's own policy says. */
export interface CacheResponseOptions<K, V> {
  /** What clients may do with the answer. @default `private, no-cache`: keep it, and ask here before each use */
  readonly cacheControl?: ClientCaching;
  /**
   * The request headers that the answer depends on, each under the member of the key that holds it. The key's schema makes
   * them few: it maps `de-AT,de;q=0.9` to `de`. They leave as `Vary`. As with `principal`, the strong entity tag of the policy gets a
   * full stop and a digest of the text behind it: a write that obeys `If-Match` compares what stands before the last full stop.
   * @default none
   */
  readonly vary?: HeadersOf<K>;
  /**
   * Whose answer it is, for the key's member `principal`, which its schema leaves as it is: a user, a tenant, a role. Without it, a
   * request that names its sender is never answered from the cache; nor is one of whom this says `undefined` or nothing.
   * @default nobody's in particular
   */
  readonly principal?: PrincipalFor<K>;
  /** Further headers, made of the value: the same on a hit as on a miss. @default none */
  headers?(this: void, value: V, request: KeySource): Readonly<Record<string, string>>;
  /**
   * Whether what this process holds is answered, on Fastify, as soon as a request is routed: before the body is read, and before the
   * hooks of later phases (`preParsing`, `preValidation`, `preHandler`). It is refused at boot where something of Nest's own, such as
   * a guard, could answer otherwise. @default false: it is answered by the interceptor, or where that would begin
   */
  readonly early?: boolean;
}

/** What `CacheResponse` says of a route, checked. */
export interface CachedRoute {
  readonly definition: CacheDefinition<unknown, unknown>;
  readonly cacheControl: string;
  /** Whether clients may use the answer without asking: they are told its age then. */
  readonly tellsAge: boolean;
  /** Members of the key, and the request headers that they hold. */
  readonly vary: readonly (readonly [member: string, header: string])[];
  /** `Vary`, where there is one. */
  readonly varies: string | undefined;
  /** Whether one address has several representations: by who asks, or by what was asked for. */
  readonly hasVariants: boolean;
  readonly early: boolean;
  key(request: KeySource): unknown;
  readonly principal?: PrincipalOf;
  headers?(this: void, value: unknown, request: KeySource): Readonly<Record<string, string>>;
}

/** RFC 9110 §5.1, without `*`: what varies with anything answers nobody else. */
const FIELD_NAME = /^(?!\*$)[\w!#$%&'*+.^`|~-]+$/;

/** @throws {CacheError} `CACHE_OPTIONS_INVALID`. */
export function cachedRoute<K, V>(
  definition: CacheDefinition<K, V>,
  key: (request: KeySource) => unknown,
  { cacheControl: client = {}, vary, principal, headers, early = false }: CacheResponseOptions<K, V>,
): CachedRoute {
  if (definition.codec) {
    throw invalid(definition, `stores ${definition.codec.name}, which is no response body: leave out its codec`);
  }
  if (principal && client.scope === 'public') {
    throw invalid(definition, 'has a principal in its key: its answers are "private"');
  }
  if (principal && early)
    throw invalid(definition, 'has a principal in its key, which guards find out: it is not "early"');
  const members = Object.entries<unknown>({ ...vary }).flatMap(([member, header]) =>
    typeof header === 'string' ? [[member, header.toLowerCase()] as const] : [],
  );
  for (const [, header] of members) {
    if (!FIELD_NAME.test(header))
      throw invalid(definition, `varies with ${JSON.stringify(header)}, which is no name of a header`);
  }
  return {
    definition,
    key,
    cacheControl: cacheControl(client),
    tellsAge: client.maxAge !== undefined,
    vary: members,
    varies: members.length > 0 ? members.map(([, header]) => header).join(', ') : undefined,
    hasVariants: principal !== undefined || members.length > 0,
    early,
    ...(principal && { principal }),
    ...(headers && { headers }),
  };
}

function invalid({ name }: { readonly name: string }, what: string): CacheError {
  return new CacheError('CACHE_OPTIONS_INVALID', `@CacheResponse: the cache "${name}" ${what}.`);
}
