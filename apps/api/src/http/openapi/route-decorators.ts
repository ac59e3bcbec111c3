import { RequestMethod } from '@nestjs/common';
import * as metadata from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ApiConsumes, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CACHED_ROUTE, type CachedRoute } from '@nuthatch/cache';
import type { z } from 'zod';
import { IfMatchPipe } from '../../optimistic-locking/if-match.pipe.js';
import { ResourceHeadersInterceptor } from '../../optimistic-locking/resource-headers.interceptor.js';
import { mediaTypes } from '../media-types.js';
import type { ProblemCode } from '../problems/problem-types.js';
import { type HeaderName, headerReferences } from './headers.js';
import { problemResponses } from './problem-responses.js';

/** Facts about a route that its other decorators do not state. */
export interface OperationDetails {
  readonly summary: string;
  /** Schema of the body of a successful answer. Omit it when the body is empty. */
  readonly response?: z.ZodType;
  /** Problems specific to this route. Those of its parameters, its body and its cache are added automatically. */
  readonly problems?: readonly ProblemCode[];
  /** Headers that the handler sets. Those of the cache and of `ResourceHeadersInterceptor` are added automatically. */
  readonly headers?: readonly HeaderName[];
}

/** Derives Swagger's decorators from the other decorators of a handler. */
export function routeDecorators(target: object, name: string, details: OperationDetails): MethodDecorator[] {
  const route = routeOf(target.constructor, name);
  const { summary, response: standardSchema } = details;
  const headers = headerReferences([...headersOf(route), ...(details.headers ?? [])]);
  const body = { description: standardSchema?.description ?? 'Done.', ...(standardSchema && { standardSchema }) };
  const unchanged = { status: 304, description: 'The client has the current version.', headers };
  const ifNoneMatch = {
    name: 'If-None-Match',
    description: 'ETag of the client. The answer is a 304 if it is current.',
  };
  const consistencyToken = {
    name: 'Consistency-Token',
    description: 'The header of the same name of a write. The answer is not older than that write, on any instance.',
  };
  const ifMatch = { name: 'If-Match', description: 'Expected ETag. The answer is a 412 if it is not current.' };
  return [
    ApiTags(route.tag),
    ApiOperation({ summary }),
    ApiConsumes(...(route.method === 'PATCH' ? mediaTypes : mediaTypes.slice(0, 1))),
    ...when(route.cached, ApiHeader(ifNoneMatch), ApiHeader(consistencyToken), ApiResponse(unchanged)),
    ...when(route.checksIfMatch, ApiHeader(ifMatch)),
    ApiResponse({ status: route.status, headers, ...body }),
    ...problemResponses([...problemsOf(route), ...(details.problems ?? [])]).map((problem) => ApiResponse(problem)),
  ];
}

type Arguments = Readonly<Record<string, { data?: string; schema?: unknown; pipes: readonly unknown[] }>>;
type Route = ReturnType<typeof routeOf>;
const validatedKinds: readonly number[] = [RouteParamtypes.BODY, RouteParamtypes.QUERY, RouteParamtypes.PARAM];

/** @throws Error when no decorator of Nest was applied before, or when a parameter has no schema. */
function routeOf(controller: Function, name: string) {
  const read = <T>(key: string | symbol): T | undefined => Reflect.getMetadata(key, controller.prototype[name]);
  const verb = read<RequestMethod>(metadata.METHOD_METADATA);
  if (verb === undefined) throw new Error(`${controller.name}.${name}: put @Operation above its other decorators.`);
  const method = RequestMethod[verb];
  const args: Arguments = Reflect.getMetadata(metadata.ROUTE_ARGS_METADATA, controller, name) ?? {};
  const validated = Object.entries(args).filter(([kind]) => validatedKinds.includes(Number(kind.split(':', 1)[0])));
  const bare = validated.find(([, { schema }]) => schema === undefined);
  if (bare) throw new Error(`${controller.name}.${name}: the parameter ${bare[1].data ?? ''} has no schema.`);
  const interceptors = read<unknown[]>(metadata.INTERCEPTORS_METADATA) ?? [];
  return {
    tag: controller.name.replace(/Controller$/, '').toLowerCase(),
    method,
    status: read<number>(metadata.HTTP_CODE_METADATA) ?? (method === 'POST' ? 201 : 200),
    hasParameters: validated.length > 0,
    cached: method === 'GET' ? read<CachedRoute>(CACHED_ROUTE) : undefined,
    checksIfMatch: Object.values(args).some(({ pipes }) => pipes.includes(IfMatchPipe)),
    sendsVersion: interceptors.some((each) => each instanceof ResourceHeadersInterceptor),
  };
}

function headersOf({ method, cached, sendsVersion }: Route): HeaderName[] {
  return [
    'X-Request-Id',
    'X-Content-Type-Options',
    ...when(cached, 'Cache-Status', 'X-Cache', 'Cache-Control', 'ETag'),
    ...when(cached && 'lastModified' in cached.definition, 'Last-Modified'),
    ...when(cached && 'tags' in cached.definition, 'Cache-Groups'),
    ...when(method !== 'GET', 'Cache-Control', 'Cache-Group-Invalidation', 'Consistency-Token'),
    ...when(sendsVersion && method !== 'PUT', 'ETag'),
    ...when(sendsVersion && method === 'POST', 'Location'),
  ];
}

function problemsOf({ method, cached, hasParameters, checksIfMatch }: Route): ProblemCode[] {
  return [
    'malformed-request',
    ...when(hasParameters, 'validation'),
    'unknown-parameter',
    // Also without a body parameter: the server reads the body first.
    ...when(method !== 'GET', 'malformed-json', 'payload-too-large', 'unsupported-media-type'),
    ...when(cached ?? checksIfMatch, 'precondition-failed'),
    ...when(checksIfMatch, 'precondition-required'),
    ...when(true, 'internal', 'origin-unavailable', 'overloaded', 'cache-unavailable'),
  ];
}

function when<const T>(holds: unknown, ...items: T[]): T[] {
  return holds ? items : [];
}
