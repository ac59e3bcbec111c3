import { describe, expect, it } from 'vitest';
import { recipeFaults } from './check-recipe.mjs';

const files = { 'a/one.ts': 'const one = 1;\nconst two = 2;\n', 'a/two.ts': 'imports: [\n  One,\n  Two,\n]\n' };
const read = (path) => {
  if (path in files) return files[path];
  throw new Error('ENOENT');
};
const block = (path, language, code) => `**\`${path}\`**, a file\nof two lines:\n\n\`\`\`${language}\n${code}\`\`\`\n`;
const faults = (...texts) => recipeFaults(`# A page\n\n${texts.join('\n')}`, ['a/one.ts'], read).join('\n');

const one = block('a/one.ts', 'ts', files['a/one.ts']);

describe(recipeFaults, () => {
  it('finds none where whole files are equal, and hunks are lines of theirs', () => {
    expect(
      faults(one, block('a/two.ts', 'diff', ' imports: [\n+  One,\n@@\n-  Three,\n   Two,\n'), '```sh\nls\n```\n'),
    ).toBe('');
  });

  it.each([
    [
      'a line that is other',
      block('a/one.ts', 'ts', 'const one = 1;\nconst two = 3;\n'),
      'from line 2 on:\n- const two = 3;\n+ const two = 2;',
    ],
    ['a line that is missing', block('a/one.ts', 'ts', 'const one = 1;\n'), 'a/one.ts is other there, from line 2 on'],
    [
      'a line too many',
      block('a/one.ts', 'ts', `${files['a/one.ts']}more\n`),
      'a/one.ts is other there, from line 3 on',
    ],
    ['lines with one between them', block('a/two.ts', 'diff', ' imports: [\n+  Two,\n'), 'a/two.ts has no such lines'],
    ['a file that does not exist', block('a/three.ts', 'ts', ''), 'a/three.ts, which does not exist'],
    ['a block without a path', '```ts\nconst one = 1;\n```\n', 'must stand before "const one = 1;"'],
  ])('finds %s', (_what, text, fault) => {
    expect(faults(one, text)).toContain(fault);
  });

  it('finds a file of the module that is left out, or only there in part', () => {
    expect(faults()).toContain('leaves out a/one.ts');
    expect(faults(block('a/one.ts', 'diff', ' const one = 1;\n'))).toContain('leaves out a/one.ts');
  });
});
