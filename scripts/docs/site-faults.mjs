import { posix } from 'node:path';

/**
 * Returns the faults of a built site: links that lead nowhere, pages without an entry in the sidebar, and what a browser would
 * request from another host.
 * @param pages the HTML of each page by its path, such as `tour/index.html`
 * @param files the paths of all files of the site
 */
export function siteFaults(pages, files) {
  const anchors = new Map([...pages].map(([path, html]) => [path, anchorsOf(html)]));
  return [...pages].flatMap(([path, html]) => [
    ...deadLinks(path, html, { files, anchors }).map((href) => `${path}: the link ${href} leads nowhere`),
    ...foreignRequests(html).map((tag) => `${path}: requests something from another host: ${tag}`),
    ...(/<meta http-equiv="content-security-policy" content="default-src 'self'/.test(html)
      ? []
      : [`${path}: has no policy that forbids requests to other hosts`]),
  ]);
}

/** Returns the pages that the sidebar of the first page does not name. */
export function unlistedPages(pages) {
  const [, sidebar = ''] = /<aside class="VPSidebar"(.*?)<\/aside>/s.exec(pages.get('index.html') ?? '') ?? [];
  const listed = new Set(hrefsOf(sidebar).map((href) => fileOf(href, 'index.html')));
  return [...pages.keys()].filter((path) => !['index.html', '404.html'].includes(path) && !listed.has(path));
}

function deadLinks(path, html, { files, anchors }) {
  return hrefsOf(html).filter((href) => {
    if (/^[a-z]+:/.test(href)) return false;
    const file = fileOf(href, path);
    const [, anchor] = href.split('#', 2);
    if (!files.has(file)) return true;
    return Boolean(anchor) && anchors.has(file) && !anchors.get(file).has(decodeURIComponent(anchor));
  });
}

/** Returns the path of the file that a server sends for a link. */
function fileOf(href, from) {
  const [path] = href.split(/[?#]/, 1);
  if (path === '') return from;
  const full = posix.join('/', path.startsWith('/') ? path : posix.join(posix.dirname(from), path)).slice(1);
  return decodeURI(full === '' || full.endsWith('/') ? `${full}index.html` : full);
}

function hrefsOf(html) {
  return Array.from(html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g), ([, href]) => href.replaceAll('&amp;', '&'));
}

function anchorsOf(html) {
  return new Set(Array.from(html.matchAll(/\sid="([^"]+)"/g), ([, id]) => id));
}

/** Links are followed by readers; the browser itself requests what other tags name. */
function foreignRequests(html) {
  return Array.from(
    html.matchAll(/<(?!a\b)[a-z][^>]*?\s(?:src|href|srcset|data|poster|action)="(?:https?:)?\/\/[^>]*>/g),
    ([tag]) => tag,
  );
}
