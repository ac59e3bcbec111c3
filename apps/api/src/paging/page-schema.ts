import { z } from 'zod';

/** One page of a list, as the API sends it. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly page: {
    readonly limit: number;
    /** The `cursor` of the next page; `null` on the last page. */
    readonly nextCursor: string | null;
    readonly hasMore: boolean;
  };
}

/** Returns the schema of a {@link Page}. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.strictObject({ data: z.array(item).readonly(), page: pagePlace }).readonly();
}

const pagePlace = z
  .strictObject({
    limit: z.int(),
    nextCursor: z.string().nullable().describe('Send it as "cursor" to read the next page; null on the last page.'),
    hasMore: z.boolean(),
  })
  .readonly();

/** The position after one item of an ordered list: the sort key of the item and its id, which orders equal keys. */
export interface Position {
  readonly text: string;
  readonly id: string;
}
