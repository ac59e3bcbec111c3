/** Unpacks curl for `npm run test:tools` when the machine has none: the pages of the documentation use it. */
import { isInstalled, unpackDebian } from '../run/unpack-debian.mjs';

if (!isInstalled('curl')) await unpackDebian('curl', ['curl']);
