import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAll } from './all-or-nothing.mjs';

describe(writeAll, () => {
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nuthatch-write-'));
    mkdirSync(join(root, 'there'));
    writeFileSync(join(root, 'there/old.ts'), 'old');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const tree = () => readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
  const created = new Map([
    ['new/deep/one.ts', '1'],
    ['there/two.ts', '2'],
  ]);

  it('writes what is new, and what is changed', () => {
    writeAll(root, { created, changed: new Map([['there/old.ts', 'changed']]) });
    expect(tree()).toEqual(['new', 'new/deep', 'new/deep/one.ts', 'there', 'there/old.ts', 'there/two.ts']);
    expect(readFileSync(join(root, 'there/old.ts'), 'utf8')).toBe('changed');
  });

  it.each([
    ['a new file that exists', [...created, ['there/old.ts', 'new']], []],
    [
      'a changed file that does not',
      [...created],
      [
        ['there/old.ts', 'changed'],
        ['there/none.ts', 'changed'],
      ],
    ],
  ])('leaves all as it was because of %s', (_what, news, changes) => {
    expect(() => writeAll(root, { created: new Map(news), changed: new Map(changes) })).toThrow(/EEXIST|ENOENT/);
    expect(tree()).toEqual(['there', 'there/old.ts']);
    expect(readFileSync(join(root, 'there/old.ts'), 'utf8')).toBe('old');
  });
});
