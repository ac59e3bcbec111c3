import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const examples = join(root, 'examples');
/** Outside of the repository, so that an example finds only the packages that are installed for the examples. */
export const work = join(tmpdir(), `nuthatch-examples-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`);
