import { Chart } from '../chart.js';
import { milliseconds, number, percent } from '../format.js';
import { Table } from '../table.js';
import { type ComparedAnswers, type FleetFigures, LATE_HEARTBEAT_MS, type Tick } from '../types.js';

/** What the caches of all instances do now. */
export function Now({ ticks }: { readonly ticks: readonly Tick[] }) {
  const now = ticks.at(-1);
  if (!now) return <p>Waiting for the first figures.</p>;
  const times = ticks.map(({ at }) => at);
  const of = (value: (tick: Tick) => number | null): (number | null)[] => ticks.map(value);
  const { instances, unverified, redis, heartbeatAgeMs, pending } = now.fleet;
  const answers = now.staleness.flatMap(({ written, derived }) => [written, derived]);
  const compared = answers.reduce((sum, each) => sum + each.compared, 0);
  const stale = answers.reduce((sum, each) => sum + each.stale, 0);
  return (
    <>
      <dl class="figures">
        <Figure name="hit ratio" value={percent(now.hitRatio)} />
        <Figure name="reads per second" value={number(now.readsPerSecond)} />
        <Figure name="loads saved per second" value={number(now.savedPerSecond)} />
        <Figure name="errors per second" value={number(now.errorsPerSecond)} alarm={now.errorsPerSecond > 0} />
        <Figure name="instances" value={number(instances)} />
        {redis && <Figure name="Redis" value={redisText(redis)} alarm={redis.connected < instances} />}
        {redis && (
          <Figure
            name="oldest heartbeat"
            value={heartbeatAgeMs === null ? 'none' : milliseconds(heartbeatAgeMs)}
            alarm={heartbeatAgeMs === null || heartbeatAgeMs > LATE_HEARTBEAT_MS}
          />
        )}
        <Figure name="invalidations pending" value={number(pending)} alarm={pending > 0} />
        {now.staleness.length > 0 && (
          <Figure name="stale answers" value={`${number(stale)} of ${number(compared)}`} alarm={stale > 0} />
        )}
      </dl>
      {unverified > 0 && (
        <p role="alert" class="alarm">
          Instances that do not receive invalidations: {unverified} of {instances}. They read from the database instead
          of their memory, so no answer is stale.
        </p>
      )}
      <Chart
        title="Reads per second"
        times={times}
        format={number}
        series={[
          { label: 'reads', color: 'blue', values: of((tick) => tick.readsPerSecond) },
          { label: 'loads', color: 'orange', values: of((tick) => tick.loadsPerSecond) },
        ]}
      />
      <Chart
        title="Hit ratio"
        times={times}
        format={percent}
        most={1}
        series={[{ label: 'hit ratio', color: 'green', values: of((tick) => tick.hitRatio) }]}
      />
      <section>
        <h2>Time of a read, over the last minute</h2>
        <table>
          <thead>
            <tr>
              <th scope="col">result</th>
              <th scope="col">p50</th>
              <th scope="col">p95</th>
              <th scope="col">p99</th>
            </tr>
          </thead>
          <tbody>
            <Percentiles name="hit" values={now.hitMs} />
            <Percentiles name="miss" values={now.missMs} />
          </tbody>
        </table>
      </section>
      {now.staleness.length > 0 && <Staleness rows={now.staleness} />}
    </>
  );
}

/** The worst state of Redis in an instance, and in how many instances. */
function redisText(redis: NonNullable<FleetFigures['redis']>): string {
  for (const use of ['breaker open', 'down'] as const) if (redis[use] > 0) return `${use} in ${redis[use]}`;
  return 'connected';
}

const STALENESS_COLUMNS = ['after a write', 'written entries', 'stale', 'entries loaded from them', 'stale ones'];

/** The promise beside what was measured. */
function Staleness({ rows }: { readonly rows: Tick['staleness'] }) {
  return (
    <section>
      <h2>Staleness, over the last minute</h2>
      <p>
        Promise: the instance that wrote never answers an older value, and the others follow within the time of one
        message, or within 1 s if messages are lost.
      </p>
      <Table label="Staleness" columns={STALENESS_COLUMNS}>
        {rows.map(({ age, written, derived }) => (
          <tr key={age}>
            <th scope="row">{age.replace(/(\d+)/, '$1 ')}</th>
            <Compared answers={written} />
            <Compared answers={derived} />
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Compared({ answers: { compared, stale } }: { readonly answers: ComparedAnswers }) {
  return (
    <>
      <td>{number(compared)}</td>
      <td class={stale > 0 ? 'alarm' : undefined}>{compared === 0 ? '–' : number(stale)}</td>
    </>
  );
}

function Figure({
  name,
  value,
  alarm = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly alarm?: boolean;
}) {
  return (
    <div class={alarm ? 'alarm' : undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Percentiles({ name, values }: { readonly name: string; readonly values: Tick['hitMs'] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((ms, place) => (
        <td key={place}>{ms === 0 ? '–' : milliseconds(ms)}</td>
      ))}
    </tr>
  );
}
