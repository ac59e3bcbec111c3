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
  it('finds no fault when whole files are equal and hunks are consecutive lines of their files', () => {
    expect(
      faults(one, block('a/two.ts', 'diff', ' imports: [\n+  One,\n@@\n-  Three,\n   Two,\n'), '```sh\nls\n```\n'),
    ).toBe('');
  });

  it.each([
    [
      'a different line',
      block('a/one.ts', 'ts', 'const one = 1;\nconst two = 3;\n'),
      'from line 2 on:\n- const two = 3;\n+ const two = 2;',
    ],
    ['a missing line', block('a/one.ts', 'ts', 'const one = 1;\n'), 'differs from a/one.ts from line 2 on'],
    [
      'an additional line',
      block('a/one.ts', 'ts', `${files['a/one.ts']}more\n`),
      'differs from a/one.ts from line 3 on',
    ],
    [
      'lines with another line between them',
      block('a/two.ts', 'diff', ' imports: [\n+  Two,\n'),
      'a/two.ts does not contain these consecutive lines',
    ],
    ['a file that does not exist', block('a/three.ts', 'ts', ''), 'a/three.ts, which does not exist'],
    ['a block without a path', '```ts\nconst one = 1;\n```\n', 'in bold before "const one = 1;"'],
  ])('finds %s', (_what, text, fault) => {
    expect(faults(one, text)).toContain(fault);
  });

  it('finds a file of the module that is absent or incomplete', () => {
    expect(faults()).toContain('leaves out a/one.ts');
    expect(faults(block('a/one.ts', 'diff', ' const one = 1;\n'))).toContain('leaves out a/one.ts');
  });
});
