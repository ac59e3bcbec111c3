import { table } from './templates/table.mjs';

/** Returns the files that have to name a module, each with the function that adds the module to its text. */
export function moduleWiring(names, number) {
  const { Many, many, plural, singular, table: name, word } = names;
  return {
    'apps/api/src/database/migrations/index.ts': inTurn(
      after(lastImport, `import * as ${many} from './${number}-${plural}.js';\n`),
      before(/^\};$/gm, `  '${number}-${plural}': ${many},\n`),
    ),
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
      before(/^ {6}\],\n {4}\};$/gm, `        ${Many}Module,\n`),
    ),
  };
}

const lastImport = /^import [^;]*;\n(?!import )/gm;
const before = (place, addition) => insert(place, (found) => `${addition}${found}`);
const after = (place, addition) => insert(place, (found) => `${found}${addition}`);
const inTurn = (first, second) => (text, path) => second(first(text, path), path);

/** Requires exactly one match of `place`, because in a rearranged file every guess could be wrong. */
function insert(place, replacement) {
  return (text, path) => {
    const count = text.match(place)?.length ?? 0;
    if (count === 1) return text.replace(place, replacement);
    throw new Error(
      `${path} has an unexpected shape: ${place} matches ${count} times instead of once. Adapt scripts/module-wiring.mjs.`,
    );
  };
}
