import { bytes, duration, milliseconds, number } from '../format.js';
import { Table } from '../table.js';
import type { InstanceFigures } from '../types.js';

/** A channel is verified by a heartbeat each 250 ms. */
const LATE_MS = 1_000;

/** Every instance that published figures in the last ten seconds. */
export function Topology({ instances }: { readonly instances: readonly InstanceFigures[] }) {
  return (
    <Table
      label="Instances"
      columns={[
        'instance',
        'host',
        'runs for',
        'reads per second',
        'in memory',
        'channel',
        'heartbeat',
        'pending',
        'figures',
      ]}
    >
      {instances.map((instance) => (
        <tr key={instance.id}>
          <th scope="row">{instance.id}</th>
          <td>{instance.host}</td>
          <td>{duration(instance.uptimeMs)}</td>
          <td>{number(instance.readsPerSecond)}</td>
          <td>
            {number(instance.entries)} ({bytes(instance.bytes)})
          </td>
          <td class={instance.channel ? undefined : 'alarm'}>{instance.channel ? 'verified' : 'not verified'}</td>
          <td class={(instance.heartbeatAgeMs ?? 0) > LATE_MS ? 'alarm' : undefined}>
            {milliseconds(instance.heartbeatAgeMs)}
          </td>
          <td class={instance.pending > 0 ? 'alarm' : undefined}>{number(instance.pending)}</td>
          <td>{duration(instance.ageMs)} ago</td>
        </tr>
      ))}
    </Table>
  );
}
