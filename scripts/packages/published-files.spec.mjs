import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentedDeclarations, withAbsoluteLinks, withoutComments } from './published-files.mjs';

function givenDeclarations(files) {
  const folder = mkdtempSync(join(tmpdir(), 'nuthatch-'));
  mkdirSync(join(folder, 'dist/inner'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'dist', name), text);
  return folder;
}

describe(documentedDeclarations, () => {
  it('follows the exports of every entry, and leaves out what these only import', () => {
    const folder = givenDeclarations({
      'index.d.ts': "import { B } from './b.js';\nexport {\n  A,\n} from './inner/a.js';\nexport declare const b: B;",
      'inner/a.d.ts': "export * from '../c.js';",
      'b.d.ts': 'export declare class B {}',
      'c.d.ts': 'export {};',
      'testing.d.ts': 'export {};',
    });
    const exports = {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './testing': { types: './dist/testing.d.ts', default: './dist/testing.js' },
      './package.json': './package.json',
    };

    const found = documentedDeclarations(folder, { exports });
    rmSync(folder, { recursive: true });

    expect(found).toEqual(new Set(['dist/index.d.ts', 'dist/inner/a.d.ts', 'dist/c.d.ts', 'dist/testing.d.ts']));
  });
});

describe(withoutComments, () => {
  it('keeps the declarations and drops their comments', () => {
    const folder = givenDeclarations({
      'a.d.ts': '/** A bird. */\nexport declare class Owl {\n    /** Flies. */\n    fly(): void;\n}\n',
    });

    const text = withoutComments(join(folder, 'dist/a.d.ts'));
    rmSync(folder, { recursive: true });

    expect(text).toBe('export declare class Owl {\n    fly(): void;\n}\n');
  });
});

describe(withAbsoluteLinks, () => {
  const repository = { url: 'git+https://example.org/birds.git', directory: 'libs/owl' };

  it('turns relative links into links of the repository, and leaves the others', () => {
    const page = '[docs](../../docs/a.md#b) [here](#here) [there](https://example.com/x) `calls[0](argument)`';
    expect(withAbsoluteLinks(page, { repository })).toBe(
      '[docs](https://example.org/birds/blob/main/docs/a.md#b) [here](#here) [there](https://example.com/x) `calls[0](argument)`',
    );
  });
});
