import { z } from 'zod';
import type { Fault } from './problem-error.js';

const fault: z.ZodType<Fault> = z
  .strictObject({
    pointer: z.string().describe('Where it is: a JSON pointer as a URI fragment (RFC 6901 §6), such as "#/email".'),
    detail: z.string().describe('What is wrong with it.'),
    code: z.string().describe('The same for a program.'),
  })
  .meta({ id: 'Fault', description: 'One thing wrong with a request.' });

/** The body of every error (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('Where the problem is explained.'),
    title: z.string().describe('The problem in short, always the same for a type.'),
    status: z.int().min(400).max(599).describe('The status of the answer.'),
    detail: z.string().describe('What it was this time.'),
    instance: z.string().optional().describe('The path of the request. Absent when it could not be read.'),
    code: z.string().describe('The last part of "type": what a program matches on.'),
    requestId: z.string().describe('As in X-Request-Id.'),
    errors: z.array(fault).optional().describe('Everything wrong with the request, where that is known.'),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457).' });
