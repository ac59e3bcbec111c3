import { ChildWorker } from '../../../support/processes/child-worker.js';
import type { Report } from '../figures.js';
import { type HeapRow, heapReport } from './heap-report.js';
import type { HeapCommands, HeapOptions, Holder } from './heap-worker.js';

const HOLDERS: readonly (Omit<HeapRow, 'bytes'> & { readonly id: Holder })[] = [
  { id: 'lru-cache', name: 'lru-cache of the object', ours: false },
  { id: 'cache-manager', name: 'cache-manager', ours: false },
  { id: 'bentocache', name: 'bentocache', ours: false },
  { id: 'bentocache-references', name: 'bentocache, serialize: false', ours: false },
  { id: 'nuthatch', name: 'nuthatch, in process', ours: true },
  { id: 'nuthatch-redis', name: 'nuthatch, with Redis', ours: true },
];

const FILLED_WITHIN_MS = 60_000;

/** Measures the heap of an entry. Each library fills its memory in a process of its own. */
export async function measureHeap(program: string, redisUrl: string): Promise<Report> {
  const rows: HeapRow[] = [];
  for (const { id, name, ours } of HOLDERS) {
    const worker = new ChildWorker<HeapCommands, HeapOptions>(program, { holder: id, redisUrl });
    try {
      rows.push({ name, ours, bytes: await worker.send('bytesPerEntry', undefined, FILLED_WITHIN_MS) });
    } finally {
      await worker.kill();
    }
  }
  return heapReport(rows);
}
