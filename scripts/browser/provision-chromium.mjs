/** Unpacks Chromium for `npm run test:browser` when the machine has none. */
import { isInstalled, unpackDebian } from '../process/unpack-debian.mjs';

if (!isInstalled('chromium', 'google-chrome')) await unpackDebian('chromium', ['chromium', 'fonts-dejavu-core']);
