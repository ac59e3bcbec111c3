import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = 'docs/recipes/add-a-module.md';
const module = 'apps/api/src/orders';

/** Compares the code of the recipe with the orders module, so that readers type tested code. */
export function checkRecipe(root) {
  const files = readdirSync(join(root, module)).map((file) => `${module}/${file}`);
  return recipeFaults(readFileSync(join(root, page), 'utf8'), files, (path) => readFileSync(join(root, path), 'utf8'));
}

/**
 * Returns the differences between the recipe and the files. A `ts` block is a whole file and a `diff` block a part of one, each
 * with its path in bold before it. The recipe must contain every file of `complete`.
 */
export function recipeFaults(text, complete, read) {
  const found = blocks(text);
  const whole = new Set(found.filter(({ language }) => language === 'ts').map(({ path }) => path));
  return [
    ...found.flatMap((block) => blockFaults(block, read)),
    ...complete.filter((path) => !whole.has(path)).map((path) => `${page} leaves out ${path}`),
  ];
}

function blocks(text) {
  const fences = text.matchAll(
    /(?:^\*\*`(?<path>[^`\n]+)`\*\*[^\n]*\n(?:[^\n]+\n)*\n)?^```(?<language>\w*)[^\n]*\n(?<code>[^]*?)^```$/gm,
  );
  return [...fences].map(({ groups }) => groups).filter(({ language }) => language === 'ts' || language === 'diff');
}

function blockFaults({ path, language, code }, read) {
  if (path === undefined)
    return [`${page}: write the path of the file in bold before ${JSON.stringify(code.split('\n', 1)[0])}`];
  const source = textOf(path, read);
  if (source === undefined) return [`${page} names ${path}, which does not exist`];
  if (language === 'ts')
    return code === source ? [] : [`${page} differs from ${path} ${firstDifference(code, source)}`];
  return hunks(code).flatMap((hunk) =>
    `\n${source}`.includes(`\n${hunk}`) ? [] : [`${page}: ${path} does not contain these consecutive lines:\n${hunk}`],
  );
}

function textOf(path, read) {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}

/** Returns the final lines of each hunk. A line of `@@` separates two hunks. */
function hunks(code) {
  return code
    .split(/^@@.*\n/m)
    .filter(Boolean)
    .map((hunk) => hunk.replaceAll(/^-.*\n/gm, '').replaceAll(/^[ +]/gm, ''));
}

function firstDifference(code, source) {
  const [ours, theirs] = [code.split('\n'), source.split('\n')];
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  const line = at === -1 ? theirs.length : at;
  return `from line ${line + 1} on:\n- ${ours[line] ?? '(nothing)'}\n+ ${theirs[line] ?? '(nothing)'}`;
}
