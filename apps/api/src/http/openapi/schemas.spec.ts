import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Schemas } from './schemas.js';

describe('Schemas', () => {
  it('keeps what has an id once, wherever it is referred to', () => {
    const schemas = new Schemas();
    const id = z.string().meta({ id: 'Id' });
    const pair = z.strictObject({ one: id, other: z.array(id) });
    const reference = { $ref: '#/components/schemas/Id' };
    expect(schemas.of(pair, 'output')).toMatchObject({ properties: { one: reference, other: { items: reference } } });
    expect(schemas.of(id, 'input')).toEqual(reference);
    expect(schemas.components).toEqual({ Id: { type: 'string' } });
  });

  it('refuses two different schemas with one id', () => {
    const schemas = new Schemas();
    schemas.of(z.string().meta({ id: 'Id' }), 'input');
    expect(() => schemas.of(z.int().meta({ id: 'Id' }), 'input')).toThrow('Two different schemas have the id "Id".');
  });

  it('refuses what has no JSON Schema', () => {
    const validates = { '~standard': { version: 1, vendor: 'x', validate: (value: unknown) => ({ value }) } };
    expect(() => new Schemas().of(validates, 'input')).toThrow('no JSON Schema');
  });

  it('leaves out what is about TypeScript, and not about JSON', () => {
    const schema = z.strictObject({ readOnly: z.int().min(0), list: z.array(z.string()).readonly() }).readonly();
    expect(new Schemas().of(schema, 'output')).toEqual({
      type: 'object',
      properties: { readOnly: { type: 'integer', minimum: 0 }, list: { type: 'array', items: { type: 'string' } } },
      required: ['readOnly', 'list'],
      additionalProperties: false,
    });
  });
});
