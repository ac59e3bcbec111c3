import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { ABSENT, done, invalidate, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * Redis refuses writes and answers reads: its disk is full, its replicas are gone, a permission is missing. A writer's
 * invalidation is pending meanwhile, and another instance must not read the entry that it should have removed. A refusal lasts
 * longer than the interval of the heartbeats.
 */
export type RefusalRule =
  /** A refused heartbeat stops the reads of L2. */
  | 'refusalStopsReads'
  /** It drops L1 too: the messages of pending invalidations are late. */
  | 'refusalDropsL1'
  /** A strong read carries a heartbeat. */
  | 'strongReadsWrite'
  /** After a refusal, L2 is read only when the other instances have had time to apply their pending invalidations. */
  | 'settles';

interface State {
  readonly record: StoredRecord<number>;
  readonly row: number;
  readonly acknowledged: number;
  readonly pending: boolean;
  readonly writes: 'accepted' | 'refused' | 'accepted again';
  /** The other instance. */
  readonly reader: {
    readonly reads: 'open' | 'stopped' | 'settling';
    /** Whether its last heartbeat was refused. */
    readonly refused: boolean;
    readonly l1: number | null;
  };
}

export function refusalModel(keeps: Keeps<RefusalRule>): Model<State> {
  return {
    initial: {
      record: valueRecord(0, 'first'),
      row: 0,
      acknowledged: 0,
      pending: false,
      writes: 'accepted',
      reader: { reads: 'open', refused: false, l1: null },
    },
    *next(state) {
      const { writes, reader, record } = state;
      if (writes === 'accepted') yield { label: 'Redis refuses writes', to: { ...state, writes: 'refused' } };
      if (writes === 'refused' && reader.refused)
        yield { label: 'Redis accepts writes again', to: { ...state, writes: 'accepted again' } };
      yield* write(state);
      yield* beat(state);
      if (reader.reads === 'open' && !reader.refused && record.is === 'V')
        yield { label: `v${record.value} enters L1`, to: { ...state, reader: { ...reader, l1: record.value } } };
    },
    broken({ record, acknowledged, reader, writes }) {
      const old = record.is === 'V' && record.value < acknowledged;
      const proven = writes !== 'refused' || !keeps('strongReadsWrite');
      if (old && reader.reads === 'open' && proven) return 'a strong read is old';
      if (old && reader.reads === 'open' && reader.refused) return 'a read is old after a refused heartbeat';
      // Before a heartbeat is refused, the age of the last one bounds L1.
      const verified = writes === 'accepted again' && !reader.refused;
      return verified && reader.l1 !== null && reader.l1 < acknowledged ? 'L1 is old' : undefined;
    },
  };

  function* write(state: State): Iterable<Step<State>> {
    const { row, acknowledged, record, writes, pending, reader } = state;
    // The message reaches the reader before the reply reaches the writer.
    const told = { ...reader, l1: null };
    if (row === 0) yield { label: 'COMMIT v1', to: { ...state, row: 1 } };
    else if (acknowledged === 0 && writes === 'refused')
      yield { label: 'DONE is refused, acknowledge as pending', to: { ...state, acknowledged: 1, pending: true } };
    else if (acknowledged === 0)
      yield { label: 'DONE, acknowledge', to: { ...state, record: done(record, 'W'), acknowledged: 1, reader: told } };
    if (pending && writes !== 'refused')
      yield {
        label: 'INVALIDATE',
        to: { ...state, record: record.is === 'V' ? invalidate(record) : ABSENT, pending: false, reader: told },
      };
  }

  function* beat(state: State): Iterable<Step<State>> {
    const { writes, reader, pending } = state;
    if (writes === 'refused' && !reader.refused) {
      const reads = keeps('refusalStopsReads') ? 'stopped' : reader.reads;
      const l1 = keeps('refusalDropsL1') ? null : reader.l1;
      yield { label: 'a heartbeat is refused', to: { ...state, reader: { reads, refused: true, l1 } } };
    }
    if (writes !== 'refused' && reader.refused) {
      const reads = reader.reads === 'stopped' ? 'settling' : reader.reads;
      yield { label: 'a heartbeat is accepted', to: { ...state, reader: { ...reader, reads, refused: false } } };
    }
    if (reader.reads === 'settling' && (!pending || !keeps('settles')))
      yield { label: 'reads begin again', to: { ...state, reader: { ...reader, reads: 'open' } } };
  }
}
