import { z } from 'zod';

/** By what a list is ordered: a text of each item. Items with the same text are ordered by their ids. */
export interface Ordering<T> {
  /** Tells it from the others in cursors: the direction is part of it. */
  readonly name: string;
  readonly of: (item: T) => string;
  /** What such a text can be: a statement takes it. */
  readonly text: z.ZodType<string>;
}

/** As we write it; PostgreSQL knows no year 0. */
const time = z.iso.datetime({ precision: 3 }).refine((text) => !text.startsWith('0000'));

/** Oldest first. */
export const byCreation: Ordering<{ readonly createdAt: string }> = {
  name: 'createdAt',
  of: ({ createdAt }) => createdAt,
  text: time,
};

export function reversed<T>({ name, ...rest }: Ordering<T>): Ordering<T> {
  return { name: `-${name}`, ...rest };
}
