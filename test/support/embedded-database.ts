import { randomUUID } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbedded } from '../../apps/api/src/database/embedded/embedded.js';
import { removeFolder, temporaryFolder } from './temporary-folder.js';

/** Creates an embedded PostgreSQL without tables. Tests copy its folder, because that is ten times faster than a new database. */
export async function prepareEmbedded() {
  const folder = await temporaryFolder('embedded');
  const engine = await openEmbedded(join(folder, 'prepared'));
  await engine.close();
  return { folder, remove: () => removeFolder(folder) };
}

/** Copies the database of {@link prepareEmbedded} and returns the copy, a value of `DATA_DIR`. The end of the run removes it. */
export async function copyEmbedded(folder: string, copy = join(folder, randomUUID())): Promise<string> {
  await cp(join(folder, 'prepared'), copy, { recursive: true });
  return copy;
}
