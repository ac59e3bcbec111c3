import type { Model, Step } from '../checker/checker.js';
import { elsewhere, drop, EMPTY, type Local, readThrough } from '../steps/local.js';
import type { Keeps } from '../checker/proof.js';
import { done, intent, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * One instance that writes a key and reads it through its own L1. No push arrives at all, and replies come in any order (a
 * pool has several connections): what the write itself does locally must be enough.
 */
export type OwnWritesRule =
  /** After COMMIT, before DONE: drop L1 and poison reads. */
  | 'dropAtCommit'
  /** The same again when DONE was answered, before the write is acknowledged. */
  | 'dropAtDone'
  /** Dropping also keeps the result of a read under way out of L1. */
  | 'dropPoisons';

interface State {
  readonly record: StoredRecord<number>;
  readonly row: number;
  readonly acknowledged: number;
  readonly writer: 'idle' | 'begun' | 'committed' | 'done' | 'acknowledged';
  readonly local: Local;
}

export function ownWritesModel(keeps: Keeps<OwnWritesRule>): Model<State> {
  return {
    initial: { record: valueRecord(0, 'first'), row: 0, acknowledged: 0, writer: 'idle', local: EMPTY },
    *next(state) {
      yield* elsewhere(state);
      yield* readThrough(state);
      yield* write(state);
    },
    broken({ local, acknowledged }) {
      return local.l1 !== null && local.l1 < acknowledged ? `L1 serves v${local.l1} after the own write` : undefined;
    },
  };

  function* write(state: State): Iterable<Step<State>> {
    const { record, local } = state;
    const dropped = drop(local, keeps('dropPoisons'));
    if (state.writer === 'idle') {
      yield { label: 'INTENT', to: { ...state, writer: 'begun', record: intent(record, 'W') } };
      yield { label: 'INTENT is lost', to: { ...state, writer: 'begun' } };
    } else if (state.writer === 'begun') {
      const kept = keeps('dropAtCommit') ? dropped : local;
      yield { label: 'COMMIT, drop', to: { ...state, writer: 'committed', row: 1, local: kept } };
    } else if (state.writer === 'committed') {
      yield { label: 'DONE', to: { ...state, writer: 'done', record: done(record, 'W') } };
    } else if (state.writer === 'done') {
      const kept = keeps('dropAtDone') ? dropped : local;
      yield { label: 'drop, acknowledge', to: { ...state, writer: 'acknowledged', acknowledged: 1, local: kept } };
    }
  }
}
