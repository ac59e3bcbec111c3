import { get } from '../api.js';
import { milliseconds, time } from '../format.js';
import { usePolling } from '../polling.js';
import type { JournalEntry, Miss } from '../types.js';

/** The last writes, invalidations and misses of the instance that answers. */
export function Writes() {
  const journal = usePolling(() => get<readonly JournalEntry[]>('journal?limit=50'), 2_000);
  const misses = usePolling(() => get<readonly Miss[]>('misses?limit=50'), 2_000);
  const error = journal.error ?? misses.error;
  return (
    <>
      {error !== undefined && <p role="alert">{error}</p>}
      <h2>Writes and invalidations</h2>
      <p>Of one instance, the newest first.</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Writes and invalidations">
        <table>
          <thead>
            <tr>
              {['time', 'kind', 'by', 'took', 'applied', 'verified here', 'records and tags'].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {journal.data?.map((entry, place) => (
              <tr key={place}>
                <td>{time(entry.at)}</td>
                <td>{entry.kind}</td>
                <td>{entry.who ?? '–'}</td>
                <td>{milliseconds(entry.durationMs)}</td>
                <td class={entry.appliedAt === undefined ? 'alarm' : undefined}>
                  {entry.appliedAt === undefined ? 'pending' : time(entry.appliedAt)}
                </td>
                <td>{entry.verifiedAt === undefined ? 'not yet' : time(entry.verifiedAt)}</td>
                <td class="names">
                  {[...entry.recordKeys, ...entry.tags].join(' ')}
                  {entry.names > entry.recordKeys.length + entry.tags.length && ` … ${entry.names} in all`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h2>Misses</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Misses">
        <table>
          <thead>
            <tr>
              {['time', 'cache', 'reason', 'record'].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {misses.data?.map((miss, place) => (
              <tr key={place}>
                <td>{time(miss.at)}</td>
                <td>{miss.cache}</td>
                <td>{miss.reason}</td>
                <td class="names">{miss.recordKey}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
