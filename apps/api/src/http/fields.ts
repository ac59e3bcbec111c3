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

/** From `least` to `most`. What is sent as text, as in a query, needs `z.coerce.number`. */
export function wholeNumber(least: number, most: number, number: typeof z.number | typeof z.coerce.number = z.number) {
  const error = `Must be a whole number from ${least} to ${most}.`;
  return number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** Unknown keys are told apart by the pipe; this is for a body that is a list, a number or nothing. */
export function notAnObject(issue: { readonly code?: string }): string | undefined {
  return issue.code === 'invalid_type' ? 'Must be a JSON object.' : undefined;
}
