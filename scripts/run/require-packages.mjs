/** Ends an npm script with one line when packages are missing or outdated. Needs no package. */
import './require-node.mjs';
import { join } from 'node:path';
import { packagesMatch } from '../install/packages.mjs';

if (!packagesMatch(join(import.meta.dirname, '../..'))) {
  console.error('node_modules does not match package-lock.json. Run: node scripts/run/install.mjs');
  process.exit(1);
}
