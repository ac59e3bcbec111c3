import { describe, expect, it } from 'vitest';
import { fieldPlan } from './field-plan.mjs';
import { fieldsOf } from './fields.mjs';
import { moduleNames } from './module-names.mjs';

const src = 'apps/api/src';
const tree = {
  [`${src}/database/migrations/0009-people.ts`]: '',
  [`${src}/database/migrations/index.ts`]: `import * as people from './0009-people.js';

export const migrations = {
  '0009-people': people,
};
`,
  [`${src}/database/schema.ts`]: `export interface PeopleTable {
  id: string;
  name: string;
  version: Generated<number>;
}
`,
  [`${src}/people/person.ts`]: `const example = {
  name: 'Ada',
  version: 1,
};
export const personSchema = z.strictObject({
    name: z.string(),
    version: z.int(),
});
`,
  [`${src}/people/people.dto.ts`]: `import { notAnObject } from '../http/validation/fields.js';

const name = plainText(200);

/** The body of POST. */
export const createPersonSchema = z
  .strictObject({ name }, { error: notAnObject });
export const updatePersonSchema = z
  .strictObject(
    {
      name: name.optional(),
    },
    { error: notAnObject },
  );
`,
  [`${src}/people/people.repository.ts`]: `db.values({ id, ...details });

function toPerson({ id, name, version }: Row): Person {
  return { id, name, version };
}
`,
};

const plan = (field, files = tree) =>
  fieldPlan(moduleNames('people', 'person'), fieldsOf([field])[0], Object.keys(files), (path) => files[path]);

describe(fieldPlan, () => {
  it('adds a column with the next migration, and the member to every file that names the members', () => {
    const { created, changed } = plan('phone:string?');
    expect(created.get(`${src}/database/migrations/0010-people-phone.ts`)).toContain(
      'alter table people add column phone text',
    );
    const text = (path) => changed.get(`${src}/${path}`);
    expect(text('database/migrations/index.ts')).toContain(`  '0010-people-phone': peoplePhone,\n`);
    expect(text('database/schema.ts')).toContain('  name: string;\n  phone: string | null;\n  version:');
    expect(text('people/person.ts')).toContain(`  name: 'Ada',\n  phone: 'An example',\n  version: 1,`);
    expect(text('people/person.ts')).toContain('    phone: z.string().optional(),\n    version:');
    const dto = text('people/people.dto.ts');
    expect(dto).toMatch(/^import \{ notAnObject , plainText \}/);
    expect(dto).toContain('const phone = plainText(200);\n\n/** The body of POST');
    expect(dto).toContain('{ name, phone: phone.nullable().default(null) }');
    expect(dto).toContain('name: name.optional(), phone: phone.nullable().optional(),\n');
    expect(text('people/people.repository.ts')).toContain(
      '({ id, name, phone, version }: Row): Person {\n  return { id, name, ...(phone !== null && { phone }), version };',
    );
  });

  it.each([
    ['phone:string', 'The rows of people have no value for "phone". Write phone:string?'],
    ['name:string?', `${src}/people/person.ts has a field "name" already.`],
  ])('refuses %s', (field, message) => {
    expect(() => plan(field)).toThrow(message);
  });

  it('refuses a module that does not exist', () => {
    expect(() => plan('phone:string?', { 'README.md': '' })).toThrow('There is no module people with the file');
  });

  it('names a repository that lists its columns, because the field would be lost', () => {
    const files = {
      ...tree,
      [`${src}/people/people.repository.ts`]:
        'db.columns([]);\nfunction toPerson({ version }) {\n  return { version };\n}\n',
    };
    expect(() => plan('phone:string?', files)).toThrow('people.repository.ts has an unexpected shape');
  });
});
