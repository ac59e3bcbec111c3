import { get } from '../api.js';
import { bytes, duration, milliseconds, number, percent } from '../format.js';
import { usePolling } from '../polling.js';
import { Table } from '../table.js';
import type { CacheSummary } from '../types.js';
import { HotKeys } from './hot-keys.js';
import { Tags } from './tags.js';

/** A token may send 120 requests per minute, and several people may have the same view open. */
const EVERY_MS = 4_000;
/** Shorter times are not rounded to seconds. */
const SHORT_MS = 2_000;

/** The caches, hot keys and tags of the instance that answers. */
export function Caches() {
  const { data, error } = usePolling(() => get<readonly CacheSummary[]>('caches'), EVERY_MS);
  return (
    <>
      <p>Counters of one instance, since it started.</p>
      {error !== undefined && <p role="alert">{error}</p>}
      <Table
        label="Caches"
        columns={[
          'cache',
          'fresh for',
          'gets',
          'hit ratio',
          'misses',
          'stale',
          'bypass',
          'errors',
          'loads',
          'in memory',
        ]}
      >
        {data?.map(({ name, ttlMs, counters }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{ttlMs < SHORT_MS ? milliseconds(ttlMs) : duration(ttlMs)}</td>
            <td>{number(counters.gets)}</td>
            <td>{percent(counters.gets === 0 ? null : counters.hitRatio)}</td>
            <td>{number(counters.misses)}</td>
            <td>{number(counters.stale)}</td>
            <td>{number(counters.bypass)}</td>
            <td>{number(counters.errors)}</td>
            <td>{number(counters.loads)}</td>
            <td>
              {number(counters.tiers.l1.entries)} ({bytes(counters.tiers.l1.bytes)})
            </td>
          </tr>
        ))}
      </Table>
      <HotKeys everyMs={EVERY_MS} />
      <Tags everyMs={EVERY_MS} />
    </>
  );
}
