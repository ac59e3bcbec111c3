import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeFaults } from './doc-code.mjs';
import { docBlocks } from './doc-blocks.mjs';

const block = (code, language = 'ts') => `\`\`\`${language}\n${code}\n\`\`\`\n`;
const comment = (...lines) => `<!-- ts\n${lines.join('\n')}\n-->\n\n`;
const textsOf = (page) => docBlocks(page).map(({ name, lines }) => [name, ...lines.map(({ text }) => text)]);

describe(docBlocks, () => {
  it('finds the TypeScript blocks of a page, also in lists, and no other blocks', () => {
    const page = `# Page\n\n${block('one();')}\n${block('ls', 'sh')}\n- a list:\n\n  \`\`\`ts\n  two({\n    a,\n  });\n  \`\`\`\n`;
    expect(textsOf(page)).toEqual([
      ['line-3.ts', 'one();'],
      ['line-13.ts', 'two({', '  a,', '});'],
    ]);
  });

  it('names a block by its first line', () => {
    expect(textsOf(block('// users.cache.ts\none();'))).toEqual([['users.cache.ts', '// users.cache.ts', 'one();']]);
  });

  it('leaves out a block that shows a file of the repository', () => {
    expect(textsOf(`**\`a/one.ts\`**, a file\nof two lines:\n\n${block('one();')}\n${block('two();')}`)).toHaveLength(
      1,
    );
    expect(textsOf(`**\`a/one.ts\`** is a file.\n\nThis is none:\n\n${block('two();')}`)).toHaveLength(1);
  });

  it('puts the lines of a comment before its own block or around it', () => {
    expect(textsOf(`${comment('before();')}${block('one();')}${block('two();')}`)).toEqual([
      ['line-5.ts', 'before();', 'one();'],
      ['line-8.ts', 'two();'],
    ]);
    expect(textsOf(`${comment('class A {', '…', '}')}${block('one() {}')}`)[0]?.slice(1)).toEqual([
      'class A {',
      'one() {}',
      '}',
    ]);
    expect(textsOf(`${comment('before();')}A paragraph.\n\n${block('one();')}`)).toEqual([['line-7.ts', 'one();']]);
    expect(textsOf(comment('// hidden.ts', 'one();'))).toEqual([['hidden.ts', '// hidden.ts', 'one();']]);
  });

  it('puts the lines for each block before the blocks without imports', () => {
    const page = `<!-- ts of each block\nimport 'a';\n-->\n\n${block('one();')}${block("import 'b';")}${block('two();')}`;
    expect(textsOf(page).map((texts) => texts.slice(1))).toEqual([
      ["import 'a';", 'one();'],
      ["import 'b';"],
      ["import 'a';", 'two();'],
    ]);
  });
});

describe(codeFaults, () => {
  it('reports page and line of a block that does not compile', { timeout: 60_000 }, async () => {
    const good = `${block('// one.ts\nexport const one: number = 1;')}${block("import { one } from './one.js';\none.toFixed();")}`;
    const bad = `# Bad\n\n<!-- ts\ndeclare const two: number;\n-->\n\n${block('\ntwo.length;')}${block('const = 3;')}`;
    const twice = `${block('// one.ts\nexport {};')}${block('// one.ts\nexport {};')}`;
    const pages = { 'docs/good.md': good, 'docs/bad.md': bad, 'docs/twice.md': twice };
    const faults = await codeFaults(join(import.meta.dirname, '../..'), new Map(Object.entries(pages)));
    expect(faults).toEqual([
      "docs/twice.md:5 line 1 is one.ts too; write '// one.ts, after'",
      "docs/bad.md:9 Property 'length' does not exist on type 'number'.",
      'docs/bad.md:12 Variable declaration expected.',
    ]);
  });
});
