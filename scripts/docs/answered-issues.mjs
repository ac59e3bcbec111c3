import ts from 'typescript';
import { headingAnchor } from './heading-anchor.mjs';

/**
 * Returns the issues of other libraries that a text names: `owner/repository#1`, `owner/repository PR #1`, `repository CHANGELOG
 * 1.2.3`, `repository README "A heading"`. A number without a repository, as in `a/b#1, #2`, belongs to the repository before it.
 */
export function issuesIn(text) {
  const pattern =
    /(?<name>[\w.-]+(?:\/[\w.-]+)?)(?: CHANGELOG (?<release>\d+(?:\.\d+)+)| README "(?<heading>[^"]+)"|(?: PR )?#(?<number>\d+))|#(?<more>\d+)/g;
  const issues = [];
  let repository;
  for (const { groups } of text.replaceAll(/\(cited in [^)]*\)/g, '').matchAll(pattern)) {
    const { name = repository, release, heading, number = groups.more } = groups;
    repository = name;
    if (repository) issues.push({ repository, number: Number(number ?? 0), release, heading });
  }
  return issues;
}

/** Returns what the tests of a file claim about issues. @throws when a title names an issue in its middle. */
export function answersOf(file, text) {
  return titlesIn(file, text).flatMap(({ title, within }) => {
    const { named, says: said } = partsOf(title);
    if (/[\w-]\/[\w.-]+(?: PR )?#\d/.test(said)) {
      throw new Error(`${file}: name the issues in parentheses at the end of the title: ${title}`);
    }
    const path = [...within.map((outer) => partsOf(outer).says), said].join(' › ');
    // A list of cases after the sentence is useless without the cases.
    const says = path.replaceAll(/%[a-z#]|\$[a-z][\w.]*/gi, '…').replace(/: …$/, '');
    return issuesIn(named).map((issue) => ({ issue, says, file }));
  });
}

/** The issues stand in parentheses at the end of a title, or before " · " at its beginning. */
function partsOf(title) {
  const [, fact = title, pointer = ''] = /^(.+) \(((?:[^()]|\([^()]*\))+)\)$/s.exec(title) ?? [];
  if (issuesIn(pointer).length > 0) return { named: pointer, says: fact };
  const [, named = '', says = title] = /^(.+?) · (.+)$/s.exec(title) ?? [];
  return issuesIn(named).length > 0 ? { named, says } : { named: '', says: title };
}

/** Returns the decisions of a page, each with its heading, that name the issues which asked for the opposite. */
export function reasonsOf(page) {
  let section = '';
  return page.split(/\n{2,}/).flatMap((paragraph) => {
    section = /^## (.+)$/.exec(paragraph)?.[1] ?? section;
    const asked = paragraph.split('_Asked in:_')[1];
    return asked && section ? issuesIn(asked).map((issue) => ({ issue, section })) : [];
  });
}

/** Returns the page that lists all answers and reasons. */
export function answeredIssues(answers, reasons) {
  const tests = table(['issue', 'what the test shows', 'where'], answers, ({ says, file }) => [
    says,
    `[${file.split('/').at(-1)}](../../${file})`,
  ]);
  const absent = table(['issue', 'why'], reasons, ({ section }) => [
    `[${section}](../design-decisions/not-here.md#${headingAnchor(section)})`,
  ]);
  return `<!-- Made by npm run generate:answers; do not edit. -->

# Answered issues

Issues that users of other caching libraries reported or asked for, and the tests that show how Nuthatch
behaves. The title of each test names its issues.

${tests}

## Not implemented

${absent}
`;
}

function table(columns, entries, cells) {
  const rows = entries
    .toSorted((a, b) => order(a, b))
    .map((entry) => [link(entry.issue), ...cells(entry).map(oneLine)].map((cell) => cell.replaceAll('|', '\\|')));
  const lines = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [...new Set(lines)].join('\n');
}

function order(a, b) {
  const [one, other] = [a, b].map(({ issue, says, section, file = '' }) =>
    [nameOf(issue), file, says ?? section].join(' '),
  );
  return one.localeCompare(other, 'en', { numeric: true, sensitivity: 'base' });
}

function nameOf({ repository, number, release, heading }) {
  if (heading) return `${repository} README "${heading}"`;
  return release ? `${repository} CHANGELOG ${release}` : `${repository}#${number}`;
}

function link(issue) {
  const { repository, number, release, heading } = issue;
  if (heading || !repository.includes('/')) return nameOf(issue);
  const path = release ? 'blob/HEAD/CHANGELOG.md' : `issues/${number}`;
  return `[${nameOf(issue)}](https://github.com/${repository}/${path})`;
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, ' ');
}

/** Returns the titles of `it`, `test` and `describe` with those around them. A table that begins a title gives one title per row. */
function titlesIn(file, text) {
  const titles = [];
  const visit = (within) => (node) => {
    const isCase = ts.isCallExpression(node) && /^(it|test|describe)\b/.test(node.expression.getText());
    const template = isCase ? titleOf(node.arguments[0]) : undefined;
    if (template === undefined) return ts.forEachChild(node, visit(within));
    const rows = ts.isCallExpression(node.expression) ? rowsOf(node.expression.arguments[0]) : [];
    const isByRow = template.startsWith('%s') && rows.length > 0;
    for (const title of isByRow ? rows.map((row) => filled(template, row)) : [template]) titles.push({ title, within });
    return ts.forEachChild(node, visit([...within, template]));
  };
  visit([])(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return titles;
}

/** Returns a literal title, or the name of the described class or function: `Cache` or `Cache.name`. */
function titleOf(node) {
  if (!node) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'name') return node.expression.getText();
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

function rowsOf(node) {
  const rows = node && ts.isArrayLiteralExpression(node) ? [...node.elements] : [];
  return rows.map((row) => (ts.isArrayLiteralExpression(row) ? [...row.elements] : [row]).map(textOf));
}

function textOf(node) {
  return ts.isStringLiteralLike(node) ? node.text : '…';
}

function filled(template, row) {
  return row.reduce((title, cell) => title.replace('%s', () => cell), template);
}
