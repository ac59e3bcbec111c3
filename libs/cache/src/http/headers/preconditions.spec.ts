import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCache } from '../../core/policy/define-cache.js';
import { weakEtag } from '../../core/policy/etag.js';
import { cachedRoute } from '../route/cached-route.js';
import { evaluatePreconditions, lastModified, representationTag, type Validators } from './preconditions.js';

const tagged = (etag: string | undefined): Validators => ({ etag, modifiedAt: undefined });
const SUNDAY = 'Sun, 06 Nov 1994 08:49:37 GMT';
const dated = (modifiedAt: number, etag?: string): Validators => ({ etag, modifiedAt });
const at = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('If-None-Match', () => {
  it.each([
    ['"a"', '"a"'],
    ['*', '"a"'],
    [' * ', '"a"'],
    ['*', undefined],
    // RFC 9110 §8.8.3.2: the examples of its table.
    ['W/"1"', 'W/"1"'],
    ['W/"1"', '"1"'],
    ['"1"', 'W/"1"'],
    ['"x", W/"a"', '"a"'],
    ['"x" ,"a"\t,"y"', '"a"'],
    [',, "x",, "a",', '"a"'],
    ['"x,y", "a"', '"a"'],
    ['"x", "a,y"', '"a,y"'],
    ['""', '""'],
    ['"\xe9"', '"\xe9"'],
  ])('If-None-Match: %s matches the tag %s and results in a 304', (field, etag) => {
    expect(evaluatePreconditions({ 'if-none-match': field }, tagged(etag))).toBe('not-modified');
  });

  it.each([
    ['"b"', '"a"'],
    ['W/"1"', 'W/"2"'],
    ['"a"', undefined],
    ['"x,"a",y"', '"a"'],
    ['"A"', '"a"'],
  ])('If-None-Match: %s does not match the tag %s', (field, etag) => {
    expect(evaluatePreconditions({ 'if-none-match': field }, tagged(etag))).toBe('answer');
  });

  it.each([
    '',
    ',',
    'a',
    '"a',
    'a"',
    'w/"a"',
    'W/a',
    'W/ "a"',
    '"a" "a"',
    'b, "a"',
    '"a", b',
    '*, "a"',
    '"a"; q=1',
    '"a b", "a"',
  ])('a malformed If-None-Match is ignored: %j', (field) => {
    expect(evaluatePreconditions({ 'if-none-match': field }, tagged('"a"'))).toBe('answer');
  });

  it('If-None-Match is parsed in linear time', () => {
    // A pattern that backtracks would run into the timeout of the test.
    for (const part of ['"a" , ,', '"a"', ' ,', 'W/']) {
      expect(evaluatePreconditions({ 'if-none-match': `${part.repeat(10_000)}x` }, tagged('"a"'))).toBe('answer');
    }
  });
});

describe('If-Match', () => {
  it.each([
    ['"a"', '"a"'],
    ['"b", "a"', '"a"'],
    ['*', '"a"'],
    ['*', undefined],
  ])('If-Match: %s is true for the tag %s', (field, etag) => {
    expect(evaluatePreconditions({ 'if-match': field }, tagged(etag))).toBe('answer');
  });

  it.each([
    ['"b"', '"a"'],
    // RFC 9110 §13.1.1: If-Match compares strongly.
    ['W/"a"', '"a"'],
    ['W/"a"', 'W/"a"'],
    ['"a"', 'W/"a"'],
    ['"a"', undefined],
    ['a', '"a"'],
  ])('If-Match: %s is false for the tag %s', (field, etag) => {
    expect(evaluatePreconditions({ 'if-match': field }, tagged(etag))).toBe('failed');
  });
});

describe('preconditions together', () => {
  it('preconditions are evaluated in the order of RFC 9110 §13.2.2', () => {
    expect(evaluatePreconditions({ 'if-match': '"b"', 'if-none-match': '"a"' }, tagged('"a"'))).toBe('failed');
    expect(evaluatePreconditions({ 'if-match': '"a"', 'if-none-match': '"a"' }, tagged('"a"'))).toBe('not-modified');
    expect(evaluatePreconditions({}, tagged('"a"'))).toBe('answer');
  });
});

describe('If-Modified-Since', () => {
  it.each([SUNDAY, 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'If-Modified-Since: %s is compared with the date of the answer',
    (field) => {
      const headers = { 'if-modified-since': field };
      expect(evaluatePreconditions(headers, dated(at))).toBe('not-modified');
      expect(evaluatePreconditions(headers, dated(at - 60_000))).toBe('not-modified');
      expect(evaluatePreconditions(headers, dated(at + 1_000))).toBe('answer');
    },
  );

  it.each([
    '',
    '1994',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 CET',
    '784111777',
  ])('an If-Modified-Since that is no date is ignored: %j', (field) => {
    expect(evaluatePreconditions({ 'if-modified-since': field }, dated(0))).toBe('answer');
  });

  it('If-Modified-Since is ignored if the answer has no date or the request has a tag', () => {
    const headers = { 'if-modified-since': SUNDAY };
    expect(evaluatePreconditions(headers, tagged('"a"'))).toBe('answer');
    expect(evaluatePreconditions({ ...headers, 'if-none-match': '"b"' }, dated(at, '"a"'))).toBe('answer');
  });
});

describe('If-Unmodified-Since', () => {
  it('If-Unmodified-Since is false only for an answer that is newer', () => {
    const headers = { 'if-unmodified-since': SUNDAY };
    expect(evaluatePreconditions(headers, dated(at + 1_000))).toBe('failed');
    expect(evaluatePreconditions(headers, dated(at))).toBe('answer');
    expect(evaluatePreconditions(headers, tagged('"a"'))).toBe('answer');
    expect(evaluatePreconditions({ 'if-unmodified-since': 'yesterday' }, dated(at))).toBe('answer');
  });

  it('If-Unmodified-Since is ignored beside If-Match', () => {
    const headers = { 'if-unmodified-since': SUNDAY, 'if-match': '"a"' };
    expect(evaluatePreconditions(headers, dated(at + 1_000, '"a"'))).toBe('answer');
  });
});

describe(representationTag, () => {
  const text = '{"n":1}';
  const weak = /^W\/"[\w-]{22}"$/;
  const language = z.strictObject({ language: z.string() });
  const pages = defineCache<object, z.output<typeof language>>('pages', { key: language, ttl: '30s' });
  const varying = cachedRoute(pages, () => ({}), { vary: { language: 'Accept-Language' } });
  const plain = cachedRoute(pages, () => ({}), {});
  const answer = { value: {}, json: text };

  it('representationTag is the weak digest of the text without an etag of the policy', () => {
    for (const route of [plain, varying])
      expect(representationTag(route, { ...answer, etag: undefined }, text)).toMatch(weak);
  });

  it('representationTag appends a digest only to the strong tag of a route with variants', () => {
    const digest = weakEtag(text);
    expect(representationTag(varying, { ...answer, etag: digest }, text)).toBe(digest);
    expect(representationTag(plain, { ...answer, etag: '"1"' }, text)).toBe('"1"');
    expect(representationTag(varying, { ...answer, etag: '"1"' }, text)).toBe(`"1.${digest.slice(3)}`);
  });
});

describe(lastModified, () => {
  const changed = '2026-01-01T00:00:00.900Z';
  const second = Date.UTC(2026, 0, 1);

  it('lastModified returns the second in which the change was', () => {
    expect(lastModified(changed, second + 60_000)).toBe(second);
    expect(lastModified(new Date(changed), second + 60_000)).toBe(second);
  });

  it('lastModified returns undefined while another change could have the same second', () => {
    expect(lastModified(changed, second + 4_999)).toBeUndefined();
    expect(lastModified(changed, second + 5_000)).toBe(second);
  });

  it.each(['', 'yesterday', '9999-01-01T00:00:00Z'])(
    'lastModified returns undefined for the invalid or future date %j',
    (changedAt) => {
      expect(lastModified(changedAt, second + 60_000)).toBeUndefined();
    },
  );
});
