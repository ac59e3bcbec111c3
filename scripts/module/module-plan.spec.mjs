import { describe, expect, it } from 'vitest';
import { fieldsOf } from './fields.mjs';
import { moduleNames } from './module-names.mjs';
import { modulePlan } from './module-plan.mjs';

const tree = {
  'apps/api/src/app.module.ts': `import { B } from './b.js';
import { UsersModule } from './users/users.module.js';

export class AppModule {
  static forRoot() {
    return {
      imports: [
        UsersModule,
      ],
      providers: [],
    };
  }
}
`,
  'apps/api/src/database/migrations/0009-users.ts': '',
  'apps/api/src/database/migrations/index.ts': `import * as users from './0009-users.js';

export const migrations = {
  '0009-users': users,
};
`,
  'apps/api/src/database/schema.ts': `import type { Generated } from 'kysely';

/** The tables as the newest migration leaves them. */
export interface Schema {
  accounts: AccountsTable;
}
`,
  'apps/api/src/http/problems/problem-types.ts': `export const problems = {
  'user-not-found': { status: 404 },
  'method-not-allowed': {
    status: 405,
  },
};
`,
  'apps/api/src/users/users.controller.ts': `@Controller('users')`,
  'docs/reference/openapi.json': JSON.stringify({
    paths: { '/users': {}, '/docs': {}, '/checks/{id}': {}, '/invoices-paid': {} },
  }),
};

const plan = (plural, singular, files = tree) =>
  modulePlan(
    { ...moduleNames(plural, singular), fields: fieldsOf(['name:string']) },
    Object.keys(files),
    (path) => files[path],
  );

describe(modulePlan, () => {
  it('gives the migration the next number and wires the module', () => {
    const { created, changed } = plan('invoice-lines');
    expect(created.get('apps/api/src/database/migrations/0010-invoice-lines.ts')).toContain(
      'create table invoice_lines',
    );
    expect(changed.get('apps/api/src/database/migrations/index.ts')).toBe(`import * as users from './0009-users.js';
import * as invoiceLines from './0010-invoice-lines.js';

export const migrations = {
  '0009-users': users,
  '0010-invoice-lines': invoiceLines,
};
`);
    const schema = changed.get('apps/api/src/database/schema.ts');
    expect(schema).toContain('export interface InvoiceLinesTable {\n  id: string;\n  name: string;');
    expect(schema).toContain('{\n  accounts: AccountsTable;\n  invoice_lines: InvoiceLinesTable;\n}');
    const problem = changed.get('apps/api/src/http/problems/problem-types.ts');
    expect(problem).toMatch(
      /'user-not-found': [^\n]*\n {2}'invoice-line-not-found': \{ status: 404, [^\n]*\n {2}'method-not/,
    );
    const app = changed.get('apps/api/src/app.module.ts');
    expect(app).toContain(
      "users.module.js';\nimport { InvoiceLinesModule } from './invoice-lines/invoice-lines.module.js';\n\n",
    );
    expect(app).toContain('        UsersModule,\n        InvoiceLinesModule,\n      ],');
  });

  it.each([
    ['a folder', 'users', undefined, 'apps/api/src/users exists already'],
    ['a route', 'docs', undefined, 'The API serves /docs already'],
    ['the start of a route', 'checks', undefined, 'The API serves /checks/{id} already'],
    ['a table', 'accounts', undefined, 'The table accounts exists already'],
    ['an error', 'people', 'user', 'The problem "user-not-found" exists already'],
    ['an import of every module', 'pages', undefined, 'Every module imports another Page'],
  ])('refuses the name of %s', (_what, plural, singular, message) => {
    expect(() => plan(plural, singular)).toThrow(message);
  });

  it('accepts a name that is the beginning of another name', () => {
    expect(plan('invoices').created.size).toBeGreaterThan(0);
  });

  it('refuses to overwrite a file', () => {
    const files = { ...tree, 'test/e2e/invoices/invoices.e2e-spec.ts': '' };
    expect(() => plan('invoices', undefined, files)).toThrow('test/e2e/invoices/invoices.e2e-spec.ts exists already');
  });

  it('names a file with an unexpected shape', () => {
    const files = { ...tree, 'apps/api/src/app.module.ts': 'export class AppModule {}' };
    expect(() => plan('invoices', undefined, files)).toThrow('apps/api/src/app.module.ts has an unexpected shape');
  });
});
