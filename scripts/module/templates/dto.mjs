import { membersOf } from '../fields.mjs';

export const dto = ({ One, one, fields }) => `
import { z } from 'zod';
import { ${importsOf(fields).join(', ')} } from '../http/validation/fields.js';

export const ${one}Id = uuid;

${fields.map(({ name, input }) => `const ${name} = ${input};\n`).join('')}
/** The body of POST. */
export const create${One}Schema = z
  .strictObject({ ${fields.map((field) => membersOf(field).create).join(', ')} }, { error: notAnObject })
  .meta({ id: 'Create${One}', examples: [{ ${fields.map(({ name, examples }) => `${name}: ${examples[0]}`).join(', ')} }] });
export type Create${One} = z.output<typeof create${One}Schema>;

/** The body of PATCH, a merge patch (RFC 7396): an absent member stays as it is, and \`null\` removes an optional member. */
export const update${One}Schema = z
  .strictObject({ ${fields.map((field) => membersOf(field).update).join(', ')} }, { error: notAnObject })
  .meta({ id: 'Update${One}', examples: [{ ${fields[0].name}: ${fields[0].examples[1]} }] });
export type Update${One} = z.output<typeof update${One}Schema>;
`;

function importsOf(fields) {
  return [...new Set(['notAnObject', 'uuid', ...fields.flatMap(({ imports }) => imports)])].toSorted((a, b) =>
    a.localeCompare(b),
  );
}
