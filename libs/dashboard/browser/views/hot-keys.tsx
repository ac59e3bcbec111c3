import { get } from '../api.js';
import { number } from '../format.js';
import { usePolling } from '../polling.js';
import { Table } from '../table.js';
import type { HotKey } from '../types.js';

interface Props {
  readonly everyMs: number;
}

/** The records that the instance that answers reads most. */
export function HotKeys({ everyMs }: Props) {
  const { data, error } = usePolling(() => get<readonly HotKey[]>('hot-keys?limit=20'), everyMs);
  return (
    <section>
      <h2>Hot keys</h2>
      <p>The records that one instance reads most, in the last one to two minutes. Hits in memory are a sample.</p>
      {error !== undefined && <p role="alert">{error}</p>}
      <Table label="Hot keys" columns={['cache', 'reads/s', 'record']}>
        {data?.map(({ cache, recordKey, readsPerSecond }) => (
          <tr key={recordKey}>
            <td>{cache}</td>
            <td>{number(readsPerSecond)}</td>
            <td class="names">{recordKey}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
