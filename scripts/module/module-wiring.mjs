import { table } from './templates/table.mjs';
import { after, before, inTurn, lastImport } from './text-edits.mjs';

/** Returns the files that have to name a module, each with the function that adds the module to its text. */
export function moduleWiring(names, number) {
  const { Many, many, plural, singular, table: name, word } = names;
  return {
    'apps/api/src/database/migrations/index.ts': listMigration(`${number}-${plural}`, many),
    'apps/api/src/database/schema.ts': inTurn(
      before(/^\/\*\* The tables as/gm, `${table(names)}\n`),
      after(/^export interface Schema \{\n(?: {2}\w+: \w+;\n)*/gm, `  ${name}: ${Many}Table;\n`),
    ),
    'apps/api/src/http/problems/problem-types.ts': before(
      /^ {2}'method-not-allowed': \{$/gm,
      `  '${singular}-not-found': { status: 404, title: 'No such ${word}', meaning: 'There is no ${word} with this id.' },\n`,
    ),
    'apps/api/src/app.module.ts': inTurn(
      after(lastImport, `import { ${Many}Module } from './${plural}/${plural}.module.js';\n`),
      before(/^ {6}\],\n {6}providers:/gm, `        ${Many}Module,\n`),
    ),
  };
}

/** Adds a migration to the index. */
export function listMigration(name, word) {
  return inTurn(
    after(lastImport, `import * as ${word} from './${name}.js';\n`),
    before(/^\};$/gm, `  '${name}': ${word},\n`),
  );
}
