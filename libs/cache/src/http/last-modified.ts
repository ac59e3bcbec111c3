/**
 * What was changed less than this before it was loaded has no `Last-Modified` yet, in milliseconds. Its resolution is one second: a
 * second change within that second would look like no change (RFC 9110 §8.8.2.2). And the clock that tells the change is another.
 */
const SETTLED_MS = 5_000;

/** When a value was last changed, in whole seconds as milliseconds since 1970; `undefined` where that cannot be told. */
export function lastModified(changedAt: Date | string, loadedAt: number): number | undefined {
  const second = Math.floor(new Date(changedAt).getTime() / 1_000) * 1_000;
  return loadedAt - second >= SETTLED_MS ? second : undefined;
}

/** The three forms of RFC 9110 §5.6.7, all in UTC. */
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d [\d:]{8} GMT|(?<asctime>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}))$/;

/** The time that a field says, in milliseconds since 1970; `undefined` when it is no HTTP-date. */
export function httpDate(field: string): number | undefined {
  const match = HTTP_DATE.exec(field);
  if (!match) return undefined;
  const time = Date.parse(match.groups?.['asctime'] === undefined ? field : `${field} GMT`);
  return Number.isNaN(time) ? undefined : time;
}
