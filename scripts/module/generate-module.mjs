/**
 * `npm run generate -- module invoices`: a module of the shape that docs/recipes/add-a-module.md explains, wired and with its
 * tests. Either all of it is made, or nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import { writeAll } from './all-or-nothing.mjs';
import { moduleNames, NameRefused } from './module-names.mjs';
import { modulePlan } from './module-plan.mjs';
import { sourceFiles } from '../source-files.mjs';

const usage = 'Usage: npm run generate -- module <name> [--singular <name>], such as module invoices.';
const root = join(import.meta.dirname, '../..');

try {
  const { plural, singular } = asked();
  const names = moduleNames(plural, singular);
  const files = await sourceFiles(root, /./);
  const plan = modulePlan(names, files, (path) => readFileSync(join(root, path), 'utf8'));
  const [created, changed] = [await formatted(plan.created), await formatted(plan.changed)];
  writeAll(root, { created, changed });
  console.log(told(names, created, changed));
} catch (error) {
  console.error(error instanceof NameRefused ? error.message : error);
  console.error('Nothing was made.');
  process.exitCode = 1;
}

function asked() {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { singular: { type: 'string' } } });
    const [what, plural, ...more] = positionals;
    if (what === 'module' && plural !== undefined && more.length === 0) return { plural, singular: values.singular };
  } catch {
    // What parseArgs says of an unknown option is no help to who does not know the known ones.
  }
  throw new NameRefused(usage);
}

/** As `npm run verify` asks for it: names are of any length, so no template can break its lines right. */
async function formatted(texts) {
  const options = await prettier.resolveConfig(join(root, 'package.json'));
  const format = async ([path, text]) => [path, await prettier.format(text, { ...options, filepath: path })];
  return new Map(await Promise.all([...texts].map(format)));
}

function told({ plural, word, One }, created, changed) {
  return `Made ${plural}, one of which is ${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word} (${One}):
${listed(created.keys())}
Changed:
${listed(changed.keys())}

Next: npm run generate:openapi && npm run verify && npm test -- ${plural}
Then give it columns of its own: docs/recipes/add-a-module.md explains each file.`;
}

function listed(paths) {
  return [...paths].map((path) => `  ${path}`).join('\n');
}
