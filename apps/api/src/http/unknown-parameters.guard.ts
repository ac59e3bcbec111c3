import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { FormGuard } from '@nuthatch/cache';
import { requestPath } from '@nuthatch/observability';
import { z } from 'zod';
import { queryProblem } from './validation/validation.pipe.js';

interface HttpRequest {
  readonly url: string;
  readonly query: Readonly<Record<string, unknown>>;
}

/**
 * Load balancers may add parameters of their own to what they ask. Nothing is cached there, and a 400 would take an instance out of
 * service that is well.
 */
const PROBE = /^\/health(?:\/|$)/;

/**
 * Refuses query parameters that the handler does not declare with `@Query`, on every route and before the cache is asked: otherwise
 * one answer would have any number of addresses. A handler that takes the whole query judges it by the schema it gives.
 */
@FormGuard()
@Injectable()
export class UnknownParametersGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { url, query } = context.switchToHttp().getRequest<HttpRequest>();
    if (Object.keys(query).length === 0 || PROBE.test(requestPath(url))) return true;
    const { error } = schemaOf(context)?.safeParse(query) ?? {};
    if (error) throw queryProblem(error.issues, query);
    return true;
  }
}

/** Knows the parameters that the handler declares one by one, and no others; `undefined` where it takes the whole query. */
function schemaOf(context: ExecutionContext) {
  const names = declaredNames(context);
  if (names.includes(undefined)) return undefined;
  return z.strictObject(Object.fromEntries(names.map((name) => [name, z.unknown().optional()])));
}

/** Nest keeps what `@Query` was told under the name of the method, each parameter by its kind and its place: `4:0`. */
function declaredNames(context: ExecutionContext): (string | undefined)[] {
  const declared: Readonly<Record<string, { readonly data?: string }>> =
    Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {};
  return Object.entries(declared)
    .filter(([kind]) => kind.startsWith(`${RouteParamtypes.QUERY}:`))
    .map(([, { data }]) => data);
}
