import { z } from 'zod';

/** The order of a list: each item has a sort key, a text. Items with the same key are ordered by their ids. */
export interface Ordering<T> {
  /** The name of the order in cursors, with its direction. */
  readonly name: string;
  readonly of: (item: T) => string;
  /** The sort keys that a statement accepts. */
  readonly text: z.ZodType<string>;
}

/** A time as `toISOString` writes it, without the year 0, which PostgreSQL refuses. */
const time = z.iso.datetime({ precision: 3 }).refine((text) => !text.startsWith('0000'));

/** Orders items by their creation, the oldest first. */
export const byCreation: Ordering<{ readonly createdAt: string }> = {
  name: 'createdAt',
  of: ({ createdAt }) => createdAt,
  text: time,
};

/** Returns the same order backwards. */
export function reversed<T>({ name, ...rest }: Ordering<T>): Ordering<T> {
  return { name: `-${name}`, ...rest };
}
