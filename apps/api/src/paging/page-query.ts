import { z } from 'zod';
import { inDigits, wholeNumber } from '../http/validation/fields.js';
import { mayBeCursor } from './cursors.js';

const limit = inDigits(wholeNumber(1, 100).default(20));

const cursor = z
  .string({ error: once })
  .refine(mayBeCursor, { error: 'Not a cursor of this list.', params: { code: 'invalid-cursor' } })
  .optional()
  .describe('"page.nextCursor" of the page before. The first page has none.');

/** Which page of a list. In its canonical form: `?limit=020` and `?limit=20` are one query. */
export const pageQuery = z.strictObject({ limit, cursor });
export type PageQuery = z.output<typeof pageQuery>;

/** For a parameter that is given twice, which is a list then. */
export function once(): string {
  return 'Must be given once.';
}
