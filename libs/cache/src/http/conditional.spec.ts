import { describe, expect, it } from 'vitest';
import { evaluatePreconditions } from './conditional.js';

describe('If-None-Match', () => {
  it.each([
    ['"a"', '"a"'],
    ['*', '"a"'],
    [' * ', '"a"'],
    ['*', undefined],
    // RFC 9110 §8.8.3.2: the table of its examples.
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
  ])('%s answers 304 to what has %s', (field, etag) => {
    expect(evaluatePreconditions({ 'if-none-match': field }, etag)).toBe('not-modified');
  });

  it.each([
    ['"b"', '"a"'],
    ['W/"1"', 'W/"2"'],
    ['"a"', undefined],
    ['"x,"a",y"', '"a"'],
    ['"A"', '"a"'],
  ])('%s is another tag than %s', (field, etag) => {
    expect(evaluatePreconditions({ 'if-none-match': field }, etag)).toBe('answer');
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
    '"a b"',
  ])('%j is malformed, and ignored', (field) => {
    for (const etag of ['"a"', '"a b"']) {
      expect(evaluatePreconditions({ 'if-none-match': field }, etag)).toBe('answer');
    }
  });

  it('is read in a time that grows with its length', () => {
    // Were it read in more than one way, it would take until the test has run out of time.
    for (const part of ['"a" , ,', '"a"', ' ,', 'W/']) {
      expect(evaluatePreconditions({ 'if-none-match': `${part.repeat(10_000)}x` }, '"a"')).toBe('answer');
    }
  });
});

describe('If-Match', () => {
  it.each([
    ['"a"', '"a"'],
    ['"b", "a"', '"a"'],
    ['*', '"a"'],
    ['*', undefined],
  ])('%s is met by what has %s', (field, etag) => {
    expect(evaluatePreconditions({ 'if-match': field }, etag)).toBe('answer');
  });

  it.each([
    ['"b"', '"a"'],
    // RFC 9110 §13.1.1: the comparison is the strong one.
    ['W/"a"', '"a"'],
    ['W/"a"', 'W/"a"'],
    ['"a"', 'W/"a"'],
    ['"a"', undefined],
    ['a', '"a"'],
  ])('%s is not met by what has %s', (field, etag) => {
    expect(evaluatePreconditions({ 'if-match': field }, etag)).toBe('failed');
  });
});

describe('preconditions together', () => {
  it('are evaluated in the order of RFC 9110 §13.2.2', () => {
    expect(evaluatePreconditions({ 'if-match': '"b"', 'if-none-match': '"a"' }, '"a"')).toBe('failed');
    expect(evaluatePreconditions({ 'if-match': '"a"', 'if-none-match': '"a"' }, '"a"')).toBe('not-modified');
    expect(evaluatePreconditions({}, '"a"')).toBe('answer');
  });
});
