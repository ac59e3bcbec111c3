import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

/**
 * Replaces the text between the markers of each name, and leaves the hand-written prose around it. A marker has a line of its own,
 * and the prefix of that line (`> `) becomes the prefix of each line of the figures.
 */
export function withFigures(page: string, figures: ReadonlyMap<string, string>): string {
  return [...figures].reduce((text, [name, content]) => {
    const lines = text.split('\n');
    const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`].map((marker) =>
      lines.findIndex((line) => line.endsWith(marker)),
    );
    if (from === undefined || to === undefined || from < 0 || to < from) {
      throw new Error(`The page has no place for "${name}".`);
    }
    const prefix = lines[from]?.slice(0, lines[from].indexOf('<!--')) ?? '';
    const quoted = ['', ...content.split('\n'), ''].map((line) => `${prefix}${line}`.trimEnd());
    return [...lines.slice(0, from + 1), ...quoted, ...lines.slice(to)].join('\n');
  }, page);
}

export async function writePage(path: string, figures: ReadonlyMap<string, string>): Promise<void> {
  const page = withFigures(await readFile(path, 'utf8'), figures);
  const options = { ...(await resolveConfig(path)), filepath: path, proseWrap: 'always' } as const;
  await writeFile(path, await format(page, options));
}
