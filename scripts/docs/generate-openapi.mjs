/** Writes docs/reference/openapi.json from the routes and their schemas. With --check it compares, and fails on a difference. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import prettier from 'prettier';
import { buildIfNeeded, main } from '../run/build-if-needed.mjs';

const path = join(import.meta.dirname, '../../docs/reference/openapi.json');

await buildIfNeeded();
const program = join(dirname(main), 'print-openapi.js');
const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', maxBuffer: 2 ** 26 });
if (status !== 0) fail(stderr);

const text = await prettier.format(stdout, { ...(await prettier.resolveConfig(path)), filepath: path });
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (read() !== text) fail('docs/reference/openapi.json does not match the routes. Run: npm run generate:openapi');

function read() {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function fail(message) {
  process.stderr.write(`${message.trim()}\n`);
  process.exit(1);
}
