import { RequestMethod, StreamableFile } from '@nestjs/common';
import {
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { CachedHandler, RouteHandler } from './route-handler.js';
import { headerProblemsOf } from './header-rules.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { isReading } from '../route/http-methods.js';
import { type Class, SERIALIZERS } from './nest-majors.js';

/** The kinds of parameters with which a handler can send its response itself. */
const RESPONSE_PARAMS: readonly number[] = [RouteParamtypes.RESPONSE, RouteParamtypes.NEXT];

/** Returns why a handler can never be answered from a cache, each with its fix. */
export function problemsOf(handler: CachedHandler): string[] {
  const problems: string[] = [];
  if (sendsResponseItself(handler)) {
    problems.push(
      'takes @Res() or @Next() and sends its response itself: return the value, or add { passthrough: true }',
    );
  }
  for (const [key, name] of [
    [SSE_METADATA, '@Sse()'],
    [RENDER_METADATA, '@Render()'],
    [REDIRECT_METADATA, '@Redirect()'],
  ] as const) {
    if (handler.metadata(key) !== undefined)
      problems.push(`has ${name}, whose response is not JSON: remove @CacheResponse`);
  }
  if (handler.metadata('design:returntype') === StreamableFile) {
    problems.push('answers a stream, which cannot be replayed: remove @CacheResponse');
  }
  for (const outer of outerInterceptors(handler) ?? []) {
    if (isSerializer(outer)) {
      problems.push(
        `has ${nameOf(outer)} outside of HttpCacheInterceptor, where it receives JSON text and serialises nothing: register it after HttpCacheInterceptor`,
      );
    }
  }
  if (handler.interceptors.filter((each) => isCacheInterceptor(handler, each)).length > 1) {
    problems.push(
      'is covered by HttpCacheInterceptor twice, and the outer one would store nothing: remove one of them',
    );
  }
  if (!handler.excluded)
    problems.push(...headerProblemsOf(handler), ...hostProblemsOf(handler), ...versionProblemsOf(handler));
  return problems;
}

/** Returns the warnings to log at boot: settings that are valid and probably a mistake. */
export function warningsOf(handler: RouteHandler): string[] {
  const outer = outerInterceptors(handler);
  if (handler.excluded)
    return outer
      ? []
      : [
          'is marked with @NoCache, but HttpCacheInterceptor, which sends Cache-Control: no-store, does not cover it: add it with @UseInterceptors',
        ];
  if (!handler.isCached()) return [];
  const method = uncacheableMethod(handler);
  if (method !== undefined)
    return [`is marked with @CacheResponse, but answers ${method}, which is never cached: remove @CacheResponse`];
  if (!outer)
    return [
      'is marked with @CacheResponse, but HttpCacheInterceptor does not cover it, so nothing is cached: add it with @UseInterceptors',
    ];
  return outer.map(
    (each) =>
      `has ${nameOf(each)} outside of HttpCacheInterceptor, where it receives the JSON text instead of the value: register it after HttpCacheInterceptor if it needs the value`,
  );
}

/** Returns whether the cache may answer a handler. */
export function isAnsweredFromCache(handler: CachedHandler): boolean {
  return !handler.excluded && outerInterceptors(handler) !== undefined && uncacheableMethod(handler) === undefined;
}

/** Returns why hits of a handler need Nest's pipeline; empty if the fast path may answer them. */
export function fastPathBlockers(handler: CachedHandler): string[] {
  const outer = outerInterceptors(handler);
  const method = uncacheableMethod(handler);
  const overridden = overriddenInterceptor(handler);
  const status = handler.metadata(HTTP_CODE_METADATA);
  return [
    ...(handler.excluded ? ['@NoCache excludes it from the cache'] : []),
    ...handler.guards.map((guard) => `${nameOf(guard)} guards it`),
    ...(outer ?? []).map((each) => `${nameOf(each)} is outside of HttpCacheInterceptor`),
    ...(overridden === undefined ? [] : [`${nameOf(overridden)} overrides HttpCacheInterceptor.intercept`]),
    ...(outer ? [] : ['HttpCacheInterceptor does not cover it']),
    ...(method === undefined ? [] : [`it answers ${method}`]),
    ...(handler.requestScoped ? ['its controller is created for each request'] : []),
    ...(handler.hosts.length > 0 ? ['it answers only some hosts'] : []),
    ...(handler.hooked ? ['a pre-request hook runs before it'] : []),
    ...(status === undefined || status === 200 ? [] : ['@HttpCode sets a status other than 200']),
  ];
}

/** Returns whether an interceptor is one of Nest's serializers. */
export function isSerializer(declared: unknown): boolean {
  return SERIALIZERS.some((serializer) => isA(declared, serializer));
}

/** Returns the interceptors outside of `HttpCacheInterceptor`; `undefined` if it does not cover the handler. */
function outerInterceptors(handler: RouteHandler): readonly unknown[] | undefined {
  const index = cacheInterceptorIndex(handler);
  return index === -1 ? undefined : handler.interceptors.slice(0, index);
}

/** Returns the handler's cache interceptor if its class overrides `HttpCacheInterceptor.intercept`. */
function overriddenInterceptor(handler: CachedHandler): unknown {
  const declared = handler.interceptors[cacheInterceptorIndex(handler)];
  const running = handler.running(declared);
  const instance: unknown = typeof running === 'function' ? running.prototype : running;
  return !(instance instanceof HttpCacheInterceptor) || instance.intercept === HttpCacheInterceptor.prototype.intercept
    ? undefined
    : declared;
}

function cacheInterceptorIndex(handler: RouteHandler): number {
  return handler.interceptors.findIndex((each) => isCacheInterceptor(handler, each));
}

function isCacheInterceptor(handler: RouteHandler, declared: unknown): boolean {
  return isA(handler.running(declared), HttpCacheInterceptor);
}

/** Returns the method of a handler if a cache never answers it; `undefined` for GET, HEAD and `@All`. */
function uncacheableMethod(handler: CachedHandler): string | undefined {
  const method = handler.metadata(METHOD_METADATA);
  const name = typeof method === 'number' ? RequestMethod[method] : undefined;
  return name === undefined || name === 'ALL' || isReading(name) ? undefined : name;
}

/** Returns whether the handler sends its response itself, by the test that Nest uses. */
function sendsResponseItself({ type, method }: CachedHandler): boolean {
  const args: object = Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {};
  const own = Object.keys(args).some((key) => {
    return RESPONSE_PARAMS.includes(Number(key.split(':')[0]));
  });
  return own && Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, type, method) !== true;
}

/** Returns the problem of a handler that answers several hosts from one entry: an entry of one tenant would answer another. */
function hostProblemsOf({ hosts, route }: CachedHandler): string[] {
  if (!hosts.some(isPattern) || route.vary.some(([, header]) => header === 'host')) return [];
  return ['answers several hosts, but its key has no member for the host: add "Host" to the option "vary"'];
}

/** Returns the problem of a handler that an unknown part of the request selects: `Vary` could not list it. */
function versionProblemsOf({ selectedByExtractor, route }: CachedHandler): string[] {
  if (!selectedByExtractor || route.vary.length > 0) return [];
  return [
    'has a version that a custom extractor reads from the request, so Vary cannot list the header: add the header to the option "vary"',
  ];
}

function isPattern(host: unknown): boolean {
  return typeof host !== 'string' || !/^[\w.-]*$/.test(host);
}

/** Returns whether a declared guard or interceptor is this class, a class that extends it, or an instance of either. */
function isA(declared: unknown, type: Class): boolean {
  if (typeof declared !== 'function') return declared instanceof type;
  return declared === type || declared.prototype instanceof type;
}

function nameOf(declared: unknown): string {
  return classOf(declared).name;
}

function classOf(declared: unknown): { readonly name: string } {
  if (typeof declared === 'function') return declared;
  return typeof declared === 'object' && declared !== null ? declared.constructor : Object;
}
