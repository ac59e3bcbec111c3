/** Checks docs/dist, which `npm run docs:build` wrote: links, sidebar, search, and that nothing comes from another host. */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { siteFaults, unlistedPages } from './site-faults.mjs';

const site = join(import.meta.dirname, '../../docs/dist');

/** A search for the word must find the page. */
const known = { word: 'stampede', page: '/concepts/stampede.html' };

const files = new Set(globSync('**', { cwd: site }));
const pages = new Map(
  [...files].filter((file) => file.endsWith('.html')).map((file) => [file, readFileSync(join(site, file), 'utf8')]),
);
const faults = [
  ...siteFaults(pages, files),
  ...unlistedPages(pages).map((path) => `${path} is not in the sidebar: link its page in docs/README.md`),
  ...(await searchFaults()),
  ...foreignStyles(),
];
console.log(faults.length === 0 ? `The site has ${pages.size} pages and no faults.` : faults.join('\n'));
process.exitCode = faults.length === 0 ? 0 : 1;

/** Searches as the page does: VitePress writes an index of minisearch. */
async function searchFaults() {
  const [index] = globSync('assets/chunks/@localSearchIndex*.js', { cwd: site });
  if (!index) return ['The site has no search index.'];
  const { default: MiniSearch } = await import(
    pathToFileURL(createRequire(join(site, '../package.json')).resolve('minisearch')).href
  );
  const { default: json } = await import(pathToFileURL(join(site, index)).href);
  const search = MiniSearch.loadJSON(json, { fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'] });
  const found = search.search(known.word).map(({ id }) => id.split('#', 1)[0]);
  return found.includes(known.page) ? [] : [`A search for "${known.word}" does not find ${known.page}.`];
}

function foreignStyles() {
  return [...files]
    .filter((file) => file.endsWith('.css'))
    .filter((file) => /(?:url\(|@import)\s*["']?(?:https?:)?\/\//.test(readFileSync(join(site, file), 'utf8')))
    .map((file) => `${file} requests something from another host`);
}
