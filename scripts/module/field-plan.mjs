import { membersOf } from './fields.mjs';
import { NameRefused } from './module-names.mjs';
import { nextMigration } from './module-plan.mjs';
import { listMigration } from './module-wiring.mjs';
import { addColumn } from './templates/add-column.mjs';
import { after, before, inTurn } from './text-edits.mjs';

const src = 'apps/api/src';
const migrations = `${src}/database/migrations`;

/**
 * Returns the texts of an optional field in an existing module: of the new migration, and of every file that has to name the field.
 * Writes nothing.
 *
 * @throws NameRefused when there is no such module, or the field is there or is not optional.
 */
export function fieldPlan(names, field, files, read) {
  const folder = `${src}/${names.plural}`;
  const resource = `${folder}/${names.singular}.ts`;
  if (!files.includes(resource)) {
    throw new NameRefused(
      `There is no module ${names.plural} with the file ${resource}. Write the name of a folder in ${src}, and --singular where it is needed.`,
    );
  }
  if (!field.optional) {
    throw new NameRefused(
      `The rows of ${names.table} have no value for "${field.name}". Write ${field.name}:${field.type}?, fill the rows, and make the field required after that.`,
    );
  }
  if (new RegExp(`^ {4}${field.name}: `, 'm').test(read(resource))) {
    throw new NameRefused(`${resource} has a field "${field.name}" already. Choose another name.`);
  }
  const migration = `${nextMigration(files)}-${names.plural}-${field.name}`;
  const changed = [...changes(names, field, migration)].map(([path, change]) => [path, change(read(path), path)]);
  return {
    created: new Map([[`${migrations}/${migration}.ts`, addColumn(names, field)]]),
    changed: new Map(changed.filter(([path, text]) => text !== read(path))),
  };
}

function changes({ One, Many, many, plural, singular }, field, migration) {
  const { name, input, imports, examples } = field;
  const members = membersOf(field);
  const Name = name.charAt(0).toUpperCase() + name.slice(1);
  const edits = [
    [`${migrations}/index.ts`, listMigration(migration, `${many}${Name}`)],
    [
      `${src}/database/schema.ts`,
      after(new RegExp(`^export interface ${Many}Table \\{\\n(?: {2}(?!version:).*\\n)*`, 'gm'), `  ${members.row};\n`),
    ],
    [
      `${src}/${plural}/${singular}.ts`,
      inTurn(
        before(/^ {4}version: z\.int\(\),$/gm, `    ${members.resource},\n`),
        before(/^ {2}version: 1,$/gm, `  ${name}: ${examples[0]},\n`),
      ),
    ],
    [
      `${src}/${plural}/${plural}.dto.ts`,
      inTurn(
        before(/^\/\*\* The body of POST/gm, `const ${name} = ${input};\n\n`),
        memberOf(`create${One}Schema`, members.create),
        memberOf(`update${One}Schema`, members.update),
        ...imports.map(importField),
      ),
    ],
    [
      `${src}/${plural}/${plural}.repository.ts`,
      inTurn(
        before(new RegExp(`(?<=^(?:export )?function to${One}\\(\\{[^}]*?)\\bversion\\b`, 'gm'), `${name}, `),
        before(
          new RegExp(`(?<=^(?:export )?function to${One}\\([^]*?\\breturn \\{[^;]*?)\\bversion\\b`, 'gm'),
          `${members.json}, `,
        ),
        // An insert that lists its columns needs the new one: the change of nothing fails with the path of the file.
        before(/\.\.\.details\b/g, ''),
      ),
    ],
  ];
  return Map.groupBy(edits, ([path]) => path)
    .entries()
    .map(([path, same]) => [path, inTurn(...same.map(([, change]) => change))]);
}

/** Adds a member to a schema of zod. */
function memberOf(schema, member) {
  return after(
    new RegExp(`^export const ${schema} = z\\s*\\.strictObject\\(\\s*\\{[^}]*[^\\s,}]`, 'gm'),
    `, ${member}`,
  );
}

function importField(name) {
  const line = /^import \{[^}]*(?=\} from '\.\.\/http\/validation\/fields\.js';$)/gm;
  return (text, path) =>
    new RegExp(`\\b${name}\\b`).test(text.match(line)?.[0] ?? '') ? text : after(line, `, ${name} `)(text, path);
}
