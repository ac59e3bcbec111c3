import { describe, expect, it } from 'vitest';
import { answeredIssues, answersOf, issuesIn, reasonsOf } from './answered-issues.mjs';

const named = (text) =>
  issuesIn(text).map(({ repository, number, release, heading }) => [repository, heading ?? release ?? number]);

describe(issuesIn, () => {
  it.each([
    ['a/b#1', [['a/b', 1]]],
    [
      'a/b#1, #2, c/d#3',
      [
        ['a/b', 1],
        ['a/b', 2],
        ['c/d', 3],
      ],
    ],
    [
      'a/b PR #1, PR #2 (+PR #3)',
      [
        ['a/b', 1],
        ['a/b', 2],
        ['a/b', 3],
      ],
    ],
    ['some-repo#1', [['some-repo', 1]]],
    [
      'some-repo CHANGELOG 1.10.0 (#14)',
      [
        ['some-repo', '1.10.0'],
        ['some-repo', 14],
      ],
    ],
    [
      'some-repo README "A @heading", a/b#1',
      [
        ['some-repo', 'A @heading'],
        ['a/b', 1],
      ],
    ],
    ['a/b#1 (cited in c/d PR #2)', [['a/b', 1]]],
    ['#1', []],
    ['a and b, 3 of 4', []],
  ])('reads %s', (text, expected) => {
    expect(named(text)).toEqual(expected);
  });
});

function said(text) {
  return answersOf('x.spec.ts', text).map(({ issue, says }) => [`${issue.repository}#${issue.number}`, says]);
}

describe(answersOf, () => {
  it.each([
    [
      "it('a/b#1, c/d#2 · says it', () => {});",
      [
        ['a/b#1', 'says it'],
        ['c/d#2', 'says it'],
      ],
    ],
    ["describe('a/b#1 · says it', () => it('more', () => {}));", [['a/b#1', 'says it']]],
    ["it.each([1, 2])('a/b#1 · says %s of %j and $name', () => {});", [['a/b#1', 'says … of … and …']]],
    ['it.each(rows)(`a/b#1 · says ${it}`, () => {});', [['a/b#1', 'says …']]],
    ["it.each(rows)('a/b#1 · says it, of each: %s', () => {});", [['a/b#1', 'says it, of each']]],
    [
      "it.each([['a/b#1', 'one'], ['c/d#2', two]])('%s · says %s', () => {});",
      [
        ['a/b#1', 'says one'],
        ['c/d#2', 'says …'],
      ],
    ],
    [
      "it('says it (a/b#1, c/d PR #2)', () => {});",
      [
        ['a/b#1', 'says it'],
        ['c/d#2', 'says it'],
      ],
    ],
    ["it('says (it) (a/b#1 (+PR #2), #3)', () => {});", ['1', '2', '3'].map((n) => [`a/b#${n}`, 'says (it)'])],
    [
      "describe('a thing (a/b#1)', () => it('says it (c/d#2)'));",
      [
        ['a/b#1', 'a thing'],
        ['c/d#2', 'a thing › says it'],
      ],
    ],
    [
      "it.each([['one', 'a/b#1'], ['two', 'c/d#2']])('%s says it (%s)', () => {});",
      [
        ['a/b#1', 'one says it'],
        ['c/d#2', 'two says it'],
      ],
    ],
    ["it('says it (of a)', () => {});", []],
    [
      "it.each(['a/b#1 · says it', 'c/d#2 · says more'])('%s', () => {});",
      [
        ['a/b#1', 'says it'],
        ['c/d#2', 'says more'],
      ],
    ],
    [
      "describe('a thing', () => describe(Some.name, () => it('a/b#1 · says it')));",
      [['a/b#1', 'a thing › Some › says it']],
    ],
    ["it('says a · b', () => {});", []],
    ["expect('a/b#1 · is no title').toBe(pattern.test('a/b#1'));", []],
  ])('finds what %s says', (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it.each(['says it of a/b#1', 'says it, as a/b#1 (not c/d#2) does', 'c/d#2 · says it, as a/b PR #1 does'])(
    'refuses an issue within what is said: %s',
    (title) => {
      expect(() => said(`it('${title}', () => {});`)).toThrow('x.spec.ts: name the issues');
    },
  );
});

describe(reasonsOf, () => {
  it('returns each issue under "Asked in", with the heading of its decision', () => {
    const page = '# A\n\n## No magic, yet\n\nIt is late.\n\n_Asked in:_\na/b#1, #2\n\n## Kept\n\nSee c/d#3.\n';
    const issue = { repository: 'a/b', release: undefined };
    expect(reasonsOf(page)).toEqual([
      { issue: { ...issue, number: 1 }, section: 'No magic, yet' },
      { issue: { ...issue, number: 2 }, section: 'No magic, yet' },
    ]);
  });
});

function answer(text) {
  return issuesIn(text).map((issue) => ({ issue, says: 'says | it', file: 'libs/x/y.spec.ts' }));
}

describe(answeredIssues, () => {
  const reason = issuesIn('e/f#4').map((issue) => ({ issue, section: 'No magic, yet' }));
  const page = answeredIssues(
    answer('c/d#10, c/d#9, A/b#11, c CHANGELOG 1.10.0, c CHANGELOG 1.9.0, c README "How"').concat(answer('c/d#9')),
    reason,
  );

  it('lists each once, by repository and number', () => {
    expect(page.match(/^\| \[?[\w/]+(#\d+| CHANGELOG [\d.]+| README "\w+")/gm)).toEqual(
      ['[A/b#11', 'c CHANGELOG 1.9.0', 'c CHANGELOG 1.10.0', 'c README "How"', '[c/d#9', '[c/d#10', '[e/f#4'].map(
        (cell) => `| ${cell}`,
      ),
    );
  });

  it('links the issue, the test and the reason', () => {
    const released = answeredIssues(answer('c/d CHANGELOG 1.9.0'), []);
    expect(released).toContain('| [c/d CHANGELOG 1.9.0](https://github.com/c/d/blob/HEAD/CHANGELOG.md) |');
    const row = '| [c/d#9](https://github.com/c/d/issues/9) | says \\| it | [y.spec.ts](../../libs/x/y.spec.ts) |';
    expect(page).toContain(row);
    expect(page).toContain(
      '| [e/f#4](https://github.com/e/f/issues/4) | [No magic, yet](../design-decisions/not-here.md#no-magic-yet) |',
    );
  });
});
