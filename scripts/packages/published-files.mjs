import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/**
 * Returns the declarations whose names an application can import. The others only describe parts of these, so their doc comments would
 * be a third of the package, for no reader.
 */
export function documentedDeclarations(folder, { exports }) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const path of relativeExports(readFileSync(join(folder, file), 'utf8'))) {
      visit(join(dirname(file), path.replace(/\.js$/, '.d.ts')));
    }
  };
  for (const { types } of Object.values(exports)) if (types) visit(join(types));
  return reached;
}

/** Returns the relative paths from which a declaration exports. */
function relativeExports(text) {
  return [...text.matchAll(/^export [^;]*?\bfrom (['"])(\.{1,2}\/.*?)\1/gm)].map(([, , path]) => path);
}

/** Returns a declaration without its comments. */
export function withoutComments(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return ts.createPrinter({ removeComments: true }).printFile(source);
}

/** Returns a page of the repository with absolute links, because the package contains no other page. */
export function withAbsoluteLinks(markdown, { repository: { url, directory } }) {
  const page = new URL(`${url.replace(/^git\+|\.git$/g, '')}/blob/main/${directory}/`);
  return markdown.replaceAll(/(?<=\]\()\.{1,2}\/[^)\s]*/g, (link) => new URL(link, page).href);
}
