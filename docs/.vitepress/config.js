import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { defineConfig } from 'vitepress';
import { headingAnchor } from '../../scripts/docs/heading-anchor.mjs';
import { mermaidBlocks, siteLinks } from './links.js';
import { excluded, root, sidebar, sitePath } from './pages.js';

const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const address = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

/** Forbids every request to another host, so that the site works without internet. VitePress writes inline scripts and styles. */
const policy = "default-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; form-action 'none'";

const isPage = (file) =>
  file.endsWith('.md') && existsSync(join(root, file)) && !excluded.some((glob) => matchesGlob(file, glob));

/** Resolves the imports of pages outside of docs/, such as those of the libraries, from the packages in docs/. */
const packagesOfTheSite = {
  name: 'packages-of-the-site',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!importer?.endsWith('.md') || !/^vue(?:\/|$)/.test(source)) return undefined;
    return this.resolve(source, import.meta.filename, { skipSelf: true });
  },
};

export default defineConfig({
  title: 'Nuthatch',
  description: 'A caching library for NestJS with two tiers: the memory of the process and Redis.',
  lang: 'en',
  // The pages are where readers of the repository expect them.
  srcDir: '..',
  srcExclude: excluded,
  rewrites: sitePath,
  outDir: 'dist',
  base: process.env.DOCS_BASE ?? '/',
  cacheDir: '../node_modules/.cache/nuthatch/vitepress',
  metaChunk: true,
  head: [
    ['meta', { 'http-equiv': 'content-security-policy', content: policy }],
    // An empty icon keeps the browser from a request for one.
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  markdown: {
    anchor: { slugify: headingAnchor },
    config: (md) => {
      siteLinks(md, { isPage, repository: address });
      mermaidBlocks(md);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: sidebar(),
    outline: [2, 3],
    nav: [
      { text: 'Walkthrough', link: '/walkthrough' },
      { text: 'Recipes', link: '/recipes/cache-a-response' },
      { text: 'Options', link: '/reference/options' },
      { text: 'API', link: '/reference/api/' },
    ],
    socialLinks: [{ icon: 'github', link: address }],
    externalLinkIcon: true,
  },
  vite: {
    build: { chunkSizeWarningLimit: 3_000 },
    ssr: { external: ['vue', 'vue/server-renderer'] },
    plugins: [packagesOfTheSite],
  },
});
