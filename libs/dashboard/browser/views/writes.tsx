import { get } from '../api.js';
import { milliseconds, time } from '../format.js';
import { usePolling } from '../polling.js';
import { receivers } from './receivers.js';
import { Table } from '../table.js';
import type { JournalEntry, Miss } from '../types.js';

/** A token may send 120 requests per minute, and several people may have the same view open. */
const EVERY_MS = 4_000;

/** The last writes, invalidations and misses of the instance that answers. */
export function Writes() {
  const journal = usePolling(() => get<readonly JournalEntry[]>('journal?limit=50'), EVERY_MS);
  const misses = usePolling(() => get<readonly Miss[]>('misses?limit=50'), EVERY_MS);
  const error = journal.error ?? misses.error;
  return (
    <>
      {error !== undefined && <p role="alert">{error}</p>}
      <h2>Writes and invalidations</h2>
      <p>Of one instance, the newest first.</p>
      <Table
        label="Writes and invalidations"
        columns={['time', 'kind', 'by', 'took', 'applied', 'received by', 'records and tags']}
      >
        {journal.data?.map((entry, place) => (
          <tr key={place}>
            <td>{time(entry.at)}</td>
            <td>{entry.kind}</td>
            <td>{entry.who ?? '–'}</td>
            <td>{milliseconds(entry.durationMs)}</td>
            <td class={entry.appliedAt === undefined ? 'alarm' : undefined}>
              {entry.appliedAt === undefined ? 'pending' : time(entry.appliedAt)}
            </td>
            <td class="names">{receivers(entry)}</td>
            <td class="names">
              {[...entry.recordKeys, ...entry.tags].join(' ')}
              {entry.names > entry.recordKeys.length + entry.tags.length && ` … ${entry.names} in all`}
            </td>
          </tr>
        ))}
      </Table>
      <h2>Misses</h2>
      <Table label="Misses" columns={['time', 'cache', 'reason', 'record', 'invalidated']}>
        {misses.data?.map((miss, place) => (
          <tr key={place}>
            <td>{time(miss.at)}</td>
            <td>{miss.cache}</td>
            <td>{miss.reason}</td>
            <td class="names">{miss.recordKey}</td>
            <td class="names">
              {miss.invalidated.join(' ') || '–'}
              {miss.invalidatedAt !== undefined && ` at ${time(miss.invalidatedAt)}`}
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
