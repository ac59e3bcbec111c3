import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { root, sitePath } from './pages.js';

/**
 * Makes the links of the Markdown sources work on the site: a link to a page leads to its path there, and a link to another file of
 * the repository leads to the file in `repository`. VitePress reports a link to a page that does not exist.
 */
export function siteLinks(md, { isPage, repository }) {
  md.core.ruler.push('site-links', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href && !/^(?:[a-z]+:|#|\/)/.test(href)) token.attrSet('href', target(href, env.realPath ?? env.path));
    }
  });

  function target(href, page) {
    const [path, anchor] = href.split('#', 2);
    const file = relative(root, join(dirname(page), decodeURI(path)))
      .split(sep)
      .join('/');
    const after = anchor === undefined ? '' : `#${anchor}`;
    if (isPage(file)) return `/${sitePath(file)}${after}`;
    const place = join(root, file);
    if (!existsSync(place)) return href;
    return `${repository}/${statSync(place).isDirectory() ? 'tree' : 'blob'}/main/${file}${after}`;
  }
}

/** Shows a `mermaid` block as a drawing: see theme/mermaid-drawing.js. */
export function mermaidBlocks(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'mermaid') return fence(tokens, index, ...rest);
    return `<MermaidDrawing source="${encodeURIComponent(content)}"></MermaidDrawing>\n`;
  };
}
