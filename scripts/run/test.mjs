/** `npm test`: builds the app, which e2e tests start, then becomes vitest. Arguments are vitest's: `npm test -- users`. */
import { buildIfNeeded } from './build-if-needed.mjs';

buildIfNeeded();
process.argv.splice(2, 0, 'run');
await import('../../node_modules/vitest/vitest.mjs');
