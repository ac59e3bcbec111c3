import type { Environment } from './environment.js';

/** Shorter names are too similar to unrelated variables: `HOME` differs from `HOST` in two letters. */
const leastLength = 7;
const mostDifferences = 2;

/** Returns a warning for each variable that is probably a misspelt setting: `REDIS_URI is not a setting. Did you mean REDIS_URL?` */
export function misspelt(environment: Environment, settings: readonly string[]): string[] {
  const known = new Set(settings.flatMap((name) => [name, `${name}_FILE`]));
  const long = [...known].filter((name) => name.length >= leastLength);
  return Object.keys(environment)
    .filter((name) => name.length >= leastLength && !known.has(name))
    .flatMap((name) => {
      const [meant] = long
        .map((setting) => ({ setting, differences: distance(name.toUpperCase(), setting) }))
        .filter(({ differences }) => differences <= mostDifferences)
        .toSorted((a, b) => a.differences - b.differences);
      return meant ? [`${name} is not a setting. Did you mean ${meant.setting}?`] : [];
    });
}

/** Returns the number of letters to insert, delete or replace (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of from.split('').entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
