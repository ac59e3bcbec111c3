import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { ABSENT, acquire, done, fill, holdsLease, intent, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * A replica that lags is promoted: acknowledged deletes are lost. For a while the old master does not know, and takes writes
 * (bounded by `min-replicas-max-lag`: nothing is promised for that while); then it takes none. Without an outbox the one cure
 * is the namespace tag, which every entry carries.
 */
export type FailoverRule =
  /** A changed `run_id` stops all use of L2 until the namespace tag was invalidated on the new master. */
  | 'quarantine'
  /** It is invalidated only after the old master's time to take writes is over. */
  | 'waitsOutOldMaster'
  /** The heartbeat is a write, which a master without replicas refuses. A PING it would answer. */
  | 'heartbeatIsAWrite'
  /** FILL is not sent when the `run_id` changed since ACQUIRE. */
  | 'fillOnSameRun'
  /** DONE carries no value when the `run_id` changed since INTENT. */
  | 'valueOnSameRun';

type Master = 'old' | 'new';

interface Entry {
  readonly version: number;
  readonly namespace: string;
}

interface Redis {
  readonly record: StoredRecord<Entry>;
  readonly namespace: string;
}

interface State {
  readonly old: Redis;
  readonly new: Redis;
  readonly phase: 'before' | 'two masters' | 'after';
  readonly row: number;
  readonly acknowledged: number;
  readonly writer: {
    readonly on: Master;
    readonly intentOn: Master;
    readonly at: 'idle' | 'begun' | 'committed' | 'acknowledged';
    readonly namespace: string;
  };
  readonly reader: {
    readonly on: Master;
    readonly leaseOn: Master;
    readonly quarantined: boolean;
    readonly at: 'idle' | 'leased' | 'loaded';
    readonly loads: number;
    readonly entry: Entry;
  };
}

const FIRST: Redis = { record: valueRecord({ version: 0, namespace: 'n0' }, 'first'), namespace: 'n0' };

export function failoverModel(keeps: Keeps<FailoverRule>): Model<State> {
  return {
    initial: {
      old: FIRST,
      new: FIRST,
      phase: 'before',
      row: 0,
      acknowledged: 0,
      writer: { on: 'old', intentOn: 'old', at: 'idle', namespace: 'n0' },
      reader: {
        on: 'old',
        leaseOn: 'old',
        quarantined: false,
        at: 'idle',
        loads: 0,
        entry: { version: 0, namespace: '' },
      },
    },
    *next(state) {
      const { phase, writer, reader } = state;
      if (phase === 'before') {
        yield { label: 'the replica catches up', to: { ...state, new: state.old } };
        yield { label: 'the replica is promoted', to: { ...state, phase: 'two masters' } };
      } else if (phase === 'two masters') {
        yield { label: 'the old master takes no more writes', to: { ...state, phase: 'after' } };
      }
      if (phase !== 'before' && writer.on === 'old') {
        yield { label: 'the writer finds the new master', to: { ...state, writer: { ...writer, on: 'new' } } };
      }
      if (phase !== 'before' && reader.on === 'old') {
        const moved = { ...reader, on: 'new', quarantined: keeps('quarantine') } as const;
        yield { label: 'the reader finds the new master', to: { ...state, reader: moved } };
      }
      if (reader.quarantined && (phase === 'after' || !keeps('waitsOutOldMaster'))) {
        const cleared = { ...state.new, namespace: 'n1' };
        const to = { ...state, new: cleared, reader: { ...reader, quarantined: false } };
        yield { label: 'it invalidates the namespace tag', to };
      }
      for (const on of ['old', 'new'] as const) {
        const { is } = state[on].record;
        const expired = { ...state, [on]: { ...state[on], record: ABSENT } };
        if (is === 'V' || is === 'L') yield { label: `the record expires on the ${on} master`, to: expired };
      }
      yield* write(state);
      yield* read(state);
    },
    broken(state) {
      const { phase, reader, acknowledged } = state;
      const { record, namespace } = state[reader.on];
      if (phase === 'two masters' || reader.quarantined || !verified(state)) return undefined;
      if (record.is !== 'V' || record.value.namespace !== namespace || record.value.version >= acknowledged)
        return undefined;
      return `v${record.value.version} is read from the ${reader.on} master`;
    },
  };

  /** Whether the reader's command connection proves that it talks to a master. */
  function verified({ phase, reader }: State): boolean {
    return reader.on === 'new' || phase !== 'after' || !keeps('heartbeatIsAWrite');
  }

  function* write(state: State): Iterable<Step<State>> {
    const { writer } = state;
    const { on } = writer;
    if (writer.at === 'begun') {
      yield { label: 'COMMIT v1', to: { ...state, row: 1, writer: { ...writer, at: 'committed' } } };
    }
    if (on === 'old' && state.phase === 'after') return;
    const redis = state[on];
    if (writer.at === 'idle') {
      const begun = { on, intentOn: on, at: 'begun', namespace: redis.namespace } as const;
      yield { label: 'INTENT', to: { ...state, [on]: { ...redis, record: intent(redis.record, 'W') }, writer: begun } };
    } else if (writer.at === 'committed') {
      const sameRun = writer.intentOn === on || !keeps('valueOnSameRun');
      const value = sameRun ? { version: 1, namespace: writer.namespace } : undefined;
      const ended = { ...redis, record: done(redis.record, 'W', value) };
      const to = { ...state, [on]: ended, acknowledged: 1, writer: { ...writer, at: 'acknowledged' } } as const;
      yield { label: `DONE on the ${on} master, acknowledge`, to };
    }
  }

  function* read(state: State): Iterable<Step<State>> {
    const { reader, phase, row } = state;
    const { on } = reader;
    const redis = state[on];
    if (reader.at === 'leased') {
      const entry = { ...reader.entry, version: row };
      yield { label: `load v${row}`, to: { ...state, reader: { ...reader, at: 'loaded', entry } } };
    }
    if (on === 'old' && phase === 'after') return;
    if (reader.at === 'idle' && !reader.quarantined && reader.loads < 2) {
      const invalid =
        redis.record.is === 'V' && redis.record.value.namespace !== redis.namespace ? redis.record.fillId : undefined;
      const record = acquire(redis.record, `R${reader.loads}`, invalid);
      const entry = { version: 0, namespace: redis.namespace };
      const leased = { ...reader, leaseOn: on, at: 'leased', entry } as const;
      if (holdsLease(record, `R${reader.loads}`)) {
        yield { label: `ACQUIRE on the ${on} master`, to: { ...state, [on]: { ...redis, record }, reader: leased } };
      }
    } else if (reader.at === 'loaded') {
      const sends = reader.leaseOn === on || !keeps('fillOnSameRun');
      const record = sends ? fill(redis.record, `R${reader.loads}`, reader.entry) : redis.record;
      const landed = { ...reader, at: 'idle', loads: reader.loads + 1 } as const;
      yield { label: `FILL v${reader.entry.version}`, to: { ...state, [on]: { ...redis, record }, reader: landed } };
    }
  }
}
