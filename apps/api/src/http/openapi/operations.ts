import type { CachedRoute } from '@nuthatch/cache';
import type { ProblemCode } from '../problems/problem.js';
import { headerReferences } from './headers.js';
import { parametersOf } from './parameters.js';
import { codesIn, type ProblemResponses } from './problem-responses.js';
import type { Route } from './routes.js';
import type { Schemas } from './schemas.js';
import type { MediaType, Operation, Reference, RequestBody, Response } from './specification.js';

/** Where what several operations have in common is kept. */
export interface Components {
  readonly schemas: Schemas;
  readonly problems: ProblemResponses;
}

/** What one route takes and answers. */
export function operationOf(route: Route, { schemas, problems }: Components): Operation {
  const body = route.arguments.find(({ from }) => from === 'body');
  const parameters = parametersOf(route, schemas);
  const ours = successes(route, schemas);
  const theirs = problems.of(problemsOf(route));
  return {
    operationId: `${route.controller.replace(/Controller$/, '')}_${route.handler}`,
    tags: [route.tag],
    summary: route.details?.summary ?? 'Not described',
    ...(parameters.length > 0 && { parameters }),
    ...(body?.schema !== undefined && { requestBody: bodyOf(route, schemas.of(body.schema, 'input')) }),
    responses: { ...ours, ...theirs, ...ofBothKinds(ours, theirs, problems) },
  };
}

/** The same without a body, and without a name: it has no handler of its own. */
export function headOf({ operationId: _name, requestBody: _body, summary, ...get }: Operation): Operation {
  const responses = Object.entries(get.responses).map(([status, response]) => {
    if ('$ref' in response) return [status, response];
    const { content: _content, ...withoutContent } = response;
    return [status, withoutContent];
  });
  return { ...get, summary: `${summary}: the headers alone`, responses: Object.fromEntries(responses) };
}

/** Of the routes of one path. */
export function optionsOf(routes: readonly Route[]): Operation {
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const patch = routes.some(({ method }) => method === 'patch') ? ['Accept-Patch'] : [];
  const headers = headerReferences(['X-Request-Id', 'Allow', ...patch]);
  const description = 'The methods of this path.';
  return { tags, summary: 'Tells the methods', responses: { 204: { description, headers } } };
}

function bodyOf({ method }: Route, schema: MediaType['schema']): RequestBody {
  // http/json-body.ts reads nothing else.
  const types = method === 'patch' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

function successes(route: Route, schemas: Schemas): Record<string, Response> {
  const { cached, method, answersVersion, details } = route;
  const safe = method === 'get';
  const headers = headerReferences([
    'X-Request-Id',
    ...(cached ? headersOfCached(cached) : []),
    ...(answersVersion && method !== 'put' ? ['ETag'] : []),
    ...(answersVersion && method === 'post' ? ['Location'] : []),
    // Of every write: http/every-request.ts, and the interceptor of the cache.
    ...(safe ? [] : ['Cache-Control', 'Cache-Group-Invalidation']),
    ...Object.keys(route.headers),
    ...(details?.headers ?? []),
  ]);
  const response = { description: 'Done.', headers, ...contentOf(route, schemas) };
  const statuses = [route.status, ...(details?.statuses ?? [])].map((status) => [String(status), response]);
  const notModified = { description: 'What If-None-Match names is still what would be answered.', headers };
  return { ...Object.fromEntries(statuses), ...(cached && { 304: notModified }) };
}

function headersOfCached({ definition, tellsAge, varies }: CachedRoute): string[] {
  return [
    'Cache-Status',
    'X-Cache',
    'Cache-Control',
    'ETag',
    ...(definition.lastModified ? ['Last-Modified'] : []),
    ...(definition.tags ? ['Cache-Groups'] : []),
    ...(tellsAge ? ['Age'] : []),
    ...(varies === undefined ? [] : ['Vary']),
  ];
}

function contentOf({ details, headers }: Route, schemas: Schemas): Partial<Response> {
  if (details && !details.response) return {};
  const schema = details?.response ? schemas.of(details.response, 'output') : {};
  const [, given] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  const [type = ''] = (given ?? 'application/json').split(';', 1);
  return {
    description: schemas.descriptionOf(schema) ?? 'The answer.',
    content: { [type]: { schema } },
  };
}

/** What any route may answer; then what follows from what this one reads, and what it says itself. */
function problemsOf({ method, arguments: all, cached, obeysIfMatch, details }: Route): ProblemCode[] {
  return [
    'malformed-request',
    ...(all.some(({ schema }) => schema !== undefined) ? (['validation'] as const) : []),
    'unknown-parameter',
    // Also where no body is expected: what is sent is read first.
    ...(method === 'get' ? [] : (['malformed-json', 'payload-too-large', 'unsupported-media-type'] as const)),
    ...(cached || obeysIfMatch ? (['precondition-failed'] as const) : []),
    ...(obeysIfMatch ? (['precondition-required'] as const) : []),
    ...(details?.problems ?? []),
    'internal',
    'origin-unavailable',
    'overloaded',
    'shutting-down',
    'cache-unavailable',
  ];
}

/** A status may have two kinds of body: a probe that is 503, and a problem. */
function ofBothKinds(
  ours: Readonly<Record<string, Response>>,
  theirs: Readonly<Record<string, Reference>>,
  { components }: ProblemResponses,
): Record<string, Response> {
  const shared = Object.entries(theirs).flatMap(([status, reference]) => {
    const [one, other] = [ours[status], components[codesIn(reference).join('.')]];
    if (!one || !other) return [];
    const headers = { ...one.headers, ...other.headers };
    return [[status, { description: one.description, headers, content: { ...one.content, ...other.content } }]];
  });
  return Object.fromEntries(shared);
}
