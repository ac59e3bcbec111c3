import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { sourceFiles } from '../source-files.mjs';

/** Links between our pages lead somewhere, the file exists and the heading too; and so does every file that is named. */
export async function checkDocs(root) {
  const files = await sourceFiles(root, /./);
  const pages = files.filter((file) => file.endsWith('.md'));
  const texts = new Map(await Promise.all(pages.map(async (page) => [page, await readFile(join(root, page), 'utf8')])));
  return [...linkFaults(texts, (path) => existsSync(join(root, path))), ...nameFaults(texts, files)];
}

/** Files that are named as code: by the whole path, or by the end of it. */
export function nameFaults(texts, files) {
  const ends = new Set(files.flatMap((file) => file.split('/').map((_, from, parts) => parts.slice(from).join('/'))));
  const asCode = /`([\w@.-]+(?:\/[\w@.-]+)*\.(?:ts|mjs|lua|md|json|yaml|http))`/g;
  const inDrawings = /\s((?:apps|libs|test|scripts|docs)\/[\w@./-]+\.\w+)/g;
  return [...texts].flatMap(([page, text]) =>
    [asCode, inDrawings]
      .flatMap((pattern) => [...text.matchAll(pattern)].map(([, path]) => path))
      .filter((path) => !ends.has(path))
      .map((path) => `${page}: there is no ${path}`),
  );
}

export function linkFaults(texts, exists) {
  return [...texts].flatMap(([page, text]) =>
    links(text).flatMap((link) => {
      const [path, heading] = decodeURI(link).split('#');
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      if (!exists(target)) return [`${page}: ${link} leads nowhere`];
      const there = texts.get(target);
      return heading && there !== undefined && !headings(there).has(heading)
        ? [`${page}: ${link} names no heading`]
        : [];
    }),
  );
}

function links(text) {
  const inline = /\]\(<?([^)>\s]+)>?(?:\s+"[^"]*")?\)/g;
  const reference = /^\[[^\]]+\]:\s+(\S+)/gm;
  const html = /\b(?:href|src)="([^"]+)"/g;
  const prose = withoutCode(text);
  return [inline, reference, html]
    .flatMap((pattern) => [...prose.matchAll(pattern)].map(([, link]) => link))
    .filter((link) => !/^([a-z]+:|\/\/)/i.test(link));
}

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces, a number from the second of the same name on. */
function headings(text) {
  const seen = new Map();
  const explicit = [...text.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id]) => id);
  const made = [...text.replaceAll(/^(```|~~~).*?^\1/gms, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, title]) => {
    const words = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '').replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
  return new Set([...explicit, ...made]);
}

function withoutCode(text) {
  return text.replaceAll(/^(```|~~~).*?^\1/gms, '').replaceAll(/`[^`\n]*`/g, '');
}
