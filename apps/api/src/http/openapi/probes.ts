import type { OperationObject } from '@nestjs/swagger';
import { z } from 'zod';
import { headerReferences } from './headers.js';
import { anyProblem } from './problem-responses.js';

const dependency = z.looseObject({ status: z.enum(['up', 'degraded', 'down']) });
const up = { database: { status: 'up' } };

export const healthReport = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
    info: z.record(z.string(), dependency).describe('Dependencies that are up or degraded.'),
    error: z.record(z.string(), dependency).describe('Dependencies that are down.'),
    details: z.record(z.string(), dependency).describe('All dependencies.'),
  })
  .meta({
    id: 'HealthReport',
    description: 'The state of this instance and of its dependencies.',
    examples: [{ status: 'ok', info: up, error: {}, details: up }],
  });

/** The probes of `@nuthatch/health`, which does not depend on OpenAPI. */
export const probes: Readonly<Record<string, OperationObject>> = {
  '/health': probe('healthEverything', 'Reports the state of this instance'),
  '/health/live': probe('healthLive', 'Reports whether the process is alive'),
  '/health/started': probe('healthStarted', 'Reports whether the boot is complete'),
  '/health/ready': probe('healthReady', 'Reports whether this instance can serve requests'),
};

function probe(operationId: string, summary: string): OperationObject {
  const headers = headerReferences(['X-Request-Id', 'X-Content-Type-Options', 'Cache-Control']);
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/HealthReport' } } };
  const report = { description: 'The state of this instance.', headers, content };
  return { operationId, tags: ['health'], summary, responses: { 200: report, 503: report, default: anyProblem } };
}
