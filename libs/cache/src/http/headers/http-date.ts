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

/** Parses an HTTP-date to milliseconds since 1970; returns `undefined` for any other text. */
export function httpDate(field: string): number | undefined {
  const match = HTTP_DATE.exec(field);
  if (!match) return undefined;
  const time = Date.parse(match.groups?.['asctime'] === undefined ? field : `${field} GMT`);
  // `Date.parse` moves a date that does not exist, such as 31 February or hour 24, to the next month or day.
  const [, , month, , clock] = new Date(time).toUTCString().split(' ');
  return month !== undefined && clock !== undefined && field.includes(month) && field.includes(clock)
    ? time
    : undefined;
}
