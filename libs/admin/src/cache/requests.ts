import { HttpStatus, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { AdminError } from '../admin-error.js';

const cacheName = text(100);
const rawKey = text(4_000);
const reason = text(200);

/** A key as text: of a cache with string keys as it is, of the others as JSON. */
export const entryQuery = z.strictObject({ cache: cacheName, key: rawKey });

export const listQuery = z.strictObject({ limit: wholeNumber(1_000).default(100) });

export const explainQuery = z.union([z.strictObject({ url: text(8_000) }), entryQuery], {
  error: 'Send "url", or "cache" and "key".',
});

export const invalidationBody = z
  .strictObject({
    keys: z
      .array(z.strictObject({ cache: cacheName, key: z.unknown() }))
      .max(1_000)
      .default([]),
    tags: z.array(text(200)).max(100).default([]),
    reason,
    dryRun: z.boolean().default(false),
  })
  .refine(({ keys, tags }) => keys.length + tags.length > 0, { error: 'Name at least one key or tag.' });

export const clearBody = z
  .strictObject({ cache: cacheName, confirm: text(100), reason })
  .refine(({ cache, confirm }) => cache === confirm, {
    path: ['confirm'],
    error: 'Repeat the name of the cache: all of its entries will be loaded again.',
  });

function text(longest: number) {
  const error = `Write a text of 1 to ${longest} characters.`;
  return z.string({ error }).min(1, { error }).max(longest, { error });
}

function wholeNumber(largest: number) {
  const error = `Write a whole number from 1 to ${largest}.`;
  return z.coerce.number({ error }).int({ error }).min(1, { error }).max(largest, { error });
}

/** Validates a part of a request. Answers 400 with every problem. */
export class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(private readonly schema: z.ZodType<T>) {}

  transform(value: unknown): T {
    const { success, data, error } = this.schema.safeParse(value);
    if (success) return data;
    const faults = error.issues.map(({ path, message }) => ({ path: path.map(memberOf), message }));
    throw new AdminError(HttpStatus.BAD_REQUEST, 'The request is not valid.', faults);
  }
}

/** A path of zod may have symbols, which JSON has not. */
function memberOf(member: PropertyKey): string | number {
  return typeof member === 'symbol' ? String(member) : member;
}
