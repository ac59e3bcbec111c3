/**
 * `npm run test:generate` creates a module and adds fields in a copy of this tree, runs the checks of `npm run verify` on it, and runs
 * the tests of what changed.
 * It works in a copy, so that an interrupted run leaves the tree unchanged.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runProgram } from '../process/run-program.mjs';
import { checkRecipe } from '../verify/check-recipe.mjs';
import { checkMigrations } from '../verify/migrations.mjs';
import { checkSources } from '../verify/source-rules.mjs';
import { sourceFiles } from '../source-files.mjs';

/** A name of two words, which is harder than a name of one, with a field of every type. */
const name = 'parcel-labels';
const fields = ['weight:int', 'note:string?', 'fragile:bool', 'due:timestamp', 'sent:timestamp?', 'sender:uuid'];

const root = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'nuthatch-generate-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

try {
  copyTree();
  const [before, faultsBefore] = [await texts(), await faultsOf(copy)];
  await step('creates a module', 'scripts/module/generate.mjs', 'module', name, ...fields);
  await step('adds a field to it', 'scripts/module/generate.mjs', 'field', name, 'price:int?');
  await step('adds a field to users', 'scripts/module/generate.mjs', 'field', 'users', 'phone:string?');
  const after = await texts();
  const touched = [...after.keys()].filter((path) => after.get(path) !== before.get(path));
  await Promise.all([
    step('types', 'node_modules/typescript/bin/tsc', '--noEmit', '--pretty'),
    step('lint', 'node_modules/oxlint/bin/oxlint', ...touched)
      .then(() => step('format', 'node_modules/prettier/bin/prettier.cjs', '--check', ...touched))
      .then(() => step('imports', 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', 'apps', 'test/e2e')),
  ]);
  const faults = (await faultsOf(copy)).filter((fault) => !faultsBefore.includes(fault));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  await step('OpenAPI document', 'scripts/docs/generate-openapi.mjs', '--check');
  const { paths, components } = JSON.parse(readFileSync(join(copy, 'docs/reference/openapi.json'), 'utf8'));
  if (!paths[`/${name}/{id}`]) throw new Error(`The OpenAPI document has no ${name}.`);
  if (!components.schemas.User.properties.phone) throw new Error('The OpenAPI document has no phone of a user.');
  const changed = ['users/crud', 'users/if-match', 'apps/api/src/users', 'apps/api/src/seed', 'tour'];
  await step('the tests', 'scripts/run/test.mjs', name, 'openapi', ...changed);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** Copies the tree. Packages are links; the files that tools write next to packages belong to the copy. */
function copyTree() {
  const left = new Set(['node_modules', 'dist', 'coverage', '.git', '.nuthatch']);
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(basename(path)) });
  mkdirSync(join(copy, 'node_modules/.cache/nuthatch'), { recursive: true });
  const packages = readdirSync(join(root, 'node_modules')).filter((each) => !each.startsWith('.') || each === '.bin');
  for (const each of [...packages, '.cache/nuthatch/redis']) {
    symlinkSync(join(root, 'node_modules', each), join(copy, 'node_modules', each));
  }
}

/** Returns the faults of the sources, which `npm run verify` reports. Only those that the generator adds are faults of it. */
async function faultsOf(tree) {
  return [...(await checkSources(tree)), ...checkRecipe(tree), ...checkMigrations(tree)];
}

/** Returns the text of every source by its path. */
async function texts() {
  const paths = await sourceFiles(copy, /\.ts$/);
  return new Map(paths.map((path) => [path, readFileSync(join(copy, path), 'utf8')]));
}

/** Runs a program in the copy and prints its output only when it fails. */
async function step(title, program, ...args) {
  const began = performance.now();
  const { status, output } = await runProgram(process.execPath, [join(copy, program), ...args], { cwd: copy });
  console.log(`${status === 0 ? '✓' : '✗'} ${title} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  if (status !== 0) throw new Error(`\n── ${title} ──\n${output.trim()}`);
}
