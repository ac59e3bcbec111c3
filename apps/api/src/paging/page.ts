import { z } from 'zod';

/** One page of a list, as it is sent. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly page: {
    readonly limit: number;
    /** Give it back as `cursor` to read on; `null` on the last page. */
    readonly nextCursor: string | null;
    readonly hasMore: boolean;
  };
}

/** The same as a schema. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({ data: z.array(item).readonly(), page: pagePlace }).readonly();
}

const pagePlace = z
  .strictObject({
    limit: z.int(),
    nextCursor: z.string().nullable().describe('Give it back as "cursor" to read on; null on the last page.'),
    hasMore: z.boolean(),
  })
  .readonly();

/** The place after one item of an ordered list: the text that it is ordered by, and its id, which decides among equals. */
export interface Position {
  readonly text: string;
  readonly id: string;
}
