import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns the paths of the declarations that an entry in `exports` reaches. No program can see the other ones. */
export function publicDeclarations(folder, { exports }) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const path of relativeImports(readFileSync(join(folder, file), 'utf8'))) {
      visit(join(dirname(file), path.replace(/\.js$/, '.d.ts')));
    }
  };
  for (const { types } of Object.values(exports)) if (types) visit(join(types));
  return reached;
}

/** Returns the relative paths that a declaration imports. */
export function relativeImports(text) {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*(['"])(\.{1,2}\/.*?)\1/g)].map(([, , path]) => path);
}

/** Returns a page of the repository with absolute links, because the package contains no other page. */
export function withAbsoluteLinks(markdown, { repository: { url, directory } }) {
  const page = new URL(`${url.replace(/^git\+|\.git$/g, '')}/blob/main/${directory}/`);
  return markdown.replaceAll(/(?<=\]\()\.{1,2}\/[^)\s]*/g, (link) => new URL(link, page).href);
}
