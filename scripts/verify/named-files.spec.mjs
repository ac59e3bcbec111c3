import { describe, expect, it } from 'vitest';
import { linkFaults, nameFaults } from './named-files.mjs';

const faultsOf = (text) => {
  const texts = new Map([
    ['docs/page.md', text],
    ['README.md', '# Nuthatch\n## What it `does`, and why\n## Twice\n## Twice\n```\n# not a heading\n```\n'],
  ]);
  return linkFaults(texts, (path) => texts.has(path) || path === 'docs' || path === 'docs/a b.png');
};

describe(linkFaults, () => {
  it.each([
    '[a file](../README.md)',
    '[a folder](../docs)',
    '[a heading](../README.md#what-it-does-and-why)',
    '[the second of its name](../README.md#twice-1)',
    '## Here\n[this page](#here)',
    '![an image](a%20b.png "with a title")',
    '[elsewhere](https://example.com/nowhere) <a href="mailto:a@example.com">',
    'code: `[x](nowhere)`\n```md\n[x](nowhere)\n```\n',
  ])('accepts %j', (text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  it.each([
    '[a file](nowhere.md)',
    '![an image](nowhere.png)',
    '[reference]: nowhere.md',
    '<img src="nowhere.svg">',
    '[a heading](../README.md#nowhere)',
    '[in code](../README.md#not-a-heading)',
    '[this page](#nowhere)',
  ])('finds %j', (text) => {
    expect(faultsOf(text)).toHaveLength(1);
  });
});

describe(nameFaults, () => {
  const files = ['libs/cache/src/core/store/record-format.ts', 'package.json'];
  const unknownIn = (text) => nameFaults(new Map([['docs/page.md', text]]), files);

  it.each([
    '`libs/cache/src/core/store/record-format.ts`',
    '`store/record-format.ts`',
    '`record-format.ts`',
    '`<name>.ts`',
    '`app.close()`',
    '`*.spec.ts`',
  ])('accepts %s', (text) => {
    expect(unknownIn(text)).toEqual([]);
  });

  it.each([
    ['`memory/slot.ts`', 'memory/slot.ts'],
    ['`lot.ts`', 'lot.ts'],
    ['```\n└▶ the slot    libs/cache/src/slot.ts    is not there\n```', 'libs/cache/src/slot.ts'],
  ])('finds %j', (text, path) => {
    expect(unknownIn(text)).toEqual([`docs/page.md: there is no ${path}`]);
  });
});
