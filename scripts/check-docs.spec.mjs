import { describe, expect, it } from 'vitest';
import { linkFaults } from './check-docs.mjs';

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
