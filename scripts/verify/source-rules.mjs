import { readFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import vitest from '../../vitest.config.ts';
import browser from '../../test/browser/vitest.config.ts';
import chaos from '../../test/chaos/vitest.config.ts';
import consistency from '../../test/consistency/processes/vitest.config.ts';
import deploy from '../../test/deploy/vitest.config.ts';
import edge from '../../test/edge/vitest.config.ts';
import examples from '../../test/examples/vitest.config.ts';
import observability from '../../test/observability/vitest.config.ts';
import packages from '../../test/packages/vitest.config.ts';
import tools from '../../test/tools/vitest.config.ts';
import { sourceFiles } from '../source-files.mjs';

/** Returns what is wrong with the sources that neither the linter nor the import rules can express. */
export async function checkSources(root) {
  const files = (await sourceFiles(root, /\.([cm]?[jt]sx?|lua)$/)).filter((file) =>
    /^(apps|libs|test|scripts)\//.test(file),
  );
  const cache = files.filter((file) => /^libs\/cache\/src\/.*\.ts$/.test(file));
  const clocks = cache.map(async (file) => clockFaults(file, await readFile(join(root, file), 'utf8')));
  return [...strayTests(files), ...fullFolders(files), ...(await Promise.all(clocks)).flat()];
}

const mostSources = 12;

/**
 * A reader can survey a dozen files. Specs, generated files and migrations, which nothing but their index imports, do not count. The
 * linter limits the length of a file.
 */
export function fullFolders(files) {
  const sources = files.filter((file) => !/[.-](spec|test-d|generated)\.\w+$|\/migrations\/\d+-/.test(file));
  return [...Map.groupBy(sources, (file) => file.slice(0, file.lastIndexOf('/')))]
    .filter(([, { length }]) => length > mostSources)
    .map(
      ([folder, { length }]) => `${folder} has ${length} sources, at most ${mostSources} are allowed: split the folder`,
    );
}

/** The linter forbids the other clocks; `new Date(value)` is allowed. */
export function clockFaults(file, text) {
  if (/^libs\/cache\/src\/(core\/clock\.ts|testing\/)|[.-]spec\.ts$/.test(file)) return [];
  return text
    .split('\n')
    .flatMap((line, index) =>
      /\bnew Date\(\)/.test(line) && !/^\s*(\/\/|\/?\*)/.test(line)
        ? [`${file}:${index + 1} reads the time: take it from core/clock.ts, so that tests can set it`]
        : [],
    );
}

const included = [
  ...vitest.test.projects,
  ...deploy.test.projects,
  browser,
  chaos,
  consistency,
  edge,
  examples,
  observability,
  packages,
  tools,
].flatMap(({ test }) => test.include);

/** Vitest runs only the tests that a project includes. A test with another name would never run, and no run would fail. */
export function strayTests(files) {
  return files
    .filter((file) => /[._-](spec|test)\.[cm]?[jt]sx?$/.test(file))
    .filter((file) => !included.some((glob) => matchesGlob(file, glob)))
    .map((file) => `${file}: no project of vitest.config.ts includes this test`);
}
