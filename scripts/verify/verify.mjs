/** `npm run verify`: runs every check that a change must pass, except the tests, and reports all faults of all checks. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkExampleCode } from './example-code.mjs';
import { checkImportRules } from './import-rules.mjs';
import { checkLock } from './lock-file.mjs';
import { checkMigrations } from './migrations.mjs';
import { checkNamedFiles } from './named-files.mjs';
import { checkRecipe } from './check-recipe.mjs';
import { checkSources } from './source-rules.mjs';
import { checkWords } from './words.mjs';

const root = join(import.meta.dirname, '../..');

const incremental = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/nuthatch/tsbuildinfo'];

const markdown = ['--frail', '--quiet', '--no-stdout', '--ignore-path', '.gitignore'];

/** The slowest steps come first, so that they do not end last. */
const steps = [
  { name: 'types', run: program('typescript/bin/tsc', '--noEmit', '--pretty', ...incremental) },
  { name: 'lint', run: program('oxlint/bin/oxlint') },
  { name: 'format', run: program('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '--cache', '.') },
  { name: 'code in docs', run: program('../scripts/verify/doc-code.mjs') },
  { name: 'imports', run: program('dependency-cruiser/bin/dependency-cruiser.mjs', 'apps', 'libs', 'test') },
  { name: 'generated Lua bindings', run: program('../scripts/lua/generate-lua.mjs', '--check') },
  { name: 'generated reference', run: program('../scripts/docs/generate-reference.mjs', '--check') },
  { name: 'OpenAPI document', run: program('../scripts/docs/generate-openapi.mjs', '--check') },
  { name: 'answered issues', run: program('../scripts/docs/generate-answered-issues.mjs', '--check') },
  { name: 'links in docs', run: program('remark-cli/cli.js', '.', ...markdown) },
  { name: 'dead code', run: program('knip/bin/knip.js', '--no-progress') },
  { name: 'import rules', run: check(checkImportRules) },
  { name: 'sources', run: check(checkSources) },
  { name: 'migrations', run: check(checkMigrations) },
  { name: 'lock file', run: check(checkLock) },
  { name: 'files named in docs', run: check(checkNamedFiles) },
  { name: 'recipe', run: check(checkRecipe) },
  { name: 'words', run: check(checkWords) },
  { name: 'code of the examples', run: check(checkExampleCode) },
];

const failures = [];
const waiting = [...steps];
await Promise.all(Array.from({ length: availableParallelism() }, runSteps));

for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trim()}`);
console.log(
  failures.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failures.map(({ name }) => name).join(', ')}.`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

async function runSteps() {
  for (let step = waiting.shift(); step; step = waiting.shift()) {
    const { name, run } = step;
    const started = performance.now();
    const { ok, output } = await run().catch((error) => ({ ok: false, output: error.stack }));
    console.log(`${ok ? '✓' : '✗'} ${name} (${((performance.now() - started) / 1_000).toFixed(1)} s)`);
    if (!ok) failures.push({ name, output });
  }
}

function program(path, ...args) {
  return () =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(root, 'node_modules', path), ...args], { cwd: root });
      let output = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      child.once('error', reject);
      child.once('close', (code) => resolve({ ok: code === 0, output }));
    });
}

function check(find) {
  return async () => {
    const faults = await find(root);
    return { ok: faults.length === 0, output: faults.join('\n') };
  };
}
