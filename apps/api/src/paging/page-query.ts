import { z } from 'zod';

const limit = z.coerce
  .number({ error: wholeNumber })
  .int({ error: wholeNumber })
  .min(1, { error: wholeNumber })
  .max(100, { error: wholeNumber })
  .default(20);

const cursor = z
  .string({ error: once })
  .optional()
  .describe('"page.nextCursor" of the page before. The first page has none.');

/** Which page of a list. In its canonical form: `?limit=020` and `?limit=20` are one query. */
export const pageQuery = z.strictObject({ limit, cursor });
export type PageQuery = z.output<typeof pageQuery>;

function wholeNumber(): string {
  return 'Must be a whole number from 1 to 100.';
}

/** For a parameter that is given twice, which is a list then. */
export function once(): string {
  return 'Must be given once.';
}
