import { describe, expect, it } from 'vitest';
import { wordFaults } from './words.mjs';

const foundIn = (text) => wordFaults('docs/page.md', text).map((fault) => fault.replace(/:(?= name).*/, ''));

describe(wordFaults, () => {
  it.each([
    ['Nobody reads it.', '"Nobody"'],
    ["it('is told of a write', run);", '"is told"'],
    ['// loads it behind the backs of its readers', '"behind the backs"'],
    ['`What says nothing` is dropped.', '"What says nothing"'],
    ["throw new Error('The key that of users.');", '"that of"'],
    ['It stands for a value.', '"stands for"'],
  ])('finds in %j %s', (text, word) => {
    expect(foundIn(text)).toEqual([`docs/page.md:1 ${word}`]);
  });

  it('finds a phrase across lines, and reports the line of its first word', () => {
    expect(foundIn('one\n/** The entry goes\n * on. */')).toEqual(['docs/page.md:2 "goes on"']);
    expect(foundIn('> they are\n> told')).toEqual(['docs/page.md:1 "are told"']);
    expect(foundIn('-- it stands\n-- in')).toEqual(['docs/page.md:1 "stands in"']);
    expect(foundIn('# it stands\n# in')).toEqual(['docs/page.md:1 "stands in"']);
  });

  it.each([
    'somebodyElse()',
    'stand-ins',
    'is-told',
    'renewed',
    'the title of',
    'He told it.',
    'gone on',
    'backs away',
  ])('accepts %j', (text) => {
    expect(foundIn(text)).toEqual([]);
  });
});
