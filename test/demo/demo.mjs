/** `npm run demo`: bundles demo.ts and runs it. See there. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../support/processes/bundle.ts';

const folder = await bundle({ entries: { demo: join(import.meta.dirname, 'demo.ts') }, folder: 'demo' });
process.setSourceMapsEnabled(true);
process.chdir(join(import.meta.dirname, '../..'));
// In this process, so that Ctrl-C ends nothing before the demo has ended.
await import(pathToFileURL(join(folder, 'demo.mjs')).href);
