import type { z } from 'zod';

const millisecondsOf: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const bytesOf: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Parses `100ms`, `5s`, `2m`, `1h` or `1d` as milliseconds. Refuses a number without a unit. */
export function durationMs(text: string, context: z.RefinementCtx): number {
  return quantity(text, millisecondsOf, context);
}

/** Parses `64mb`, also with `b`, `kb` or `gb`, as bytes. Units are powers of 1024. */
export function sizeBytes(text: string, context: z.RefinementCtx): number {
  return quantity(text.toLowerCase(), bytesOf, context);
}

function quantity(text: string, units: Readonly<Record<string, number>>, context: z.RefinementCtx): number {
  const [, number = '', unit = ''] = /^(\d+)([a-z]+)$/.exec(text) ?? [];
  const value = Number(number) * (units[unit] ?? Number.NaN);
  if (!Number.isSafeInteger(value) || number === '')
    context.addIssue(`Not a quantity with one of: ${Object.keys(units).join(', ')}.`);
  return value;
}
