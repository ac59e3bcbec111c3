import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The published libraries. Each imports only those before it. */
export const libraries = ['redis', 'cache', 'health', 'observability', 'admin', 'dashboard'].map((name) => {
  const folder = join(root, 'libs', name);
  return { name, folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) };
});
