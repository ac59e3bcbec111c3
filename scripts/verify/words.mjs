/** `node scripts/verify/words.mjs` lists the words of this list in pages, comments, messages and test titles; `--count` counts them. */
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.mjs';

/** Each hides who does what, or is no idiom. The subject is a thing with a name: the instance, the client, the entry. */
const words = [
  'nobody',
  'somebody',
  'anybody',
  'whoever',
  'anew',
  'what says nothing',
  'behind (?:\\S+ ){1,4}backs?',
  'who is there',
  '(?:is|are) told',
  'goes on',
  'stands (?:in|for)',
  'that of',
];

const excluded = new Map([
  ['docs/reference/answered-issues.md', 'generated from test titles, which are checked in their own files'],
  ['scripts/verify/words.mjs', 'the list itself'],
  ['scripts/verify/words.spec.mjs', 'tests of the list'],
  ['test/support/postgres-server.ts', 'nobody is the user that runs the server'],
]);

/** A line may end within a phrase, and the next line of a comment or a quotation begins with a mark. */
const gap = String.raw`(?:\s|\*|//|--|>|#)+`;
const pattern = new RegExp(`(?<![\\w-])(?:${words.join('|').replaceAll(' ', gap)})(?![\\w-])`, 'gi');

export async function checkWords(root) {
  const files = (await sourceFiles(root, /(?:\.(?:md|[cm]?[jt]s|lua|ya?ml|http)|Dockerfile)$/)).filter(
    (file) => !excluded.has(file),
  );
  const faults = files.map(async (file) => wordFaults(file, await readFile(join(root, file), 'utf8')));
  return (await Promise.all(faults)).flat();
}

export function wordFaults(file, text) {
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => {
    const line = text.slice(0, index).split('\n').length;
    return `${file}:${line} "${found.replaceAll(new RegExp(gap, 'g'), ' ')}": name the thing that acts, in the usual words`;
  });
}

if (realpathSync(process.argv[1] ?? '') === import.meta.filename) {
  const faults = await checkWords(join(import.meta.dirname, '../..'));
  const folders = Map.groupBy(
    faults,
    (fault) => fault.split(':')[0].split('/').slice(0, -1).slice(0, 3).join('/') || '.',
  );
  const counts = [...folders]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([folder, found]) => `${String(found.length).padStart(5)}  ${folder}`);
  console.log(
    (process.argv.includes('--count') ? [...counts, `${String(faults.length).padStart(5)}  in all`] : faults).join(
      '\n',
    ),
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
}
