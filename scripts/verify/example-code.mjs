import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Pages that show the code and the output of an example. */
const pages = new Map([
  ['libs/cache/README.md', 'quick-start'],
  ['docs/walkthrough.md', 'walkthrough'],
]);

/** Checks that pages show the code and the output of their example, which `npm run test:examples` runs. */
export async function checkExampleCode(root) {
  return [...pages].flatMap(([page, name]) => {
    const folder = join(root, 'examples', name);
    const files = new Map(
      readdirSync(join(folder, 'src')).map((file) => [file, readFileSync(join(folder, 'src', file), 'utf8')]),
    );
    const output = join(folder, 'output.txt');
    const text = readFileSync(join(root, page), 'utf8');
    return exampleFaults(text, files, existsSync(output) ? readFileSync(output, 'utf8') : '').map(
      (fault) => `${page}:${fault} of examples/${name}`,
    );
  });
}

/**
 * A `ts` block that begins with `// name.ts` is that file, if the example has it. Any other `ts` block is a part of a file, and a
 * block without a language is a part of the output. Indentation and blank lines do not count.
 */
export function exampleFaults(page, files, output) {
  return [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].flatMap(({ 1: language, 2: block, index }) => {
    const line = page.slice(0, index).split('\n').length;
    if (language === '') return isPart(block, output) ? [] : [`${line} is no part of output.txt`];
    if (language !== 'ts') return [];
    const [first = '', name = ''] = /^\/\/ ([\w.-]+\.ts)\n/.exec(block) ?? [];
    if (name !== '') {
      const file = files.get(name);
      return file === undefined || file === block.slice(first.length) ? [] : [`${line} differs from ${name}`];
    }
    return [...files.values()].some((file) => isPart(block, file)) ? [] : [`${line} is no part of a file`];
  });
}

/** Whether the lines of `part` follow each other in `whole`. */
function isPart(part, whole) {
  return `\n${lines(whole)}\n`.includes(`\n${lines(part)}\n`);
}

function lines(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
