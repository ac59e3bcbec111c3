import { z } from 'zod';
import { inDigits, wholeNumber } from '../http/validation/fields.js';
import { isCursor } from './cursors.js';

const limit = inDigits(wholeNumber(1, 100).default(20));

const cursor = z
  .string({ error: once })
  .refine(isCursor, { error: 'Not a cursor of this list.', params: { code: 'invalid-cursor' } })
  .optional()
  .describe('"page.nextCursor" of the page before. Leave it out for the first page.');

/** The query of a page, in its canonical form: `?limit=020` and `?limit=20` are one query. */
export const pageQuery = z.strictObject({ limit, cursor });
export type PageQuery = z.output<typeof pageQuery>;

/** Returns the message for a repeated parameter, which servers parse as a list. */
export function once(): string {
  return 'Must be given once.';
}
