/** Unpacks curl for `npm run test:tools` when the machine has none: the pages of the documentation use it. */
import { isInstalled, unpackDebian } from '../process/unpack-debian.mjs';

if (!isInstalled('curl')) await unpackDebian('curl', ['curl']);
