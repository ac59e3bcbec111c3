/** `npm run test:examples -- --tarballs <folder>`: runs the examples with our packed libraries, or else with the sources. */
import '../../scripts/run/require-node.mjs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const options = { tarballs: { type: 'string' }, update: { type: 'boolean', short: 'u' } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
if (values.tarballs !== undefined) process.env.EXAMPLES_TARBALLS = resolve(values.tarballs);
const only = positionals.length === 0 ? [] : ['--testNamePattern', positionals.join('|')];
const update = values.update ? ['--update'] : [];
process.argv.splice(2, Infinity, 'run', '--config', 'test/examples/vitest.config.ts', ...only, ...update);
await import('../../node_modules/vitest/vitest.mjs');
