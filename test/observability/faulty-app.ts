import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../support/processes/bundle.js';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js';

const sources = join(import.meta.dirname, '../../apps/api/src');
const TAGS = 'tags: ({ userId }) => [ordersTag(userId), userTag(userId)]';
const FAULTY_TAGS = 'tags: ({ userId }) => [ordersTag(userId)]';

/** Bundles the API with a fault: a page of orders contains the name of its user, and lacks the tag of the user. Returns the program. */
export async function bundleFaultyApp(): Promise<string> {
  const copy = await temporaryFolder('faulty-app');
  try {
    await cp(sources, copy, { recursive: true });
    const policies = join(copy, 'orders/orders.cache.ts');
    const text = await readFile(policies, 'utf8');
    if (!text.includes(TAGS)) throw new Error(`orders.cache.ts does not have "${TAGS}".`);
    await writeFile(policies, text.replace(TAGS, FAULTY_TAGS));
    return join(await bundle({ entries: { main: join(copy, 'main.ts') }, folder: 'faulty-app' }), 'main.mjs');
  } finally {
    await removeFolder(copy);
  }
}
