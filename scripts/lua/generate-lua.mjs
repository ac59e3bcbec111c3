/**
 * Writes libs/cache/src/redis/scripts.generated.ts from the Lua files, each of which is one step: the text of a script that takes the
 * step for any number of keys (a bundle finds no files at run time), its SHA-1, and the names of the arguments of a step. With --check it compares, and fails on a difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindingOf } from './lua-binding.mjs';

const folder = join(import.meta.dirname, '../../libs/cache/src/redis/scripts');
const target = join(folder, '../scripts.generated.ts');

const scripts = readdirSync(folder)
  .filter((file) => file.endsWith('.lua'))
  .toSorted()
  .map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return bindingOf(file, text);
  });

const generated = `// Made by npm run generate:lua from scripts/*.lua; do not edit.
import type { RedisScript } from './steps/run-script.js';

${scripts.join('\n')}`;

if (!process.argv.includes('--check')) writeFileSync(target, generated);
else if (readFileSync(target, 'utf8') !== generated) {
  process.stderr.write('scripts.generated.ts does not match the Lua scripts. Run: npm run generate:lua\n');
  process.exitCode = 1;
}
