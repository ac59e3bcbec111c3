const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time with its unit: `'250ms'`, `'30s'`, `'5m'`, `'1h'`, `'7d'`. A bare number does not compile. */
export type Duration = `${number}${keyof typeof UNITS}`;

const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * Returns the duration in whole milliseconds, or `undefined` if the text is not a positive duration. The type accepts some
 * invalid texts (`'30 s'`, `'-1e3s'`), so this check decides.
 */
export function durationMs(duration: string): number | undefined {
  const [, amount, unit] = PATTERN.exec(duration) ?? [];
  if (!isUnit(unit)) return undefined;
  const ms = Math.round(Number(amount) * UNITS[unit]);
  return ms >= 1 && Number.isSafeInteger(ms) ? ms : undefined;
}

function isUnit(unit: string | undefined): unit is keyof typeof UNITS {
  return unit !== undefined && Object.hasOwn(UNITS, unit);
}
