import { describe, expect, it } from 'vitest';
import { currency } from './currency.js';

describe('a currency', () => {
  const known = Intl.supportedValuesOf('currency');

  it('is one of the currencies in use, each of which the runtime knows', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => `${a}${b}${c}`)));
    const accepted = codes.filter((code) => currency.safeParse(code).success);
    expect(accepted).toHaveLength(154);
    expect(accepted.filter((code) => !known.includes(code))).toEqual([]);
  });

  it.each(['EUR', 'USD', 'JPY', 'CHF', 'XOF'])('may be %s', (code) => {
    expect(currency.parse(code)).toBe(code);
  });

  it.each(['XXZ', 'DEM', 'CNH', 'XAU', 'XTS', 'eur', 'EURO', ' EUR', '', null])(
    'may not be %j, with one fault',
    (code) => {
      expect(currency.safeParse(code).error?.issues).toHaveLength(1);
    },
  );
});
