import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** The folder into which typedoc writes the API reference. It is not committed. */
export const apiFolder = 'docs/reference/typedoc';

/** The Markdown files of the repository that are no pages of the site. */
export const excluded = [
  '!(docs|examples|libs)/**/*',
  '!(CHANGELOG|CONTRIBUTING).md',
  'examples/!(README.md)',
  'examples/*/**',
  'libs/*/!(README.md)',
  'libs/*/*/**',
];

/** Returns the path of a page within the site: `docs/tour/README.md` becomes `tour/index.md`. */
export function sitePath(page) {
  return page
    .replace(`${apiFolder}/@nuthatch/`, 'reference/api/')
    .replace(`${apiFolder}/`, 'reference/api/')
    .replace(/^docs\//, '')
    .replace(/(^|\/)README\.md$/, '$1index.md');
}

/**
 * Returns the sidebar. Its sections are those of docs/README.md, so a new page needs a link there. A page of a folder is followed by
 * the pages of that folder that docs/README.md does not name.
 */
export function sidebar() {
  const sections = sectionsOf(read('docs/README.md'));
  const named = new Set(sections.flatMap(({ pages }) => pages.map(({ page }) => page)));
  const items = (pages) => pages.map(({ text, page }) => item(text, page, named));
  return [
    ...sections.map(({ heading, pages }) => section(heading, items(pages))),
    section('API', items(pagesBelow(apiFolder).map(titled))),
    section(
      'Project',
      items(['CONTRIBUTING.md', 'CHANGELOG.md'].filter((page) => existsSync(join(root, page))).map(titled)),
    ),
  ].filter(({ items: { length } }) => length > 0);
}

/** Returns each bold line of a text with the pages that the lines below it link. */
export function sectionsOf(text) {
  const parts = text.split(/^\*\*(.+)\*\*$/m).slice(1);
  return Array.from({ length: parts.length / 2 }, (_, at) => ({
    heading: parts[2 * at],
    pages: Array.from(parts[2 * at + 1].matchAll(/\[([^\]]+)\]\(([^)#]+\.md)\)/g), ([, label, target]) => ({
      text: capitalised(label.replaceAll('`', '')),
      page: posix.join('docs', target),
    })),
  }));
}

function section(text, items) {
  return { text, collapsed: false, items };
}

function item(text, page, named) {
  const link = `/${sitePath(page)
    .replace(/(^|\/)index\.md$/, '$1')
    .replace(/\.md$/, '')}`;
  const isFolder = basename(page) === 'README.md' && page.startsWith('docs/');
  const others = isFolder ? pagesBelow(dirname(page)).filter((other) => other !== page && !named.has(other)) : [];
  if (others.length === 0) return { text, link };
  return { text, link, collapsed: true, items: others.map(titled).map((other) => item(other.text, other.page, named)) };
}

function pagesBelow(folder) {
  return globSync(`${folder}/**/*.md`, { cwd: root }).toSorted();
}

function titled(page) {
  const [, title = page] = /^# (.+)$/m.exec(read(page)) ?? [];
  return { text: title.replaceAll('`', ''), page };
}

function read(page) {
  return readFileSync(join(root, page), 'utf8');
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
