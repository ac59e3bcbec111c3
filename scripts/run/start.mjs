/**
 * `npm start`: builds the application when needed, then runs it in this process. So the supervisor's signals reach the
 * application, and its exit code reaches the supervisor.
 */
import './require-node.mjs';
import { pathToFileURL } from 'node:url';
import { buildIfNeeded, main } from './build-if-needed.mjs';

await buildIfNeeded();
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
