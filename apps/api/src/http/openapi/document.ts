import type { ModulesContainer } from '@nestjs/core';
import { headers } from './headers.js';
import { type Components, headOf, operationOf, optionsOf } from './operations.js';
import { ProblemResponses } from './problem-responses.js';
import { problemSchema } from '../problems/problem-schema.js';
import { type Route, routesOf } from './routes.js';
import { Schemas } from './schemas.js';
import type { OpenApiDocument, PathItem } from './specification.js';

const description = `Users and their orders. Reads are answered from a cache, and \`Cache-Status\` says how.

Every path has OPTIONS, and HEAD where it has GET. Any other method is a 405 with \`Allow\`, any other path a 404, any other query
parameter a 400.

Every error is \`application/problem+json\` (RFC 9457) and has a \`code\`, which \`GET /problems/{code}\` explains.

A request may name itself by \`X-Request-Id\`, to be found in the logs. With \`Authorization\` or \`Cookie\` it goes past the entry of its route.`;

/** The API as OpenAPI 3.1, read off the routes of all modules. */
export function openApiDocument(modules: ModulesContainer): OpenApiDocument {
  const schemas = new Schemas();
  schemas.of(problemSchema, 'output');
  const problems = new ProblemResponses();
  const paths = pathsOf(routesOf(modules), { schemas, problems });
  return {
    openapi: '3.1.1',
    info: { title: 'Nuthatch', version: '0.1.0', description },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: sorted(schemas.components),
      headers,
      responses: sorted(problems.components),
      examples: problems.examples,
    },
  };
}

/** What is missing in the document: each route or parameter that is in it without its shape. */
export function undescribed(modules: ModulesContainer): string[] {
  const missing = routesOf(modules).flatMap(({ controller, handler, details, arguments: all }) => {
    const name = `${controller}.${handler}`;
    const bare = all.filter(({ schema }) => schema === undefined);
    return [
      ...(details ? [] : [`${name}: add @Operation({ summary, response }), which says what it answers.`]),
      ...bare.map((each) => `${name}: its ${each.from} ${each.name ?? ''} has no schema, so nothing checks it.`),
    ];
  });
  // A route may have several paths.
  return [...new Set(missing)];
}

function pathsOf(routes: readonly Route[], components: Components): Record<string, PathItem> {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  return sorted(
    Object.fromEntries(
      [...byPath].map(([path, all]) => {
        const operations = Object.fromEntries(all.map((route) => [route.method, operationOf(route, components)]));
        const head = operations['get'] && { head: headOf(operations['get']) };
        return [path, { ...operations, ...head, options: optionsOf(all) }];
      }),
    ),
  );
}

/** So that the committed document changes only where the API does. */
function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
