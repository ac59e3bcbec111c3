import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = 'docs/recipes/add-a-module.md';
const module = 'apps/api/src/orders';

/** The code of the recipe is that of the module which it makes, so that whoever types it gets what is tested. */
export function checkRecipe(root) {
  const files = readdirSync(join(root, module)).map((file) => `${module}/${file}`);
  return recipeFaults(readFileSync(join(root, page), 'utf8'), files, (path) => readFileSync(join(root, path), 'utf8'));
}

/**
 * A `ts` block is a whole file, a `diff` block a part of one; the path stands in bold before it. `complete` lists the files of
 * which none may be left out.
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
    return [`${page}: the path of its file must stand before ${JSON.stringify(code.split('\n', 1)[0])}`];
  const source = textOf(path, read);
  if (source === undefined) return [`${page} tells to write ${path}, which does not exist`];
  if (language === 'ts')
    return code === source ? [] : [`${page}: ${path} is other there, ${firstDifference(code, source)}`];
  return hunks(code).flatMap((hunk) =>
    `\n${source}`.includes(`\n${hunk}`) ? [] : [`${page}: ${path} has no such lines one after the other:\n${hunk}`],
  );
}

function textOf(path, read) {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}

/** The lines as the file has them in the end. Between two hunks stands a line of `@@`. */
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
