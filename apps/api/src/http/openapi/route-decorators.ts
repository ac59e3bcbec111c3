import { RequestMethod } from '@nestjs/common';
import * as metadata from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ApiConsumes, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CACHED_ROUTE, type CachedRoute } from '@nuthatch/cache';
import type { z } from 'zod';
import { IfMatchPipe } from '../../optimistic-locking/if-match.pipe.js';
import { ResourceHeadersInterceptor } from '../../optimistic-locking/resource-headers.interceptor.js';
import { mediaTypes } from '../media-types.js';
import type { ProblemCode } from '../problems/problem.js';
import { type HeaderName, headerReferences } from './headers.js';
import { problemResponses } from './problem-responses.js';

/** Facts about a route that its other decorators do not state. */
export interface OperationDetails {
  /** A short phrase that begins with a verb, such as "Finds a user". */
  readonly summary: string;
  /** Schema of the body of a successful answer. Omit it when the body is empty. */
  readonly response?: z.ZodType;
  /** Problems specific to this route. Those of its parameters, its body and its cache are added automatically. */
  readonly problems?: readonly ProblemCode[];
  /** Headers that the handler sets. Those of the cache and of `ResourceHeadersInterceptor` are added automatically. */
  readonly headers?: readonly HeaderName[];
}

type RouteArguments = Readonly<Record<string, { data?: string; schema?: unknown; pipes: readonly unknown[] }>>;

const when = <const T>(holds: unknown, ...items: T[]): T[] => (holds ? items : []);

/**
 * Derives Swagger's decorators from the other decorators of a handler.
 *
 * @throws Error when no decorator of Nest was applied before, or when a parameter has no schema.
 */
export function routeDecorators(target: object, name: string, details: OperationDetails): MethodDecorator[] {
  const { constructor: controller } = target;
  const read = <T>(key: string | symbol): T | undefined => Reflect.getMetadata(key, controller.prototype[name]);
  const verb = read<RequestMethod>(metadata.METHOD_METADATA);
  if (verb === undefined) throw new Error(`${controller.name}.${name}: put @Operation above its other decorators.`);
  const method = RequestMethod[verb];
  const cached = method === 'GET' ? read<CachedRoute>(CACHED_ROUTE) : undefined;
  const all: RouteArguments = Reflect.getMetadata(metadata.ROUTE_ARGS_METADATA, controller, name) ?? {};
  const args = Object.entries(all).filter(([kind]) => validated.test(kind));
  const bare = args.find(([, { schema }]) => schema === undefined);
  if (bare) throw new Error(`${controller.name}.${name}: the parameter ${bare[1].data ?? ''} has no schema.`);
  const checksIfMatch = Object.values(all).some(({ pipes }) => pipes.includes(IfMatchPipe));
  const interceptors = read<unknown[]>(metadata.INTERCEPTORS_METADATA) ?? [];
  const sendsVersion = interceptors.some((each) => each instanceof ResourceHeadersInterceptor);

  const headers = headerReferences([
    'X-Request-Id',
    ...when(cached, 'Cache-Status', 'X-Cache', 'Cache-Control', 'ETag'),
    ...when(cached?.definition.lastModified, 'Last-Modified'),
    ...when(cached?.definition.tags, 'Cache-Groups'),
    ...when(method !== 'GET', 'Cache-Control', 'Cache-Group-Invalidation'),
    ...when(sendsVersion && method !== 'PUT', 'ETag'),
    ...when(sendsVersion && method === 'POST', 'Location'),
    ...(details.headers ?? []),
  ]);
  const problems = problemResponses([
    'malformed-request',
    ...when(args.length > 0, 'validation'),
    'unknown-parameter',
    // Also without a body parameter: the server reads the body first.
    ...when(method !== 'GET', 'malformed-json', 'payload-too-large', 'unsupported-media-type'),
    ...when(cached ?? checksIfMatch, 'precondition-failed'),
    ...when(checksIfMatch, 'precondition-required'),
    ...(details.problems ?? []),
    ...(['internal', 'origin-unavailable', 'overloaded', 'shutting-down', 'cache-unavailable'] as const),
  ]);
  const preconditions = [
    ...when(cached, ['If-None-Match', 'ETag that the client has. If it is current, the answer is a 304.']),
    ...when(checksIfMatch, ['If-Match', 'ETag of the expected version. If it is not current, the answer is a 412.']),
  ] as const;
  const { response: standardSchema, summary } = details;
  const description = standardSchema?.description ?? 'Done.';
  const status = read<number>(metadata.HTTP_CODE_METADATA) ?? (method === 'POST' ? 201 : 200);
  return [
    ApiTags(controller.name.replace(/Controller$/, '').toLowerCase()),
    ApiOperation({ summary }),
    ApiConsumes(...(method === 'PATCH' ? mediaTypes : mediaTypes.slice(0, 1))),
    ...preconditions.map(([header = '', description]) => ApiHeader({ name: header, description })),
    ApiResponse({ status, description, headers, ...(standardSchema && { standardSchema }) }),
    ...when(cached, ApiResponse({ status: 304, description: 'The client has the current version.', headers })),
    ...problems.map((problem) => ApiResponse(problem)),
  ];
}

const validated = new RegExp(`^(${RouteParamtypes.PARAM}|${RouteParamtypes.QUERY}|${RouteParamtypes.BODY}):`);
