/** `npm test`: builds the application if the tests start it, then becomes Vitest and passes its arguments on. */
import './require-node.mjs';
import { buildIfNeeded } from './build-if-needed.mjs';
import { needsBuild, vitestArguments } from './test-arguments.mjs';

const args = vitestArguments(process.argv.slice(2));
if (needsBuild(args)) await buildIfNeeded();
process.argv.splice(2, Infinity, 'run', ...args);
await import('../../node_modules/vitest/vitest.mjs');
