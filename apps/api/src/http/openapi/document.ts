import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problemSchema } from '../problems/problem-schema.js';
import { headers } from './headers.js';
import { jsonSchema } from './json-schema.js';
import { problemExamples } from './problem-responses.js';
import { healthReport, probes } from './probes.js';

const description = `Users and their orders. Reads are answered from a cache. \`Cache-Status\` names the source of each answer.

Every path also accepts OPTIONS, and HEAD if it accepts GET. Another method is a 405 with \`Allow\`. An unknown path is a 404, an unknown query parameter a 400.

Errors are \`application/problem+json\` (RFC 9457). Their \`code\` is explained at \`GET /problems/{code}\`.

Send \`X-Request-Id\` to find a request in the logs. A request with \`Authorization\` or \`Cookie\` is never answered from the cache.`;

const tags = [
  { name: 'users', description: 'Users, by page, by id or by e-mail address.' },
  { name: 'orders', description: 'Orders of users.' },
  { name: 'health', description: 'Probes for orchestrators and operators.' },
  { name: 'problems', description: 'Explanations of errors.' },
];

/** Routes with documents of their own: libs/admin/README.md and docs/operations/metrics.md. */
const FOR_OPERATORS = /^\/(?:admin|dashboard|metrics)(?:\/|$)/;

/** Describes the API, published under `publicPath`, as OpenAPI 3.1. */
export function openApiDocument(app: INestApplication, publicPath = ''): OpenAPIObject {
  const schemas = {};
  for (const schema of [problemSchema, healthReport]) jsonSchema(schema, 'output', schemas);
  const info = { title: 'Nuthatch', version: '0.1.0', description };
  const frame = { openapi: '3.1.1', info, servers: [{ url: publicPath || '/' }], tags };
  const described = SwaggerModule.createDocument(app, frame, {
    autoTagControllers: false,
    operationIdFactory: (controller, handler) =>
      `${controller.replace(/Controller$/, '').toLowerCase()}${handler.charAt(0).toUpperCase()}${handler.slice(1)}`,
    standardSchemaConverter: (schema, { schemaType }) => {
      const converted = jsonSchema(schema, schemaType, schemas);
      return converted && { schema: converted };
    },
  });
  const paths = Object.fromEntries(Object.entries(described.paths).filter(([path]) => !FOR_OPERATORS.test(path)));
  for (const [path, probe] of Object.entries(probes)) if (paths[path]) paths[path] = { get: probe };
  return { ...frame, paths, components: { schemas, headers, examples: problemExamples() } };
}
