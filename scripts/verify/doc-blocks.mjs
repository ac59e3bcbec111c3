/**
 * Returns the `ts` blocks of a page as files, each with its lines and their numbers in the page. A block whose first line is
 * `// name.ts` is the file of that name, which the other blocks of the page may import. Any other block is a file of its own. A
 * block under a path in bold shows that file of the repository, and is left out.
 *
 * HTML comments hold the code that a block needs and its readers do not:
 * - `<!-- ts`, right before a block: lines before those of the block. A line of `…` marks the place of the block, which may then be
 *   a part of a class.
 * - `<!-- ts` with `// name.ts` as its first line: a file that readers do not see.
 * - `<!-- ts of each block`: lines before each further block that has no import of its own.
 */
export function docBlocks(text) {
  const lines = text.split('\n').map((content, index) => ({ text: content, number: index + 1 }));
  const found = [];
  const add = (line, code, own) => found.push({ line, name: nameOf(own) ?? `line-${line}.ts`, lines: code });
  let ofEach = [];
  let before = [];
  let headed = false;
  for (let at = 0; at < lines.length; at += 1) {
    const { text: line, number } = lines[at];
    const [, indent, fence, language] = /^(\s*)(`{3,}|~{3,})(\w*)/.exec(line) ?? [];
    const [comment, each] = /^\s*<!-- ts( of each block)?$/.exec(line) ?? [];
    if (fence) {
      const block = upTo(lines, at, (end) => end.trim() === fence);
      const own = block.map((part) => ({ ...part, text: part.text.slice(indent.length) }));
      const imports = own.some((part) => part.text.startsWith('import '));
      if (language === 'ts' && !headed) add(number, [...(imports ? [] : ofEach), ...inside(before, own)], own);
      at += block.length + 1;
      [before, headed] = [[], false];
    } else if (comment) {
      const hidden = upTo(lines, at, (end) => end.trim() === '-->');
      if (each) ofEach = hidden;
      else if (nameOf(hidden)) add(number, hidden, hidden);
      else before = hidden;
      at += hidden.length + 1;
    } else if (/^\*\*`[^`]+`\*\*/.test(line)) headed = true;
    else if (line.trim() !== '') {
      // A path heads its block across the rest of its paragraph. A comment comes right before its block.
      headed &&= lines[at - 1]?.text.trim() !== '';
      before = [];
    }
  }
  return found;
}

function nameOf([first]) {
  return first && /^\/\/ ([\w.-]+\.ts)$/.exec(first.text)?.[1];
}

function upTo(lines, start, isEnd) {
  const rest = lines.slice(start + 1);
  const length = rest.findIndex(({ text }) => isEnd(text));
  return length === -1 ? rest : rest.slice(0, length);
}

function inside(around, block) {
  const place = around.findIndex(({ text }) => text.trim() === '…');
  return place === -1 ? [...around, ...block] : around.toSpliced(place, 1, ...block);
}
