/** `npm run test:deploy`: provides the programs and the build that the tests start, then becomes Vitest and passes its arguments on. */
import { buildIfNeeded } from '../run/build-if-needed.mjs';
import { kubectlProgram } from './provision-kubectl.mjs';
import { provisionNginx } from './provision-nginx.mjs';

await provisionNginx();
kubectlProgram();
await buildIfNeeded();
const vitest = ['run', '--config', 'test/deploy/vitest.config.ts', '--project=deploy'];
process.argv.splice(2, Infinity, ...vitest, ...process.argv.slice(2));
await import('../../node_modules/vitest/vitest.mjs');
