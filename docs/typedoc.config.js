import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { apiFolder, root } from './.vitepress/pages.js';

/** The public entries: tsconfig.json maps the name of each to its source. */
const { config } = ts.parseConfigFileTextToJson('tsconfig.json', readFileSync(join(root, 'tsconfig.json'), 'utf8'));
export const entries = Object.entries(config.compilerOptions.paths).map(([name, [source]]) => [
  name,
  join(root, source),
]);

/** Writes the reference of the packages as Markdown, one page per entry. `npm run verify` checks the types. */
export default {
  plugin: ['typedoc-plugin-markdown', join(import.meta.dirname, 'typedoc-names.js')],
  tsconfig: join(import.meta.dirname, 'tsconfig.json'),
  entryPoints: entries.map(([, source]) => source),
  out: join(root, apiFolder),
  name: 'API reference',
  outputFileStrategy: 'modules',
  entryFileName: 'README',
  readme: 'none',
  skipErrorChecking: true,
  disableSources: true,
  excludeExternals: true,
  excludePrivate: true,
  excludeInternal: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  // The theme numbers equal headings in its own way, so links need anchors of their own.
  useHTMLAnchors: true,
  anchorPrefix: 'api-',
  useHTMLEncodedBrackets: true,
  sanitizeComments: true,
};
