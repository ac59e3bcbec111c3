import { get } from '../api.js';
import { number, time } from '../format.js';
import { usePolling } from '../polling.js';
import { Table } from '../table.js';
import type { TagActivity } from '../types.js';

interface Props {
  readonly everyMs: number;
}

/** The tags that were invalidated, and the misses that they caused. */
export function Tags({ everyMs }: Props) {
  const { data, error } = usePolling(() => get<readonly TagActivity[]>('tags?limit=20'), everyMs);
  return (
    <section>
      <h2>Tags</h2>
      <p>Of the last 1,000 writes and the last 1,000 misses of one instance.</p>
      {error !== undefined && <p role="alert">{error}</p>}
      <Table label="Tags" columns={['tag', 'misses', 'invalidations', 'last', 'by']}>
        {data?.map(({ recordKey, misses, invalidations, invalidatedAt, by }) => (
          <tr key={recordKey}>
            <td class="names">{recordKey}</td>
            <td>{number(misses)}</td>
            <td>{number(invalidations)}</td>
            <td>{invalidatedAt === undefined ? '–' : time(invalidatedAt)}</td>
            <td>{by ?? '–'}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
