export type Row = readonly string[];

/** Returns a table in Markdown. A heading that begins with `>` aligns its column to the right. */
export function table(headings: Row, rows: readonly Row[]): string {
  const titles = headings.map((heading) => heading.replace(/^>/, ''));
  const rules = headings.map((heading) => (heading.startsWith('>') ? '--:' : '---'));
  return [titles, rules, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function count(number: number): string {
  return number.toLocaleString('en-US');
}

export function percent(part: number, whole: number): string {
  return part === 0 || whole === 0 ? '0' : `${((100 * part) / whole).toPrecision(3)} %`;
}

/** Returns 950 ms, or 1.2 s. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
