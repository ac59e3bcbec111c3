/** Made when first needed: the first format of a process takes 20 ms, and a form for a token has no numbers. */
let numbers: Intl.NumberFormat | undefined;

export function number(value: number): string {
  numbers ??= new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  return numbers.format(value);
}

export const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

export function milliseconds(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  return ms < 10_000 ? `${number(ms)} ms` : `${number(ms / 1_000)} s`;
}

export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${number(count / 1_000)} kB` : `${number(count / 1_000_000)} MB`;
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

export const time = (at: number): string => new Date(at).toLocaleTimeString('en-GB');
