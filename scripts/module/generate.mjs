/**
 * `npm run generate -- module invoices amount:int` creates a module with its tests and wires it; `npm run generate -- field users
 * phone:string?` adds a field to a module. The recipes add-a-module and change-a-module explain the files. On a failure it changes none.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import { writeAll } from './all-or-nothing.mjs';
import { fieldPlan } from './field-plan.mjs';
import { fieldsOf } from './fields.mjs';
import { moduleNames, NameRefused } from './module-names.mjs';
import { modulePlan } from './module-plan.mjs';
import { sourceFiles } from '../source-files.mjs';
import { article } from './article.mjs';

const usage = `Run: npm run generate -- module <name> [<field>:<type> …], or npm run generate -- field <module> '<field>:<type>?'. --help lists all.`;

const root = join(import.meta.dirname, '../..');
const read = (path) => readFileSync(join(root, path), 'utf8');

try {
  const { what, plural, fields, singular } = requested();
  await generate(what, moduleNames(plural, singular), fieldsOf(fields));
} catch (error) {
  console.error(error instanceof NameRefused ? error.message : error);
  console.error('No files were changed.');
  process.exitCode = 1;
}

function requested() {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { singular: { type: 'string' } } });
    const [what, plural, ...fields] = positionals;
    if (what === 'module' && plural !== undefined) {
      return { what, plural, fields: fields.length === 0 ? ['name:string'] : fields, singular: values.singular };
    }
    if (what === 'field' && fields.length === 1) return { what, plural, fields, singular: values.singular };
  } catch {
    // The usage below is more helpful than the message of parseArgs.
  }
  throw new NameRefused(usage);
}

async function generate(what, names, fields) {
  const files = await sourceFiles(root, /./);
  const plan =
    what === 'module' ? modulePlan({ ...names, fields }, files, read) : fieldPlan(names, fields[0], files, read);
  const [created, changed] = [await formatted(plan.created), await formatted(plan.changed)];
  writeAll(root, { created, changed });
  const { plural, word, One } = names;
  const title =
    what === 'module'
      ? `Created the module ${plural} for ${article(word)} (${One}):`
      : `Added ${fields[0].name} to ${plural}:`;
  console.log(`${title}\n${listed(created.keys())}\nChanged:\n${listed(changed.keys())}\n`);
  const document = regenerateDocument();
  const recipe = what === 'module' ? 'add-a-module' : 'change-a-module';
  console.log(
    `${document}Next: npm run verify && npm test -- ${plural}\nRead docs/recipes/${recipe}.md, which explains each file.\n` +
      'The tests fail if a write forgets an invalidation: docs/recipes/find-a-forgotten-invalidation.md.',
  );
}

/** Formats the texts, because the line breaks depend on the length of the names. */
async function formatted(texts) {
  const options = await prettier.resolveConfig(join(root, 'package.json'));
  const format = async ([path, text]) => [path, await prettier.format(text, { ...options, filepath: path })];
  return new Map(await Promise.all([...texts].map(format)));
}

/** Builds the application and writes docs/reference/openapi.json. The files stay where the build fails: they are to be corrected. */
function regenerateDocument() {
  const program = join(root, 'scripts/docs/generate-openapi.mjs');
  const { status, stderr } = spawnSync(process.execPath, [program], { cwd: root, encoding: 'utf8' });
  if (status === 0) return '';
  process.exitCode = 1;
  return `The OpenAPI document was not regenerated:\n${stderr.trim()}\nCorrect the files, and run npm run generate:openapi.\n`;
}

function listed(paths) {
  return [...paths].map((path) => `  ${path}`).join('\n');
}
