/** `npm run --silent release:notes -- v0.2.0` prints the section of CHANGELOG.md for a tag. Fails if a package has another version. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notesOf } from './changes.mjs';

const root = join(import.meta.dirname, '../..');
const text = (path) => readFileSync(join(root, path), 'utf8');
const [tag = `v${JSON.parse(text('package.json')).version}`] = process.argv.slice(2);

const faults = globSync('{package.json,libs/*/package.json}', { cwd: root })
  .filter((path) => `v${JSON.parse(text(path)).version}` !== tag)
  .map(
    (path) =>
      `${path} has version ${JSON.parse(text(path)).version}, and the tag is ${tag}. Run: npm run release:version`,
  );
const notes = notesOf(text('CHANGELOG.md'), tag.slice(1));
if (!notes) faults.push(`CHANGELOG.md has no section ${tag.slice(1)}.`);

if (faults.length > 0) console.error(faults.join('\n'));
else console.log(notes);
process.exitCode = faults.length === 0 ? 0 : 1;
