import { describe, expect, it } from 'vitest';
import { httpDate } from './http-date.js';

describe(httpDate, () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'httpDate parses %j, one of the three forms',
    (field) => {
      expect(httpDate(field)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
    },
  );

  it.each([
    'Wed, 31 Feb 2100 00:00:00 GMT',
    'Thursday, 31-Feb-30 00:00:00 GMT',
    'Wed Feb 31 00:00:00 2100',
    'Fri, 01 Jan 2100 24:00:00 GMT',
    'Fri, 00 Jan 2100 00:00:00 GMT',
    'Xxx, 01 Jan 2100 00:00:00 GMT',
    'Xxxday, 01-Jan-30 00:00:00 GMT',
    'Fri, 01 Xyz 2100 00:00:00 GMT',
    'Fri, 01 Jan 2100 00:0000: GMT',
    'Fri, 01 Jan 2100 00:00:00',
    '2100-01-01T00:00:00Z',
  ])('httpDate returns undefined for %j', (field) => {
    expect(httpDate(field)).toBeUndefined();
  });
});
