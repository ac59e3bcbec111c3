import { describe, expect, it } from 'vitest';
import { plainText } from './fields.js';

const name = plainText(200);

describe(plainText, () => {
  it('composes letters (NFC), so that equal names are equal texts', () => {
    expect(name.parse('Norme\u0301')).toBe('Normé');
    expect(name.parse('\u212Bngstr\u00F6m')).toBe('\u00C5ngström');
  });

  it('counts the characters of the composed text', () => {
    expect(name.safeParse('e\u0301'.repeat(200)).success).toBe(true);
    expect(name.safeParse('e\u0301'.repeat(201)).success).toBe(false);
  });

  it.each([
    ['a Persian name with a non-joiner', 'حسین\u200Cزاده'],
    ['a Sinhala name with a joiner', 'ශ්\u200Dරී'],
    ['a Japanese name with a variation selector', '葛\u{E0100}城'],
    ['spaces, digits, marks and symbols', 'O’Neil-Łukasz 2nd (x̂) ♥'],
  ])('accepts %s', (_what, text) => {
    expect(name.parse(text)).toBe(text);
  });

  it.each([
    ['controls of the direction', '\u202Eada\u202C'],
    ['an isolate', 'a\u2066da\u2069'],
    ['a mark of the direction', 'ada\u200F'],
    ['zero-width spaces alone', '\u200B\u200B'],
    ['a soft hyphen', 'a\u00ADda'],
    ['a byte order mark', 'a\uFEFFda'],
    ['a word joiner', 'a\u2060da'],
    ['a Hangul filler', '\u3164'],
    ['a tag character', 'ada\u{E0061}'],
    ['a joiner without a letter before it', '\u200Dada'],
    ['a variation selector after a space', 'a \uFE0Fda'],
    ['a line separator', 'a\u2028da'],
    ['a newline', 'a\nda'],
    ['a lone surrogate', 'a\uD800da'],
  ])('refuses %s', (_what, text) => {
    expect(name.safeParse(text).error?.issues).toMatchObject([{ message: expect.stringContaining('invisible') }]);
  });
});
