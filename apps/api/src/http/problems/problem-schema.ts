import { z } from 'zod';
import type { Fault } from './problem-error.js';
import { problems } from './problem-types.js';

const fault: z.ZodType<Fault> = z
  .strictObject({
    pointer: z.string().describe('A JSON pointer to the value, as a URI fragment (RFC 6901 §6).'),
    detail: z.string().describe('An explanation for people.'),
    code: z.string().describe('The kind of fault, for programs.'),
  })
  .meta({
    id: 'Fault',
    description: 'One fault of a request.',
    examples: [{ pointer: '#/email', detail: 'Must be an e-mail address.', code: 'invalid-format' }],
  });

/** The body of every error (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('The address of the explanation of this type.'),
    title: z.string().describe('A summary, always the same for a type.'),
    status: z.int().min(400).max(599).describe('The status of the answer.'),
    detail: z.string().describe('An explanation of this occurrence.'),
    instance: z.string().optional().describe('The path of the request. Absent if the request was unreadable.'),
    code: z.string().describe('The last part of `type`, for programs.'),
    requestId: z.string().describe('The value of `X-Request-Id`.'),
    errors: z.array(fault).optional().describe('Every fault of the request, if they are known.'),
  })
  .meta({
    id: 'Problem',
    description: 'An error (RFC 9457).',
    examples: [
      {
        type: '/problems/user-not-found',
        title: problems['user-not-found'].title,
        status: 404,
        detail: 'There is no user with the id 01941f29-b054-7577-8b9d-a674943f19e7.',
        instance: '/users/01941f29-b054-7577-8b9d-a674943f19e7',
        code: 'user-not-found',
        requestId: 'deef8d54-24f7-4d61-9cf0-796093ba60d2',
      },
    ],
  });
