import { z } from 'zod';
import type { OperationDetails } from './operation.decorator.js';

const indicator = z.looseObject({ status: z.enum(['up', 'degraded', 'down']) });

const healthReport = z
  .strictObject({
    status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
    info: z.record(z.string(), indicator).describe('What is up or degraded.'),
    error: z.record(z.string(), indicator).describe('What is down.'),
    details: z.record(z.string(), indicator).describe('Both, and what is known of each.'),
  })
  .meta({ id: 'HealthReport', description: 'What this instance depends on, each with its state.' });

const probe = (summary: string): OperationDetails => ({ summary, response: healthReport, statuses: [503] });

/** Routes of our libraries, by their path. A library serves applications without this document too, so it does not know it. */
export const libraryRoutes: Readonly<Record<string, OperationDetails>> = {
  '/health': probe('Tells all that is known of this instance'),
  '/health/live': probe('Tells whether the process is alive'),
  '/health/started': probe('Tells whether the boot is done'),
  '/health/ready': probe('Tells whether requests should come here'),
};
