import { describe, expect, it } from 'vitest';
import { exampleFaults } from './example-code.mjs';

const files = new Map([['a.ts', 'const a = 1;\n\nfunction b() {\n  const c = 2;\n  return c;\n}\n']]);
const output = 'miss\nhit l1\nhit l2\n';
const page = (language, ...lines) => ['# Page', '', `\`\`\`${language}`, ...lines, '```', ''].join('\n');

describe(exampleFaults, () => {
  it.each([
    ['a part of a file', page('ts', 'const c = 2;', 'return c;')],
    ['a part of the output', page('', 'miss', 'hit l1')],
    ['a whole file', page('ts', '// a.ts', ...(files.get('a.ts') ?? '').trimEnd().split('\n'))],
    ['a file that the example does not have', page('ts', '// other.ts', 'const d = 3;')],
    ['another language', page('sh', 'npm start')],
  ])('accepts %s', (_, text) => {
    expect(exampleFaults(text, files, output)).toEqual([]);
  });

  it.each([
    ['code that the example does not have', page('ts', 'const c = 3;'), '3 is no part of a file'],
    ['lines that do not follow each other', page('ts', 'const a = 1;', 'return c;'), '3 is no part of a file'],
    ['a file with other lines', page('ts', '// a.ts', 'const a = 1;'), '3 differs from a.ts'],
    ['an output that the example does not print', page('', 'miss', 'hit l2'), '3 is no part of output.txt'],
  ])('rejects %s', (_, text, fault) => {
    expect(exampleFaults(text, files, output)).toEqual([fault]);
  });
});
