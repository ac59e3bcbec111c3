import { z } from 'zod';

const millisecondsOf: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const bytesOf: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** The longest timer of Node, which runs a longer one at once. */
const longestMs = 2 ** 31 - 1;

/** Returns a schema that parses `100ms`, `5s`, `2m`, `1h` or `1d` as milliseconds. It refuses a number without a unit. */
export function duration(leastMs: number) {
  return z
    .string()
    .transform((text, context) => quantity(text, millisecondsOf, context))
    .refine((ms) => ms >= leastMs && ms <= longestMs);
}

/** Returns a schema that parses `64mb`, also with `b`, `kb` or `gb`, as bytes. Units are powers of 1024. */
export function size(leastBytes: number) {
  return z
    .string()
    .transform((text, context) => quantity(text.toLowerCase(), bytesOf, context))
    .refine((bytes) => bytes >= leastBytes);
}

function quantity(text: string, units: Readonly<Record<string, number>>, context: z.RefinementCtx): number {
  const [, number = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
  const value = Number(number) * (units[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(value) || number === '')
    context.addIssue(`Not a quantity with one of: ${Object.keys(units).join(', ')}.`);
  return value;
}
