import type { ExamplesObject, ResponseObject } from '@nestjs/swagger';
import { problems, type ProblemCode } from '../problems/problem-types.js';
import { headerReferences } from './headers.js';

/** Headers by status. A 404 from the cache has those of the cache, a 415 to PATCH has `Accept-Patch`. */
const extraHeaders = new Map([
  [404, ['Cache-Status', 'X-Cache'] as const],
  [412, ['ETag'] as const],
  [415, ['Accept-Patch'] as const],
  [503, ['Retry-After'] as const],
]);

/** One example per problem, by its code. */
export function problemExamples(): ExamplesObject {
  const request = { instance: '/path', requestId: 'a1b2c3d4' };
  const examples = Object.entries(problems).map(([code, { status, title, meaning: detail }]) => [
    code,
    { value: { type: `/problems/${code}`, title, status, detail, code, ...request } },
  ]);
  return Object.fromEntries(examples);
}

/** The responses of an operation that answers with these problems, one per status. Any request may get the default. */
export function problemResponses(codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status);
  const responses = [...byStatus].map(([status, those]) => ({ status, ...problemResponse(those) }));
  return [...responses, { status: 'default' as const, ...anyProblem }];
}

function problemResponse(codes: readonly ProblemCode[]): ResponseObject {
  const statuses = [...new Set(codes.map((code) => problems[code].status))];
  const properties = { status: { enum: statuses }, code: { enum: [...codes] } };
  const schema = { $ref: '#/components/schemas/Problem', properties };
  const examples = Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
  const extra = statuses.flatMap((status) => extraHeaders.get(status) ?? []);
  return {
    description: codes.map((code) => problems[code].title).join(' · '),
    headers: headerReferences(['X-Request-Id', 'X-Content-Type-Options', 'Cache-Control', ...extra]),
    content: { 'application/problem+json': { schema, examples } },
  };
}

/** Problems that the server raises before it finds a route. */
export const anyProblem = problemResponse([
  'request-timeout',
  'uri-too-long',
  'headers-too-large',
  'not-implemented',
  'http-version-not-supported',
]);
