/**
 * `npm run generate -- module invoices` creates a module with its tests and wires it. docs/recipes/add-a-module.md explains its
 * files. On a failure it changes no file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import { writeAll } from './all-or-nothing.mjs';
import { moduleNames, NameRefused } from './module-names.mjs';
import { modulePlan } from './module-plan.mjs';
import { sourceFiles } from '../source-files.mjs';
import { article } from './article.mjs';

const usage = 'Usage: npm run generate -- module <name> [--singular <name>], such as module invoices.';
const root = join(import.meta.dirname, '../..');

try {
  const { plural, singular } = requested();
  const names = moduleNames(plural, singular);
  const files = await sourceFiles(root, /./);
  const plan = modulePlan(names, files, (path) => readFileSync(join(root, path), 'utf8'));
  const [created, changed] = [await formatted(plan.created), await formatted(plan.changed)];
  writeAll(root, { created, changed });
  console.log(summary(names, created, changed));
} catch (error) {
  console.error(error instanceof NameRefused ? error.message : error);
  console.error('No files were changed.');
  process.exitCode = 1;
}

function requested() {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { singular: { type: 'string' } } });
    const [what, plural, ...more] = positionals;
    if (what === 'module' && plural !== undefined && more.length === 0) return { plural, singular: values.singular };
  } catch {
    // The usage below is more helpful than the message of parseArgs.
  }
  throw new NameRefused(usage);
}

/** Formats the texts, because the line breaks depend on the length of the names. */
async function formatted(texts) {
  const options = await prettier.resolveConfig(join(root, 'package.json'));
  const format = async ([path, text]) => [path, await prettier.format(text, { ...options, filepath: path })];
  return new Map(await Promise.all([...texts].map(format)));
}

function summary({ plural, word, One }, created, changed) {
  return `Created the module ${plural} for ${article(word)} (${One}):
${listed(created.keys())}
Changed:
${listed(changed.keys())}

Next: npm run generate:openapi && npm run verify && npm test -- ${plural}
Then add your columns. docs/recipes/add-a-module.md explains each file.`;
}

function listed(paths) {
  return [...paths].map((path) => `  ${path}`).join('\n');
}
