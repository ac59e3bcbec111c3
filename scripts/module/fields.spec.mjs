import { describe, expect, it } from 'vitest';
import { fieldsOf, membersOf } from './fields.mjs';
import { NameRefused } from './module-names.mjs';

describe(fieldsOf, () => {
  it('returns the name, the type and whether the field is optional', () => {
    expect(fieldsOf(['amount:int', 'note:string?'])).toMatchObject([
      { name: 'amount', type: 'int', optional: false, column: 'integer' },
      { name: 'note', type: 'string', optional: true, column: 'text' },
    ]);
  });

  it.each([
    ['amount', '"amount" is not a field. Write a name, a colon and a type, such as amount:int or note:string?.'],
    ['a:int:b', '"a:int:b" is not a field.'],
    [':int', '"" is not a valid name of a field. Write one word'],
    ['dueAt:timestamp', '"dueAt" is not a valid name of a field. Write one word of at most 30 lower-case letters'],
    ['due_at:timestamp', '"due_at" is not a valid name of a field.'],
    [`${'a'.repeat(31)}:int`, 'is not a valid name of a field.'],
    ['amount:integer', '"integer" is not a type of a field. Write one of string, int, bool, timestamp, uuid.'],
    ['amount:', '"" is not a type of a field.'],
    ['amount:toString', '"toString" is not a type of a field.'],
    ['version:int', 'Every module has "version". Choose another name for the field.'],
    ['order:int', '"order" is a reserved word. Choose another name for the field.'],
    ['delete:bool', '"delete" is a reserved word.'],
  ])('refuses %s', (text, message) => {
    expect(() => fieldsOf([text])).toThrow(NameRefused);
    expect(() => fieldsOf([text])).toThrow(message);
  });

  it('refuses two fields with one name', () => {
    expect(() => fieldsOf(['a:int', 'b:int', 'a:string'])).toThrow('The field "a" is there twice.');
  });
});

describe(membersOf, () => {
  it('lets an optional member be absent, and null remove it', () => {
    const [note] = fieldsOf(['note:string?']);
    expect(membersOf(note)).toEqual({
      resource: 'note: z.string().optional()',
      create: 'note: note.nullable().default(null)',
      update: 'note: note.nullable().optional()',
      row: 'note: string | null',
      column: 'note text',
      json: '...(note !== null && { note })',
    });
  });

  it('converts a time to a text', () => {
    const [due, sent] = fieldsOf(['due:timestamp', 'sent:timestamp?']);
    expect(membersOf(due)).toMatchObject({ json: 'due: due.toISOString()', column: 'due timestamptz(3) not null' });
    expect(membersOf(sent).json).toBe('...(sent !== null && { sent: sent.toISOString() })');
  });
});
