import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import {
  ABSENT,
  acquire,
  done,
  fill,
  holdsLease,
  intent,
  invalidate,
  type StoredRecord,
  valueRecord,
  withMarkOf,
} from '../steps/record.js';

/**
 * One key, its record in L2, two writers and two readers who load. A writer goes through the API with a value to store, or past
 * it and then invalidates. An INTENT may come late or never; the record expires or is evicted at any time.
 */
export type RecordRule =
  /** An INTENT that finds another one marks the record. */
  | 'overlapMarks'
  /** A DONE that leaves other intents behind marks the record. */
  | 'doneMarksOthers'
  /** INVALIDATE marks a record in W. */
  | 'invalidateMarks'
  /** DONE stores only when the INTENT was acknowledged before BEGIN. */
  | 'valueNeedsEarlyIntent'
  /** DONE stores only over its own intent. */
  | 'valueOnlyOverIntent'
  /** DONE deletes what is not in W. */
  | 'doneDeletes'
  /** DONE comes after the commit. */
  | 'doneAfterCommit'
  /** FILL stores only over the lease of the load. */
  | 'fillCompares'
  /** Every attempt draws a lease token of its own. */
  | 'freshTokens';

interface Writer {
  readonly at: 'idle' | 'begun' | 'done early' | 'committed' | 'committed past the API' | 'acknowledged';
  /** Whether INTENT was acknowledged before BEGIN. */
  readonly early: boolean;
  /** Whether an INTENT is still on its way to Redis. */
  readonly late: boolean;
  readonly version: number;
}

interface Reader {
  readonly at: 'idle' | 'leased' | 'loaded' | 'end';
  readonly version: number;
}

interface State {
  readonly record: StoredRecord<number>;
  /** The version in the database, and the newest one whose write was acknowledged. */
  readonly row: number;
  readonly acknowledged: number;
  readonly writers: readonly Writer[];
  readonly readers: readonly Reader[];
}

const WRITER: Writer = { at: 'idle', early: false, late: false, version: 0 };
const READER: Reader = { at: 'idle', version: 0 };

export function recordModel(keeps: Keeps<RecordRule>): Model<State> {
  return {
    initial: {
      record: valueRecord(0, 'first'),
      row: 0,
      acknowledged: 0,
      writers: [WRITER, WRITER],
      readers: [READER, READER],
    },
    *next(state) {
      if (state.record.is !== 'absent') yield { label: 'the record expires', to: { ...state, record: ABSENT } };
      for (const index of state.writers.keys()) yield* write(state, index);
      for (const index of state.readers.keys()) yield* read(state, index);
    },
    broken({ record, acknowledged }) {
      if (record.is !== 'V' || record.value >= acknowledged) return undefined;
      return `L2 serves v${record.value}, v${acknowledged} was acknowledged`;
    },
  };

  function* write(state: State, index: number): Iterable<Step<State>> {
    const writer = state.writers[index] ?? WRITER;
    const name = `W${index + 1}`;
    const after = (change: Partial<Writer>, rest: Partial<State> = {}): State => ({
      ...state,
      ...rest,
      writers: state.writers.with(index, { ...writer, ...change }),
    });

    if (writer.late) {
      yield {
        label: `the late INTENT of ${name}`,
        to: after({ late: false }, { record: placeIntent(state.record, name) }),
      };
    }
    const row = state.row + 1;
    const acknowledge = (record: StoredRecord<number>): State =>
      after(
        { ...WRITER, late: writer.late, at: 'acknowledged' },
        { record, acknowledged: Math.max(state.acknowledged, writer.version) },
      );

    if (writer.at === 'idle') {
      const record = placeIntent(state.record, name);
      yield { label: `${name} INTENT`, to: after({ at: 'begun', early: true }, { record }) };
      yield { label: `${name} INTENT times out`, to: after({ at: 'begun', late: true }) };
      yield {
        label: `${name} COMMIT v${row} past the API`,
        to: after({ at: 'committed past the API', version: row }, { row }),
      };
    } else if (writer.at === 'begun' && !keeps('doneAfterCommit')) {
      yield { label: `${name} DONE`, to: after({ at: 'done early' }, { record: done(state.record, name) }) };
    } else if (writer.at === 'begun') {
      yield { label: `${name} COMMIT v${row}`, to: after({ at: 'committed', version: row }, { row }) };
    } else if (writer.at === 'done early') {
      const to = after({ at: 'acknowledged' }, { row, acknowledged: row });
      yield { label: `${name} COMMIT v${row}, acknowledge`, to };
    } else if (writer.at === 'committed past the API') {
      yield { label: `${name} INVALIDATE, acknowledge`, to: acknowledge(mark(state.record)) };
    } else if (writer.at === 'committed') {
      const value = writer.early || !keeps('valueNeedsEarlyIntent') ? writer.version : undefined;
      const what = value === undefined ? "''" : `v${value}`;
      yield { label: `${name} DONE ${what}, acknowledge`, to: acknowledge(endIntent(state.record, name, value)) };
    }
  }

  function* read(state: State, index: number): Iterable<Step<State>> {
    const reader = state.readers[index] ?? READER;
    const name = `R${index + 1}`;
    const token = keeps('freshTokens') ? name : 'R';
    const after = (change: Partial<Reader>, record = state.record): State => ({
      ...state,
      record,
      readers: state.readers.with(index, { ...reader, ...change }),
    });

    if (reader.at === 'idle') {
      const record = acquire(state.record, token);
      if (record !== state.record) yield { label: `${name} ACQUIRE`, to: after({ at: 'leased' }, record) };
    } else if (reader.at === 'leased') {
      yield { label: `${name} loads v${state.row}`, to: after({ at: 'loaded', version: state.row }) };
    } else if (reader.at === 'loaded') {
      const stores = holdsLease(state.record, token) || !keeps('fillCompares');
      const record = stores ? valueRecord(reader.version, token) : fill(state.record, token, reader.version);
      yield { label: `${name} FILL v${reader.version}`, to: after({ at: 'end', version: 0 }, record) };
    }
  }

  function mark(record: StoredRecord<number>): StoredRecord<number> {
    return record.is === 'W' && !keeps('invalidateMarks') ? record : invalidate(record);
  }

  function placeIntent(record: StoredRecord<number>, token: string): StoredRecord<number> {
    const placed = intent(record, token);
    return keeps('overlapMarks') ? placed : withMarkOf(record, placed);
  }

  function endIntent(record: StoredRecord<number>, token: string, value: number | undefined): StoredRecord<number> {
    if (record.is !== 'W' && value !== undefined && !keeps('valueOnlyOverIntent')) return valueRecord(value, token);
    if (record.is !== 'W' && !keeps('doneDeletes')) return record;
    const ended = done(record, token, value);
    return keeps('doneMarksOthers') ? ended : withMarkOf(record, ended);
  }
}
