import { describe, expect, it } from 'vitest';
import { moduleNames, NameRefused, singularOf } from './module-names.mjs';

describe(moduleNames, () => {
  it('returns every form of a name', () => {
    expect(moduleNames('invoice-lines')).toEqual({
      plural: 'invoice-lines',
      singular: 'invoice-line',
      many: 'invoiceLines',
      one: 'invoiceLine',
      Many: 'InvoiceLines',
      One: 'InvoiceLine',
      table: 'invoice_lines',
      words: 'invoice lines',
      word: 'invoice line',
    });
  });

  it('uses a given singular', () => {
    expect(moduleNames('people', 'person')).toMatchObject({ many: 'people', One: 'Person' });
  });

  it.each([
    '',
    '-',
    '--',
    '--invoices',
    'a--bs',
    'a-',
    '2fas',
    'Invoices',
    'invoice_lines',
    'a/bs',
    '../bs',
    'ähnlichs',
  ])('refuses %j', (plural) => {
    expect(() => moduleNames(plural, 'one')).toThrow(NameRefused);
    expect(() => moduleNames('ones', plural)).toThrow(NameRefused);
  });

  it('refuses a long name, a reserved word and a plural that equals its singular', () => {
    expect(() => moduleNames(`${'a'.repeat(30)}s`)).toThrow('at most 30 lower-case letters');
    expect(() => moduleNames('objects')).toThrow('"object" is a reserved word');
    expect(() => moduleNames('references')).toThrow('"references" is a reserved word');
    expect(() => moduleNames('news', 'news')).toThrow('--singular');
    expect(() => moduleNames('sheep')).toThrow('--singular');
  });
});

describe(singularOf, () => {
  it.each([
    ['invoices', 'invoice'],
    ['categories', 'category'],
    ['keys', 'key'],
    ['boxes', 'box'],
    ['addresses', 'address'],
    ['batches', 'batch'],
    ['statuses', 'status'],
    ['houses', 'house'],
    ['licenses', 'license'],
    ['glass', 'glass'],
    ['people', 'people'],
  ])('returns the singular of %s, which is %s', (plural, singular) => {
    expect(singularOf(plural)).toBe(singular);
  });
});
