import { describe, expect, it } from 'vitest';
import { nameFaults } from './named-files.mjs';

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
  ])('reports a missing file in %j', (text, path) => {
    expect(unknownIn(text)).toEqual([`docs/page.md: ${path} does not exist`]);
  });
});
