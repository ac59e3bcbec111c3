import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { bytes, duration, milliseconds, number } from '../format.js';
import { useAllInstances } from '../live.js';
import { Table } from '../table.js';
import { type InstanceFigures, LATE_FIGURES_MS, LATE_HEARTBEAT_MS, type Tick } from '../types.js';

/** Every instance that published figures in the last ten seconds: the first ones, and all on demand. */
export function Topology({ tick }: { readonly tick: Tick | undefined }): ComponentChildren {
  const [all, setAll] = useState(false);
  if (!tick) return <p>Waiting for the first figures.</p>;
  if (all) return <AllInstances />;
  const { fleet, instances } = tick;
  const hidden = fleet.instances - instances.length;
  return (
    <>
      {hidden > 0 && (
        <p>
          {number(hidden)} of {number(fleet.instances)} instances are not listed. Those that need attention come first.{' '}
          <button type="button" onClick={() => setAll(true)}>
            List all
          </button>
        </p>
      )}
      <Instances instances={instances} />
    </>
  );
}

function AllInstances() {
  return <Instances instances={useAllInstances()} />;
}

function Instances({ instances }: { readonly instances: readonly InstanceFigures[] | undefined }) {
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
        'Redis',
        'pending',
        'figures',
      ]}
    >
      {instances?.map((instance) => (
        <tr key={instance.id}>
          <th scope="row">{instance.id}</th>
          <td>{instance.host}</td>
          <td>{duration(instance.uptimeMs)}</td>
          <td>{number(instance.readsPerSecond)}</td>
          <td>
            {number(instance.entries)} ({bytes(instance.bytes)})
          </td>
          <td class={instance.channel ? undefined : 'alarm'}>{instance.channel ? 'verified' : 'not verified'}</td>
          <td class={(instance.heartbeatAgeMs ?? 0) > LATE_HEARTBEAT_MS ? 'alarm' : undefined}>
            {milliseconds(instance.heartbeatAgeMs)}
          </td>
          <td class={(instance.redis ?? 'connected') === 'connected' ? undefined : 'alarm'}>
            {instance.redis ?? 'not configured'}
          </td>
          <td class={instance.pending > 0 ? 'alarm' : undefined}>{number(instance.pending)}</td>
          <td class={instance.ageMs > LATE_FIGURES_MS ? 'alarm' : undefined}>{duration(instance.ageMs)} ago</td>
        </tr>
      ))}
    </Table>
  );
}
