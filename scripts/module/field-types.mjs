/**
 * Describes the types of fields as code: `column` for SQL, `row` for the table as Kysely sees it (`nullableRow` of an optional field),
 * `schema` for the JSON of a resource, `input` for a request, `imports` from the fields of validation that `input` needs, `toJson` for
 * the conversion of a column. `examples` are two valid values, and `invalid` is refused.
 */
export const fieldTypes = {
  string: {
    column: 'text',
    row: 'string',
    schema: 'z.string()',
    input: 'plainText(200)',
    imports: ['plainText'],
    examples: [`'An example'`, `'Another example'`],
    invalid: `' '`,
  },
  int: {
    column: 'integer',
    row: 'number',
    schema: 'z.int()',
    // The range of PostgreSQL's integer.
    input: 'wholeNumber(-2_147_483_648, 2_147_483_647)',
    imports: ['wholeNumber'],
    examples: ['1', '2'],
    invalid: `'1'`,
  },
  bool: {
    column: 'boolean',
    row: 'boolean',
    schema: 'z.boolean()',
    input: `z.boolean({ error: 'Must be true or false.' })`,
    imports: [],
    examples: ['true', 'false'],
    invalid: `'yes'`,
  },
  timestamp: {
    column: 'timestamptz(3)',
    row: 'ColumnType<Date, Date | string, Date | string>',
    nullableRow: 'ColumnType<Date | null, Date | string | null | undefined, Date | string | null>',
    schema: 'z.iso.datetime()',
    // PostgreSQL has no year 0.
    input: `z.iso.datetime({ error: 'Must be a time in UTC, such as 2026-01-01T12:00:00Z.' }).regex(/^(?!0000)/, 'Must be after the year 0.')`,
    imports: [],
    toJson: (name) => `${name}.toISOString()`,
    examples: [`'2026-01-01T12:00:00.000Z'`, `'2026-01-02T12:00:00.000Z'`],
    invalid: `'tomorrow'`,
  },
  uuid: {
    column: 'uuid',
    row: 'string',
    schema: 'uuid',
    input: 'uuid',
    imports: ['uuid'],
    examples: [`'01941f29-b054-7577-8b9d-a674943f19e7'`, `'01941f2a-3c1e-7d05-9f6b-2f4f4f8f2c11'`],
    invalid: `'42'`,
  },
};
