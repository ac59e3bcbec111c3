/**
 * `npm start`: builds when needed, then becomes the app. In this very process, so that signals reach the app, its exit code
 * is the exit code, and nothing stands between it and whoever supervises it.
 */
import { pathToFileURL } from 'node:url';
import { buildIfNeeded, main } from './build-if-needed.mjs';

buildIfNeeded();
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
