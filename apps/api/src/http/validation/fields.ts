import { z } from 'zod';

/** Any UUID. Converted to lower case, so each resource has one cache key. */
export const uuid = z
  .uuid({ error: 'Must be a UUID.' })
  .toLowerCase()
  .meta({ id: 'Uuid', description: 'A UUID.', examples: ['01941f29-b054-7577-8b9d-a674943f19e7'] });

/**
 * Without control characters, which break logs and PostgreSQL; without lone surrogates, which become U+FFFD; without line separators
 * and invisible or bidirectional characters, with which one name looks like another. After a letter, joiners and variation selectors
 * are part of its spelling: Persian, Sinhala and Japanese names have them.
 */
const plain = /^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]|(?<=[\p{L}\p{M}])[\u200C\u200D\p{VS}])*$/u;

/** A text for people: trimmed, composed (NFC), not empty, at most `most` characters. */
export function plainText(most: number) {
  return z
    .string({ error: 'Must be text.' })
    .trim()
    .normalize('NFC')
    .min(1, { error: 'Must not be empty.', abort: true })
    .max(most, `Must have at most ${most} characters.`)
    .regex(plain, 'Must not have invisible, control or broken characters.');
}

export function wholeNumber(least: number, most: number) {
  const error = `Must be a whole number from ${least} to ${most}.`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** A number in a query: digits only, so `0x14` and `2e1` are refused. */
export function inDigits<T extends z.ZodType>(number: T) {
  return z.preprocess((sent) => (typeof sent === 'string' && /^\d+$/.test(sent) ? Number(sent) : sent), number);
}

/** The message for a body that is not an object. The pipe reports unknown keys separately. */
export function notAnObject(issue: { readonly code?: string }): string | undefined {
  return issue.code === 'invalid_type' ? 'Must be a JSON object.' : undefined;
}
