import { describe, expect, it } from 'vitest';
import { migrationFaults } from './migrations.mjs';

const index = `import type { Migration } from 'kysely/migration';
import * as users from './0001-users.js';
import * as usersPhone from './0002-users-phone.js';

export const migrations: Readonly<Record<string, Migration>> = {
  '0001-users': users,
  '0002-users-phone': usersPhone,
};
`;
const files = ['0001-users.ts', '0002-users-phone.ts', 'index.ts', 'migrate.ts'];

describe(migrationFaults, () => {
  it('accepts an index with every migration', () => {
    expect(migrationFaults(files, index)).toEqual([]);
  });

  it.each([
    ['is not in the index', index, '0003-orders'],
    ['is imported only', index.replace("  '0002-users-phone': usersPhone,\n", ''), '0002-users-phone'],
    ['is listed under the import of another', index.replace(': usersPhone', ': users'), '0002-users-phone'],
  ])('reports a migration that %s', (_what, text, name) => {
    const path = `${name}.ts`;
    expect(migrationFaults([...new Set([...files, path])], text)).toEqual([
      expect.stringContaining(`import './${name}.js', and list it as '${name}'`),
    ]);
  });

  it('reports another order and a number that is used twice', () => {
    const [, one, two] = /( {2}'0001.*\n)( {2}'0002.*\n)/.exec(index);
    expect(migrationFaults(files, index.replace(one + two, two + one))).toEqual([
      expect.stringContaining('0002-users-phone is not in the order'),
    ]);
    const twice = index.replaceAll('0002-users-phone', '0001-users-phone');
    expect(migrationFaults(['0001-users.ts', '0001-users-phone.ts'], twice)).toEqual([
      expect.stringContaining('0001-users and 0001-users-phone have the same number'),
    ]);
  });
});
