import { describe, expect, it } from 'vitest';
import { moduleNames, NameRefused, singularOf } from './module-names.mjs';

describe(moduleNames, () => {
  it('gives every form of a name', () => {
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

  it('takes the singular that it is told', () => {
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

  it('refuses what is too long, what is reserved, and a plural that is its own singular', () => {
    expect(() => moduleNames(`${'a'.repeat(30)}s`)).toThrow('30 characters at most');
    expect(() => moduleNames('objects')).toThrow('"object" means something else already');
    expect(() => moduleNames('references')).toThrow('"references" means something else already');
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
  ])('%s → %s', (plural, singular) => {
    expect(singularOf(plural)).toBe(singular);
  });
});
