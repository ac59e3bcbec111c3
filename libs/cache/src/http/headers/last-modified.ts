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

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const WHOLE_DAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = '[A-Z][a-z]{2}';
const TIME = String.raw`\d\d:\d\d:\d\d`;

/** The three forms of RFC 9110 §5.6.7, all in UTC. */
const HTTP_DATE = new RegExp(
  [
    String.raw`^${DAY}, \d\d ${MONTH} \d{4} ${TIME} GMT$`,
    String.raw`^${WHOLE_DAY}, \d\d-${MONTH}-\d\d ${TIME} GMT$`,
    String.raw`^(?<asctime>${DAY} ${MONTH} [ \d]\d ${TIME} \d{4})$`,
  ].join('|'),
);

/** The time that a field says, in milliseconds since 1970; `undefined` when it is no HTTP-date. */
export function httpDate(field: string): number | undefined {
  const match = HTTP_DATE.exec(field);
  if (!match) return undefined;
  const time = Date.parse(match.groups?.['asctime'] === undefined ? field : `${field} GMT`);
  // What there is not, such as a 31st of February or an hour 24, is read as some time of the next month or day.
  const [, , month, , clock] = new Date(time).toUTCString().split(' ');
  return month !== undefined && clock !== undefined && field.includes(month) && field.includes(clock)
    ? time
    : undefined;
}
