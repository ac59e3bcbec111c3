import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './folders.js';

/** Returns the files that the README of the cache shows, without their first line, and the output below the first of them. */
export async function readmeFiles(): Promise<{ readonly files: ReadonlyMap<string, string>; readonly shown: string }> {
  const text = await readFile(join(root, 'libs/cache/README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
  const named = blocks.flatMap(({ language, code }) => {
    const [first, name] = /^\/\/ ([\w.-]+\.ts)\n/.exec(code) ?? [];
    return language === 'ts' && first && name ? [[name, code.slice(first.length)] as const] : [];
  });
  return { files: new Map(named), shown: blocks.find(({ language }) => language === '')?.code ?? '' };
}

/** Returns the output of an example without the remaining times of entries, which vary. */
export function asPublished(output: string): string {
  return output.replaceAll(/\bttl=\d+/g, 'ttl=…');
}
