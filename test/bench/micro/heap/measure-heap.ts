import { ChildWorker } from '../../../support/processes/child-worker.js';
import type { Report } from '../figures.js';
import { type HeapRow, heapReport } from './heap-report.js';
import type { HeapCommands, HeapOptions, Holder } from './heap-worker.js';

const HOLDERS: readonly (Omit<HeapRow, 'bytes'> & { readonly id: Holder })[] = [
  { id: 'lru-cache', name: 'lru-cache of the object' },
  { id: 'cache-manager', name: 'cache-manager' },
  { id: 'bentocache', name: 'bentocache' },
  { id: 'bentocache-references', name: 'bentocache, serialize: false' },
  // Without Redis, the process holds the record besides the entry.
  { id: 'nuthatch', name: 'nuthatch, in process', atMost: 1_200 },
  { id: 'nuthatch-redis', name: 'nuthatch, with Redis', atMost: 800 },
];

const FILLED_WITHIN_MS = 60_000;

/** Measures the heap of an entry. Each library fills its memory in a process of its own. */
export async function measureHeap(program: string, redisUrl: string): Promise<Report> {
  const rows: HeapRow[] = [];
  for (const { id, ...row } of HOLDERS) {
    const worker = new ChildWorker<HeapCommands, HeapOptions>(program, { holder: id, redisUrl });
    try {
      rows.push({ ...row, bytes: await worker.send('bytesPerEntry', undefined, FILLED_WITHIN_MS) });
    } finally {
      await worker.kill();
    }
  }
  return heapReport(rows);
}
