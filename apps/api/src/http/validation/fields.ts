import { z } from 'zod';

/** Any UUID is a possible id; in lower case, so that one resource has one key. */
export const uuid = z.uuid({ error: 'Must be a UUID.' }).toLowerCase().meta({ id: 'Uuid', description: 'A UUID.' });

/** Control characters break logs and PostgreSQL (NUL); a lone surrogate is not text and would be stored as U+FFFD. */
const plain = /^[^\p{Cc}\p{Cs}]*$/u;

/** A text for people: trimmed, not empty, of `most` characters at most. */
export function plainText(most: number) {
  return z
    .string({ error: 'Must be text.' })
    .trim()
    .min(1, { error: 'Must not be empty.', abort: true })
    .max(most, `Must have at most ${most} characters.`)
    .regex(plain, 'Must not have control characters or broken characters.');
}

export function wholeNumber(least: number, most: number) {
  const error = `Must be a whole number from ${least} to ${most}.`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** A number that is sent as text, as in a query: in digits alone, as `0x14` and `2e1` are spellings that nobody needs. */
export function inDigits<T extends z.ZodType>(number: T) {
  return z.preprocess((sent) => (typeof sent === 'string' && /^\d+$/.test(sent) ? Number(sent) : sent), number);
}

/** Unknown keys are told apart by the pipe; this is for a body that is a list, a number or nothing. */
export function notAnObject(issue: { readonly code?: string }): string | undefined {
  return issue.code === 'invalid_type' ? 'Must be a JSON object.' : undefined;
}
