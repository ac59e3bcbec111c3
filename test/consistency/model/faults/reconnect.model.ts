import type { Model, Step } from '../checker/checker.js';
import { drop, EMPTY, type Local } from '../steps/local.js';
import type { Keeps } from '../checker/proof.js';
import {
  ABSENT,
  acquire,
  done,
  fill,
  holdsLease,
  invalidate,
  type StoredRecord,
  valueRecord,
} from '../steps/record.js';

/**
 * The connection of an instance breaks, and the instance reconnects to the same server. In between the instance writes, and its
 * invalidation is pending, or another instance writes. A load that began before continues. (For another server see `failover`.)
 */
export type ReconnectRule =
  /** FILL is not sent on another connection than ACQUIRE. */
  | 'fillOnSameConnection'
  /** FILL stores only over its own lease. */
  | 'fillCompares'
  /** A pending invalidation is applied once the server is back. */
  | 'pendingIsApplied'
  /** Until then this instance passes L2 by. */
  | 'pendingIsBypassed'
  /** A write drops what this instance holds and poisons what it reads: its own at once, another's by its push. */
  | 'dropPoisons';

interface State {
  readonly record: StoredRecord<number>;
  readonly row: number;
  readonly acknowledged: number;
  /** Which connection stands. */
  readonly connection: 'first' | 'none' | 'second';
  readonly pending: boolean;
  readonly load: {
    readonly at: 'idle' | 'leased' | 'loaded' | 'filled' | 'over';
    readonly on: State['connection'];
    readonly value: number;
  };
  readonly local: Local;
}

const LEASE = 'P';

export function reconnectModel(keeps: Keeps<ReconnectRule>): Model<State> {
  return {
    initial: {
      record: valueRecord(0, 'first'),
      row: 0,
      acknowledged: 0,
      connection: 'first',
      pending: false,
      load: { at: 'idle', on: 'first', value: 0 },
      local: EMPTY,
    },
    *next(state) {
      const { record, connection } = state;
      if (record.is === 'V' || record.is === 'L')
        yield { label: 'the record expires', to: { ...state, record: ABSENT } };
      if (connection === 'first') yield { label: 'the connection breaks', to: { ...state, connection: 'none' } };
      if (connection === 'none') yield { label: 'it reconnects', to: { ...state, connection: 'second' } };
      yield* write(state);
      yield* load(state);
    },
    broken({ record, acknowledged, pending, connection, local }) {
      if (local.l1 !== null && local.l1 < acknowledged) return `L1 serves v${local.l1}`;
      const read = connection !== 'none' && !(pending && keeps('pendingIsBypassed'));
      return read && record.is === 'V' && record.value < acknowledged ? `v${record.value} is read` : undefined;
    },
  };

  function* write(state: State): Iterable<Step<State>> {
    const { connection, pending, acknowledged, record, row } = state;
    const local = drop(state.local, keeps('dropPoisons'));
    if (acknowledged === 0 && row === 0 && connection === 'none') {
      const written = { ...state, row: 1, acknowledged: 1, pending: keeps('pendingIsApplied'), local };
      yield { label: 'COMMIT v1, acknowledge as pending', to: written };
    }
    if (acknowledged === 0 && row === 0) yield { label: 'another instance: COMMIT v1', to: { ...state, row: 1 } };
    if (acknowledged === 0 && row === 1) {
      const written = { ...state, record: done(record, 'W'), acknowledged: 1, local };
      yield { label: 'its DONE, acknowledge', to: written };
    }
    if (pending && connection === 'second') {
      yield { label: 'INVALIDATE', to: { ...state, record: invalidate(record), pending: false, local } };
    }
  }

  /** One load. Its answer, with which the value enters L1, takes any time. */
  function* load(state: State): Iterable<Step<State>> {
    const { record, row, connection, pending, local } = state;
    const { at, on, value } = state.load;
    const reading = { at: 'loading', token: LEASE, value, stored: true, poisoned: false } as const;
    if (at === 'idle' && connection !== 'none' && !pending) {
      const leased = acquire(record, LEASE);
      if (!holdsLease(leased, LEASE)) return;
      const begun = { at: 'leased', on: connection, value } as const;
      yield { label: 'ACQUIRE', to: { ...state, record: leased, load: begun, local: { ...local, read: reading } } };
    } else if (at === 'leased') {
      yield { label: `load v${row}`, to: { ...state, load: { at: 'loaded', on, value: row } } };
    } else if (at === 'loaded') {
      const sent = connection !== 'none' && (connection === on || !keeps('fillOnSameConnection'));
      const stores = sent && (holdsLease(record, LEASE) || !keeps('fillCompares'));
      const filled = stores && !keeps('fillCompares') ? valueRecord(value, LEASE) : fill(record, LEASE, value);
      if (stores)
        yield { label: `FILL v${value}`, to: { ...state, record: filled, load: { at: 'filled', on, value } } };
      else yield { label: 'nothing to FILL', to: { ...state, load: { at: 'over', on, value } } };
    } else if (at === 'filled') {
      const l1 = local.read?.poisoned ? local.l1 : value;
      const to = { ...state, load: { at: 'over', on, value }, local: { ...local, l1, read: null } } as const;
      yield { label: 'the answer arrives', to };
    }
  }
}
