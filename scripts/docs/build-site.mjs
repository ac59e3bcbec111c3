/**
 * `npm run docs:build` writes the site of the documentation to docs/dist and checks it. `npm run docs:dev` (`--dev`) serves it and
 * shows changes at once. Its packages are in docs/package.json, so that npm start and npm test do not install them.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installPackages } from '../install/install-packages.mjs';
import { withProgress } from '../process/progress.mjs';
import { runProgram } from '../process/run-program.mjs';

const docs = join(import.meta.dirname, '../../docs');
const program = (path) => join(docs, 'node_modules', path);

await installPackages(docs);
rmSync(join(docs, 'reference/typedoc'), { recursive: true, force: true });
await step('Writing the API reference', 'typedoc/bin/typedoc', '--options', 'typedoc.config.js');
if (process.argv.includes('--dev')) {
  await serve(process.argv.slice(process.argv.indexOf('--dev') + 1));
} else {
  await step('Building the site', 'vitepress/bin/vitepress.js', 'build', '.');
  console.log(await step('Checking the site', '../../scripts/docs/check-site.mjs'));
}

/** Becomes VitePress, so that a signal ends it. */
async function serve(options) {
  process.chdir(docs);
  process.argv.splice(1, Infinity, program('vitepress/bin/vitepress.js'), 'dev', '.', ...options);
  await import(pathToFileURL(process.argv[1]).href);
}

async function step(title, path, ...args) {
  const work = runProgram(process.execPath, [program(path), ...args], { cwd: docs });
  const { status, output } = await withProgress(title, work);
  if (status === 0) return output.trim();
  console.error(output.trim());
  return process.exit(status);
}
