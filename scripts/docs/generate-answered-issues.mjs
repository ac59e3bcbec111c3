/**
 * Writes docs/reference/answered-issues.md from test titles and from docs/design-decisions/not-here.md. With --check it compares, and fails
 * on a difference.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import prettier from 'prettier';
import { answeredIssues, answersOf, reasonsOf } from './answered-issues.mjs';
import { sourceFiles } from '../source-files.mjs';

const root = join(import.meta.dirname, '../..');
const target = join(root, 'docs/reference/answered-issues.md');
const source = (file) => readFileSync(join(root, file), 'utf8');

const tests = (await sourceFiles(root, /[.-]spec\.ts$/)).toSorted();
const answers = tests.flatMap((file) => answersOf(file, source(file)));
const reasons = reasonsOf(source('docs/design-decisions/not-here.md'));
const style = await prettier.resolveConfig(target);
const page = await prettier.format(answeredIssues(answers, reasons), { ...style, filepath: target });

if (!process.argv.includes('--check')) {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, page);
} else if (source('docs/reference/answered-issues.md') !== page) {
  process.stderr.write(
    'docs/reference/answered-issues.md does not match the test titles. Run: npm run generate:answers\n',
  );
  process.exitCode = 1;
}
