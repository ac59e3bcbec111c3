import {
  ClassSerializerInterceptor,
  RequestMethod,
  StandardSchemaSerializerInterceptor,
  StreamableFile,
} from '@nestjs/common';
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
import { isFormGuard } from '../form-guard.decorator.js';
import { HttpCacheInterceptor } from '../http-cache.interceptor.js';
import { isReading } from '../route/http-methods.js';

const SERIALIZERS = [ClassSerializerInterceptor, StandardSchemaSerializerInterceptor] as const;

/** The kinds of parameters that are given to who answers by itself. */
const ANSWERING: readonly number[] = [RouteParamtypes.RESPONSE, RouteParamtypes.NEXT];

/** Why a handler can never be answered from a cache as its decorators say. */
export function problemsOf(handler: CachedHandler): string[] {
  const problems: string[] = [];
  if (sendsItself(handler)) {
    problems.push('takes @Res() or @Next() and answers by itself: return the value, or add { passthrough: true }');
  }
  for (const [key, name] of [
    [SSE_METADATA, '@Sse()'],
    [RENDER_METADATA, '@Render()'],
    [REDIRECT_METADATA, '@Redirect()'],
  ] as const) {
    if (handler.metadata(key) !== undefined)
      problems.push(`has ${name}, whose answer is no JSON value: leave out @CacheResponse`);
  }
  if (handler.metadata('design:returntype') === StreamableFile) {
    problems.push('answers a stream, which nobody can replay: leave out @CacheResponse');
  }
  for (const outer of outside(handler) ?? []) {
    if (isSerializer(outer)) {
      problems.push(
        `has ${nameOf(outer)} outside of HttpCacheInterceptor, which would see no value to serialise: put it inside`,
      );
    }
  }
  if (handler.interceptors.filter((each) => isOurs(handler, each)).length > 1) {
    problems.push(
      'is covered by HttpCacheInterceptor twice, and the outer one would store nothing: leave one of them out',
    );
  }
  if (!handler.excluded) problems.push(...headerProblemsOf(handler), ...hostProblemsOf(handler));
  if (handler.route.early) problems.push(...fastPathBlockers(handler).map((what) => `is "early", but ${what}`));
  return problems;
}

/** What its author may not have meant; each is said once, at boot. */
export function warningsOf(handler: RouteHandler): string[] {
  const outer = outside(handler);
  if (handler.excluded)
    return outer ? [] : ['is marked with @NoCache, but HttpCacheInterceptor, which says so, does not cover it'];
  if (!handler.isCached()) return [];
  const unread = methodNeverRead(handler);
  if (unread !== undefined) return [`is marked with @CacheResponse, but answers ${unread}, which is never cached`];
  if (!outer) return ['is marked with @CacheResponse, but HttpCacheInterceptor does not cover it: nothing is cached'];
  return outer.map(
    (each) => `has ${nameOf(each)} outside of HttpCacheInterceptor: it sees the JSON text, not the value`,
  );
}

/** What the pipeline does that an answer without it would leave out. */
export function fastPathBlockers(handler: CachedHandler): string[] {
  const outer = outside(handler);
  const unread = methodNeverRead(handler);
  const more = extended(handler);
  const status = handler.metadata(HTTP_CODE_METADATA);
  return [
    ...(handler.excluded ? ['@NoCache takes it out of the cache'] : []),
    ...handler.guards.filter((guard) => !isFormGuard(classOf(guard))).map((guard) => `${nameOf(guard)} guards it`),
    ...(outer ?? []).map((each) => `${nameOf(each)} is outside of HttpCacheInterceptor`),
    ...(more === undefined ? [] : [`${nameOf(more)} may do more than HttpCacheInterceptor`]),
    ...(outer ? [] : ['HttpCacheInterceptor does not cover it']),
    ...(unread === undefined ? [] : [`it answers ${unread}`]),
    ...(handler.requestScoped ? ['it is made anew for each request'] : []),
    ...(handler.hosts.length > 0 ? ['it answers some hosts only'] : []),
    ...(handler.hooked ? ['a pre-request hook runs before it'] : []),
    ...(status === undefined || status === 200 ? [] : ['@HttpCode gives it another status than 200']),
  ];
}

/** Whether an interceptor makes another value of what it is given, by what is declared of that. */
export function isSerializer(declared: unknown): boolean {
  return SERIALIZERS.some((serializer) => isA(declared, serializer));
}

/** The interceptors outside of ours; `undefined` where ours does not cover the handler. */
function outside(handler: RouteHandler): readonly unknown[] | undefined {
  const ours = placeOfOurs(handler);
  return ours === -1 ? undefined : handler.interceptors.slice(0, ours);
}

/** Ours, where somebody extended it and intercepts in another way. */
function extended(handler: CachedHandler): unknown {
  const ours = handler.interceptors[placeOfOurs(handler)];
  const running = handler.running(ours);
  const acting: unknown = typeof running === 'function' ? running.prototype : running;
  return !(acting instanceof HttpCacheInterceptor) || acting.intercept === HttpCacheInterceptor.prototype.intercept
    ? undefined
    : ours;
}

function placeOfOurs(handler: RouteHandler): number {
  return handler.interceptors.findIndex((each) => isOurs(handler, each));
}

function isOurs(handler: RouteHandler, declared: unknown): boolean {
  return isA(handler.running(declared), HttpCacheInterceptor);
}

/** The one method that a handler answers, where that is not answered from a cache. */
function methodNeverRead(handler: CachedHandler): string | undefined {
  const method = handler.metadata(METHOD_METADATA);
  const name = typeof method === 'number' ? RequestMethod[method] : undefined;
  return name === undefined || name === 'ALL' || isReading(name) ? undefined : name;
}

/** The same test as Nest's, which sends nothing then. */
function sendsItself({ type, method }: CachedHandler): boolean {
  const args: object = Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {};
  const own = Object.keys(args).some((key) => {
    return ANSWERING.includes(Number(key.split(':')[0]));
  });
  return own && Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, type, method) !== true;
}

/** An entry of one tenant would answer another. */
function hostProblemsOf({ hosts, route }: CachedHandler): string[] {
  if (!hosts.some(isPattern) || route.vary.some(([, header]) => header === 'host')) return [];
  return ['answers hosts of a pattern, of which its key says nothing: name "Host" in the option "vary"'];
}

function isPattern(host: unknown): boolean {
  return typeof host !== 'string' || !/^[\w.-]*$/.test(host);
}

type Class = abstract new (...args: never[]) => unknown;

/** Whether something that was declared is of a class: the class itself, one that extends it, or an instance. */
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
